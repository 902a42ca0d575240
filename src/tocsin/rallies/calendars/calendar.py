"""VCALENDARs: events with the time zones they are in, under a name (RFC 5545, section 3.4; RFC 7986, section 5)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tocsin.campaigns.models import Campaign
from tocsin.rallies.calendars.colours import nearest_name
from tocsin.rallies.calendars.events import ExactPlace, Told, event_of, events_of
from tocsin.rallies.calendars.lines import text, uri, written
from tocsin.rallies.calendars.recurrence import date_of, is_series
from tocsin.rallies.calendars.timezones import vtimezone
from tocsin.rallies.models import Broadcast, Occurrence, Rally
from tocsin.rallies.queries.calendars import Dated

# How often a calendar program looks again, if it does as it is told.
_REFRESH = "PT1H"


class Head(NamedTuple):
    """What a calendar says about itself."""

    name: str
    source: str = ""  # its own address; "" for one that is a file in a mail
    page: str = ""
    colour: str = ""  # "#rrggbb"
    picture: str = ""  # the address of a PNG that stands for it
    zone: str = ""
    method: str = ""  # of RFC 5546; "" for a calendar that is subscribed to


def calendar_of_rallies(
    dated: Iterable[Dated], *, campaign: Campaign, language: str, head: Head, broadcasts: Iterable[Broadcast] = ()
) -> bytes:
    """Return a calendar of rallies with all their dates; each says what is told to it by one of `broadcasts`."""
    told = Told.of(campaign, language, broadcasts=broadcasts)
    events: list[str] = []
    zones = _Zones()
    for rally, occurrences in dated:
        if is_series(rally):
            zones.add(rally, occurrences)
            events += events_of(rally, occurrences, told)
        elif (one := date_of(rally, occurrences)) is not None:
            zones.add(rally, (one,))
            events += event_of(one, rally, told)
    return written([*_head(head), *zones.lines(), *events, "END:VCALENDAR"])


def calendar_of(
    occurrences: Iterable[Occurrence],
    *,
    language: str,
    head: Head,
    exact_places: Mapping[int, ExactPlace] | None = None,
) -> bytes:
    """Return a calendar of single dates, as of somebody who comes to them.

    Each has its rally and that rally its campaign at hand, or it costs queries; they may be of several
    campaigns, and each is in `language` as far as its campaign speaks it. `exact_places` are by the
    number of the occurrence.
    """
    places = exact_places or {}
    told: dict[int, Told] = {}
    events: list[str] = []
    zones = _Zones()
    for one in occurrences:
        campaign = one.rally.campaign
        if campaign.pk not in told:
            told[campaign.pk] = Told.of(campaign, _spoken_by(campaign, language), is_busy=True)
        zones.add(one.rally, (one,))
        events += event_of(one, one.rally, told[campaign.pk], places.get(one.pk))
    return written([*_head(head), *zones.lines(), *events, "END:VCALENDAR"])


def one_ics(
    occurrence: Occurrence,
    rally: Rally,
    campaign: Campaign,
    language: str,
    *,
    exact_place: ExactPlace | None = None,
    method: str = "PUBLISH",
) -> bytes:
    """Return one date of a rally as a file, for a mail: with METHOD, as RFC 5546 has it (sections 3.2.1 and 3.2.5).

    `exact_place` is for who has said that they come, and only then. `method` is PUBLISH, or CANCEL to take the
    date out of calendars; "" for a file without one.
    """
    told = Told.of(campaign, _spoken_by(campaign, language), is_busy=True)
    zones = _Zones()
    zones.add(rally, (occurrence,))
    head = Head(name=told.title, method=method)
    return written([*_head(head), *zones.lines(), *event_of(occurrence, rally, told, exact_place), "END:VCALENDAR"])


class _Zones:
    """The time zones of a calendar, each once, from the year of its first date on."""

    def __init__(self) -> None:
        self._years: dict[str, int] = {}

    def add(self, rally: Rally, occurrences: Iterable[Occurrence]) -> None:
        years = [rally.first_on.year, *(min(one.held_on.year, one.original_on.year) for one in occurrences)]
        self._years[rally.zone] = min(self._years.get(rally.zone, years[0]), *years)

    def lines(self) -> Iterator[str]:
        for zone in sorted(self._years):
            yield from vtimezone(zone, self._years[zone])


def _head(head: Head) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield "PRODID:-//Tocsin//Rallies//EN"
    yield "CALSCALE:GREGORIAN"
    if head.method:
        yield f"METHOD:{head.method}"
    yield f"NAME:{text(head.name)}"
    yield f"X-WR-CALNAME:{text(head.name)}"
    if head.zone:
        yield f"X-WR-TIMEZONE:{head.zone}"
    if head.source:
        yield f"SOURCE;VALUE=URI:{uri(head.source)}"
        yield f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}"
        yield f"X-PUBLISHED-TTL:{_REFRESH}"
    if head.page:
        yield f"URL:{uri(head.page)}"
    if head.colour:
        yield f"COLOR:{nearest_name(head.colour)}"
        yield f"X-APPLE-CALENDAR-COLOR:{head.colour}"
    if head.picture:
        yield f"IMAGE;VALUE=URI;DISPLAY=BADGE;FMTTYPE=image/png:{uri(head.picture)}"


def _spoken_by(campaign: Campaign, language: str) -> str:
    return language if language in campaign.languages else campaign.languages[0]
