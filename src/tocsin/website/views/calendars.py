"""Rallies for calendar programs and feed readers."""

from datetime import date, datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from tocsin.campaigns.models import Campaign
from tocsin.kit import countries
from tocsin.rallies import calendars
from tocsin.rallies.models import Rally
from tocsin.rallies.queries.broadcasts import next_end, shown_broadcasts
from tocsin.rallies.queries.calendars import Dated, dated_rallies, dated_rally
from tocsin.rallies.queries.changes import last_changes
from tocsin.rallies.queries.shown import occurrence_on, rally_at
from tocsin.rallies.wording import title_in
from tocsin.website.answers import public
from tocsin.website.clock import clock
from tocsin.website.found import campaign_in, public_campaign

# Calendar programs come back by the hour.
_FEED = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800"
_KIND = "text/calendar; charset=utf-8"


def campaign(_request: HttpRequest, slug: str, lang: str = "") -> HttpResponse:
    """Give the calendar of all of a campaign's rallies."""
    found, language = _campaign(slug, lang)
    return _calendar(found, language)


def country(_request: HttpRequest, slug: str, code: str, lang: str = "") -> HttpResponse:
    """Give the calendar of its rallies in one country; an empty one, too, is worth subscribing to."""
    found, language = _campaign(slug, lang)
    if code != code.lower() or not countries.is_known(code.upper()):
        raise Http404
    return _calendar(found, language, code.upper())


def rally(_request: HttpRequest, slug: str, rally: str, lang: str = "") -> HttpResponse:
    """Give the calendar of one rally with all its dates."""
    found, language = _campaign(slug, lang)
    one = _rally(found, rally)
    if one.slug != rally:
        return _moved(found, calendars.subscription(found, language, rally=one).address)
    head = _head(found, language, name=title_in(one, language, found), rally=one)
    return _told([dated_rally(one)], found, language, head, one.slug)


def occurrence(_request: HttpRequest, slug: str, rally: str, on: date, lang: str = "") -> HttpResponse:
    """Give one date of a rally as a file."""
    found, language = _campaign(slug, lang)
    one = _rally(found, rally)
    if one.slug != rally:
        there = calendars.subscription(found, language, rally=one, original_on=on)
        return _moved(found, there.address)
    held = occurrence_on(one, on)
    if held is None:
        raise Http404
    return _answer(calendars.one_ics(held, one, found, language, method=""), found, language, f"{one.slug}-{on}")


def atom(_request: HttpRequest, slug: str, lang: str) -> HttpResponse:
    """Give what is new, changed or cancelled among a campaign's rallies."""
    found = campaign_in(lang, slug)
    changes = last_changes(found, limit=calendars.MOST_ENTRIES)
    address = f"{settings.BASE_URL}/{lang}/{slug}/rallies.atom"
    shown = shown_broadcasts(found, clock())
    body = calendars.atom_of(changes, campaign=found, language=lang, address=address, broadcasts=shown)
    kind = "application/atom+xml; charset=utf-8"
    return public(body, campaign=found, kind=kind, cache=_FEED, until=next_end(shown))


def _campaign(slug: str, lang: str) -> tuple[Campaign, str]:
    """Return the campaign, and the language: the address names it, or else it is the campaign's first."""
    if lang:
        return campaign_in(lang, slug), lang
    found = public_campaign(slug)
    return found, found.languages[0]


def _rally(campaign: Campaign, slug: str) -> Rally:
    found = rally_at(campaign, slug)
    if found is None:
        raise Http404
    return found


def _calendar(campaign: Campaign, language: str, code: str = "") -> HttpResponse:
    head = _head(campaign, language, name=calendars.name_of(campaign, language, code), country=code)
    dated = dated_rallies(campaign, now=clock(), country=code)
    return _told(dated, campaign, language, head, f"{campaign.slug}-{code.lower()}".rstrip("-"))


def _told(dated: list[Dated], campaign: Campaign, language: str, head: calendars.Head, name: str) -> HttpResponse:
    """Give a calendar with what is told to its rallies just now."""
    shown = shown_broadcasts(campaign, clock())
    body = calendars.calendar_of_rallies(dated, campaign=campaign, language=language, head=head, broadcasts=shown)
    return _answer(body, campaign, language, name, until=next_end(shown))


def _head(
    campaign: Campaign, language: str, *, name: str, country: str = "", rally: Rally | None = None
) -> calendars.Head:
    tail = f"{rally.slug}/" if rally is not None else ""
    return calendars.Head(
        name=name,
        source=calendars.subscription(campaign, language, country=country, rally=rally).address,
        page=f"{settings.BASE_URL}/{language}/{campaign.slug}/rallies/{tail}",
        colour=campaign.accent,
        zone=rally.zone if rally is not None else campaign.timezone,
    )


def _answer(
    body: bytes, campaign: Campaign, language: str, name: str, *, until: datetime | None = None
) -> HttpResponse:
    answer = public(body, campaign=campaign, kind=_KIND, cache=_FEED, until=until)
    answer["Content-Language"] = language
    answer["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return answer


def _moved(campaign: Campaign, address: str) -> HttpResponse:
    """Lead on from a rally that was merged into another, for as long as that is so."""
    answer = HttpResponseRedirect(address)
    answer["Cache-Control"] = _FEED
    answer["X-Tocsin-Campaign"] = str(campaign.pk)
    return answer
