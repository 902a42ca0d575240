"""Rallies for calendar programs and feed readers."""

from datetime import date, datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from tocsin.campaigns.models import Campaign
from tocsin.kit import countries, regions
from tocsin.rallies import calendars
from tocsin.rallies.models import Broadcast, Rally
from tocsin.rallies.queries.broadcasts import next_end, shown_broadcasts
from tocsin.rallies.queries.calendars import Dated, dated_rallies, dated_rally
from tocsin.rallies.queries.changes import last_changes
from tocsin.rallies.queries.shown import has_region, occurrence_on, rally_at
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
    return _calendar(found, language, country=_country(code))


def region(_request: HttpRequest, slug: str, code: str, lang: str = "") -> HttpResponse:
    """Give the calendar of its rallies in one region."""
    found, language = _campaign(slug, lang)
    return _calendar(found, language, region=_region(found, code))


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
    return _atom(campaign_in(lang, slug), lang)


def country_atom(_request: HttpRequest, slug: str, code: str, lang: str) -> HttpResponse:
    """Give what is new, changed or cancelled in one country."""
    return _atom(campaign_in(lang, slug), lang, country=_country(code))


def region_atom(_request: HttpRequest, slug: str, code: str, lang: str) -> HttpResponse:
    """Give what is new, changed or cancelled in one region."""
    found = campaign_in(lang, slug)
    return _atom(found, lang, region=_region(found, code))


def _atom(campaign: Campaign, lang: str, *, country: str = "", region: str = "") -> HttpResponse:
    changes = last_changes(campaign, limit=calendars.MOST_ENTRIES, country=country, region=region)
    name = calendars.name_of(campaign, lang, country or region[:2], region)
    address = f"{settings.BASE_URL}/{lang}/{campaign.slug}/rallies{calendars.part_of(country, region)}.atom"
    shown = [one for one in shown_broadcasts(campaign, clock()) if _is_told(one, country or region[:2], region)]
    body = calendars.atom_of(changes, campaign=campaign, language=lang, address=address, name=name, broadcasts=shown)
    kind = "application/atom+xml; charset=utf-8"
    return public(body, campaign=campaign, kind=kind, cache=_FEED, until=next_end(shown))


def _is_told(broadcast: Broadcast, country: str, region: str) -> bool:
    """Say whether a message is for rallies of a country or region: of another one it is nobody's here."""
    is_there = not country or not broadcast.country or broadcast.country == country
    return is_there and (not region or not broadcast.region or broadcast.region == region)


def _country(code: str) -> str:
    if code != code.lower() or not countries.is_known(code.upper()):
        raise Http404
    return code.upper()


def _region(campaign: Campaign, code: str) -> str:
    """Return the region's code, ISO 3166-2: one that has a name, or one that a rally of the campaign is in."""
    known = code.upper()
    if code != code.lower() or not (known in regions.NAMES or has_region(campaign, known)):
        raise Http404
    return known


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


def _calendar(campaign: Campaign, language: str, *, country: str = "", region: str = "") -> HttpResponse:
    name = calendars.name_of(campaign, language, country or region[:2], region)
    head = _head(campaign, language, name=name, country=country, region=region)
    dated = dated_rallies(campaign, now=clock(), country=country, region=region)
    return _told(dated, campaign, language, head, f"{campaign.slug}-{(country or region).lower()}".rstrip("-"))


def _told(dated: list[Dated], campaign: Campaign, language: str, head: calendars.Head, name: str) -> HttpResponse:
    """Give a calendar with what is told to its rallies just now."""
    shown = shown_broadcasts(campaign, clock())
    body = calendars.calendar_of_rallies(dated, campaign=campaign, language=language, head=head, broadcasts=shown)
    return _answer(body, campaign, language, name, until=next_end(shown))


def _head(
    campaign: Campaign, language: str, *, name: str, country: str = "", region: str = "", rally: Rally | None = None
) -> calendars.Head:
    tail = f"{rally.slug}/" if rally is not None else ""
    return calendars.Head(
        name=name,
        source=calendars.subscription(campaign, language, country=country, region=region, rally=rally).address,
        page=f"{settings.BASE_URL}/{language}/{campaign.slug}/rallies/{tail}",
        colour=campaign.accent,
        picture=f"{settings.BASE_URL}/{language}/{campaign.slug}/card.png",
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
