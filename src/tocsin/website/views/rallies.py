"""The list of a campaign's rallies, and the pages of each."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse

from tocsin.rallies.models import Rally
from tocsin.rallies.queries import shown
from tocsin.rallies.queries.shown import Cursor
from tocsin.website import rally_pages
from tocsin.website.answers import moved, public
from tocsin.website.found import campaign_in
from tocsin.website.rally_filters import BadFilterError, can_find, read_filters


def rallies(request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Show the rallies to come, or those that were held, as its filters say."""
    found = campaign_in(lang, slug)
    given = request.GET.get("after", "")
    after = Cursor.read(given)
    when = request.GET.get("when", "")
    try:
        filters = read_filters(request.GET)
    except BadFilterError as error:
        raise Http404 from error
    choices = shown.choices(found)
    if (given and after is None) or when not in {"", "over"} or not can_find(request.GET, choices):
        raise Http404
    if not shown.is_found(found, filters, after):
        raise Http404
    page = rally_pages.rallies_page(found, lang, filters=filters, choices=choices, after=after, is_over=when == "over")
    return public(page.body, campaign=found, until=page.until)


def rally(request: HttpRequest, lang: str, slug: str, rally: str) -> HttpResponse:
    """Show a rally on its next date."""
    return _rally(request, lang, slug, rally, None)


def occurrence(request: HttpRequest, lang: str, slug: str, rally: str, on: date) -> HttpResponse:
    """Show one date of a rally."""
    return _rally(request, lang, slug, rally, on)


def _rally(request: HttpRequest, lang: str, slug: str, name: str, on: date | None) -> HttpResponse:
    campaign = campaign_in(lang, slug)
    found: Rally | None = shown.rally_at(campaign, name)
    if found is None:
        raise Http404
    if found.slug != name:
        return moved(f"/{lang}/{slug}/rallies/{found.slug}/", campaign=campaign)
    is_reported = request.GET.get("reported") == "yes"
    page = rally_pages.rally_page(found, lang, original_on=on, is_reported=is_reported)
    if page is None:
        raise Http404
    return public(page.body, campaign=campaign, until=page.until)
