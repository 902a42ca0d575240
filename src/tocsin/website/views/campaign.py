"""The campaign page and the short pages around signing."""

from django.http import HttpRequest, HttpResponse

from tocsin.rallies.queries import shown
from tocsin.rallies.queries.broadcasts import next_end, shown_broadcasts
from tocsin.website import pages
from tocsin.website.answers import public
from tocsin.website.clock import clock
from tocsin.website.found import campaign_in


def campaign(_request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Show the appeal, the number and the form."""
    found, now = campaign_in(lang, slug), clock()
    page = pages.sign_page(found, lang, values={}, errors={})
    turns = shown.next_turn(found, now), next_end(shown_broadcasts(found, now))
    return public(page, campaign=found, until=min(filter(None, turns), default=None))


def thanks(request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Say "check your mail": the same whoever signed or asked, and whatever became of it."""
    found = campaign_in(lang, slug)
    page = pages.resent_page if request.GET.get("for") == "lost" else pages.thanks_page
    return public(page(found, lang), campaign=found)


def lost(_request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Offer to send a lost mail again."""
    found = campaign_in(lang, slug)
    return public(pages.lost_page(found, lang), campaign=found)
