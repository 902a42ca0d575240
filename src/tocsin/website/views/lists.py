"""Who signed, who endorses, and from where."""

from django.http import Http404, HttpRequest, HttpResponse

from tocsin.campaigns.models import Campaign
from tocsin.signing.queries import Cursor, is_listed
from tocsin.website import list_pages, number_pages
from tocsin.website.answers import public
from tocsin.website.found import campaign_in


def signatures(request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Show a page of the public list; `after` names the line before its first."""
    found = campaign_in(lang, slug)
    is_reported = request.GET.get("reported") == "yes"
    page = list_pages.signatures_page(found, lang, after=_after(request, found), is_reported=is_reported)
    return public(page, campaign=found)


def report(request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Offer to report a line of a page of the list; the lane takes what is posted."""
    found = campaign_in(lang, slug)
    return public(list_pages.report_page(found, lang, after=_after(request, found)), campaign=found)


def _after(request: HttpRequest, campaign: Campaign) -> Cursor | None:
    given = request.GET.get("after", "")
    after = Cursor.read(given)
    if given and (after is None or not is_listed(campaign.pk, after)):
        raise Http404
    return after


def organisations(_request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Show who is behind the campaign and who endorses it."""
    found = campaign_in(lang, slug)
    return public(list_pages.organisations_page(found, lang), campaign=found)


def numbers(_request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Show the numbers, where they come from, and how to check them."""
    found = campaign_in(lang, slug)
    return public(number_pages.numbers_page(found, lang), campaign=found)
