"""The campaign page and what stands around it."""

from django.http import HttpRequest, HttpResponse

from tocsin.website import pages
from tocsin.website.answers import public
from tocsin.website.found import campaign_in


def campaign(_request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Show the appeal, the number and the form."""
    found = campaign_in(lang, slug)
    return public(pages.sign_page(found, lang, values={}, errors={}, notice=""), campaign=found)


def thanks(_request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Say "check your mail"; the same whoever signed, and whatever became of it."""
    found = campaign_in(lang, slug)
    return public(pages.thanks_page(found, lang), campaign=found)
