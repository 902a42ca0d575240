"""How many came: the form to say it, and everything that was said as an open file."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from tocsin.rallies.domain.headcounts import REPORT_DAYS
from tocsin.rallies.headcount_file import headcount_file
from tocsin.rallies.models import Occurrence
from tocsin.rallies.queries.headcounts import over_with_crowds
from tocsin.rallies.queries.shown import occurrence_on, rally_at
from tocsin.website.answers import moved, public
from tocsin.website.clock import clock
from tocsin.website.found import campaign_in, public_campaign
from tocsin.website.headcount_pages import count_page, count_thanks_page
from tocsin.website.headcounts import date_path

# A date that ends moves no revision: who asks again a minute later gets it.
_FILE = "public, max-age=60, stale-while-revalidate=600, stale-if-error=604800"


def count(_request: HttpRequest, lang: str, slug: str, rally: str, on: date) -> HttpResponse:
    """Show the form that says how many came to one date."""
    return _page(lang, slug, rally, on, is_thanks=False)


def thanks(_request: HttpRequest, lang: str, slug: str, rally: str, on: date) -> HttpResponse:
    """Thank whoever sent it."""
    return _page(lang, slug, rally, on, is_thanks=True)


def headcounts_csv(_request: HttpRequest, slug: str) -> HttpResponse:
    """Give every date that is over with who says how many came, as CSV, in the campaign's first language."""
    found = public_campaign(slug)
    language = found.languages[0]
    body = headcount_file(
        over_with_crowds(found, clock()),
        campaign=found,
        language=language,
        page_of=lambda one: f"{settings.BASE_URL}{date_path(one, language)}",
    )
    answer = public(body, campaign=found, kind="text/csv; charset=utf-8; header=present", cache=_FILE)
    answer["Content-Disposition"] = f'attachment; filename="{slug}-headcounts.csv"'
    return answer


def _page(lang: str, slug: str, name: str, on: date, *, is_thanks: bool) -> HttpResponse:
    campaign = campaign_in(lang, slug)
    found = rally_at(campaign, name)
    if found is not None and found.slug != name:
        return moved(f"/{lang}/{slug}/rallies/{found.slug}/", campaign=campaign)
    occurrence = occurrence_on(found, on) if found is not None else None
    if occurrence is None:
        raise Http404
    if is_thanks:
        return public(count_thanks_page(occurrence, lang), campaign=campaign)
    return public(count_page(occurrence, lang), campaign=campaign, until=_turns_at(occurrence))


def _turns_at(occurrence: Occurrence) -> datetime | None:
    """Return when the form opens or closes next."""
    turns = (occurrence.starts_at, occurrence.ends_at + timedelta(days=REPORT_DAYS))
    return next((turn for turn in turns if turn > clock()), None)
