"""The public pages of hosts."""

from datetime import UTC, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse

from tocsin.website import host_pages
from tocsin.website.answers import public
from tocsin.website.clock import clock
from tocsin.website.found import campaign_in


def host(_request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Show the form that announces a rally."""
    found = campaign_in(lang, slug)
    # The next day of action stands in it, which is another one tomorrow.
    tomorrow = datetime.combine(clock().date() + timedelta(days=1), time(), UTC)
    return public(host_pages.host_page(found, lang), campaign=found, until=tomorrow)


def thanks(request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Say "look in your mail": the same whoever announced, or asked for a link."""
    found = campaign_in(lang, slug)
    is_lost = request.GET.get("for") == "lost"
    return public(host_pages.thanks_page(found, lang, is_lost=is_lost), campaign=found)


def lost(_request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Offer to send a host's link again."""
    found = campaign_in(lang, slug)
    return public(host_pages.lost_page(found, lang), campaign=found)
