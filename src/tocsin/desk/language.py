"""The desk's language: the one chosen at the desk, else what the browser asks for.

Public pages say their language in the path; the desk has one address for all and may use its cookie.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

SESSION_KEY = "desk-language"


def chosen(request: HttpRequest) -> str:
    """Return the language to speak to this organiser."""
    own = request.session.get(SESSION_KEY)
    if own in dict(settings.LANGUAGES):
        return str(own)
    return translation.get_language_from_request(request)


class DeskLanguageMiddleware:
    """Speaks the organiser's language below /desk/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the organiser's language."""
        if not request.path.startswith("/desk/"):
            return self.get_response(request)
        language = chosen(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers["Content-Language"] = language
        return response
