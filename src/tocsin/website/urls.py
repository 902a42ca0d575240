"""The addresses of the public pages; the language is in the path, always first."""

from django.urls import path, register_converter

from tocsin.website.language import is_language
from tocsin.website.views import campaign


class LanguageConverter:
    """Takes language codes that Django knows, and nothing else: `api` is no language."""

    regex = "[a-z]{2,3}(?:-[a-z]{2,4})?"

    def to_python(self, value: str) -> str:
        """Return the code, or refuse the address."""
        if not is_language(value):
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        """Return the code."""
        return value


register_converter(LanguageConverter, "lang")

app_name = "website"
urlpatterns = [
    path("<lang:lang>/<slug:slug>/", campaign.campaign, name="campaign"),
    path("<lang:lang>/<slug:slug>/thanks/", campaign.thanks, name="thanks"),
]
