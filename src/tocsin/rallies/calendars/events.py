"""VEVENTs: what calendar programs are told about a rally and its dates (RFC 5545, section 3.6.1; RFC 7986).

SEQUENCE is the rally's own number, which every verb moves that changes its rule or one of its dates, plus the
whole seconds from its announcement to the last change of what the event is about. Both parts only ever grow,
and when a date is put back as it was the number is still higher than that of the change.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parseaddr
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from tocsin.campaigns.models import Campaign
from tocsin.campaigns.queries import in_language
from tocsin.kit.zones import zone_of
from tocsin.rallies.calendars.lines import parameter, text, uri
from tocsin.rallies.calendars.recurrence import is_series, recurrence_of
from tocsin.rallies.calendars.words import Words, words_in
from tocsin.rallies.models import Broadcast, Occurrence, Rally
from tocsin.rallies.public_place import NOWHERE, Pin, public_place
from tocsin.rallies.queries.broadcasts import broadcasts_of, notes_of
from tocsin.rallies.series import moment_of
from tocsin.rallies.states import Attendance, DateState
from tocsin.rallies.wording import about_in, title_in

_MOST_ABOUT: Final = 600  # characters: the page has the rest
_MOST_SEQUENCE: Final = 2_147_483_647  # RFC 5545, section 3.3.8


class ExactPlace(NamedTuple):
    """Where a rally with a private address really is: only for the mail of somebody who comes."""

    line: str
    latitude: float | None = None  # degrees
    longitude: float | None = None


class Told(NamedTuple):
    """What the events of one calendar have in common."""

    campaign: Campaign
    language: str
    words: Words
    title: str
    organizer: str
    host: str
    base: str
    is_busy: bool  # whether its reader has said that they come
    categories: dict[int | None, str]  # by day of action
    broadcasts: tuple[Broadcast, ...] = ()  # those that show now

    @classmethod
    def of(
        cls, campaign: Campaign, language: str, *, is_busy: bool = False, broadcasts: Iterable[Broadcast] = ()
    ) -> "Told":
        """Return what is common to the events of a campaign, in `language`."""
        title = in_language(campaign.title, language, campaign)
        # A role, not a person: how the campaign is reached, or else the server.
        address = campaign.contact or parseaddr(settings.MAIL_FROM)[1]
        return cls(
            campaign=campaign,
            language=language,
            words=words_in(language),
            title=title,
            organizer=f"ORGANIZER;CN={parameter(title)}:mailto:{uri(address)}",
            host=urlsplit(settings.BASE_URL).hostname or "localhost",
            base=f"{settings.BASE_URL}/{language}/{campaign.slug}/rallies/",
            is_busy=is_busy,
            categories={},
            broadcasts=tuple(broadcasts),
        )

    def categories_of(self, rally: Rally) -> str:
        """Return the content line that names campaign and day of action."""
        if rally.day_of_action_id not in self.categories:
            day = rally.day_of_action
            both = self.title, in_language(day.title, self.language, self.campaign) if day is not None else ""
            self.categories[rally.day_of_action_id] = f"CATEGORIES:{','.join(text(one) for one in both if one)}"
        return self.categories[rally.day_of_action_id]


def events_of(rally: Rally, occurrences: list[Occurrence], told: Told) -> Iterator[str]:
    """Yield the content lines of a series: the event with its rule, then one for each date that differs."""
    found = recurrence_of(rally, occurrences)
    starts = datetime.combine(found.first_on, rally.wall_time)
    yield "BEGIN:VEVENT"
    yield from _identity(rally, told, max([rally.changed_at, *(one.changed_at for one in found.own)]))
    yield _moment("DTSTART", starts, rally.zone)
    yield _end_of_each(starts, rally)
    if found.rule:
        yield f"RRULE:{found.rule}"
    for on in found.left_out:
        yield _moment("EXDATE", datetime.combine(on, rally.wall_time), rally.zone)
    for on in found.added:
        yield _moment("RDATE", datetime.combine(on, rally.wall_time), rally.zone)
    state = DateState.CANCELLED if found.is_cancelled else DateState.STANDS
    yield from _what(rally, None, told, state=state)
    yield from _where(rally, None, told, None)
    yield "END:VEVENT"
    for one in found.own:
        yield from event_of(one, rally, told)


def event_of(one: Occurrence, rally: Rally, told: Told, exact_place: ExactPlace | None = None) -> Iterator[str]:
    """Yield the content lines of one date; of a series it says which of its dates it is."""
    yield "BEGIN:VEVENT"
    yield from _identity(rally, told, max(one.changed_at, rally.changed_at))
    if is_series(rally):
        yield _moment("RECURRENCE-ID", datetime.combine(one.original_on, rally.wall_time), rally.zone)
    yield from _begin_and_end(one.starts_at, one.ends_at, rally.zone)
    yield from _what(rally, one, told, state=DateState(one.state), has_exact_place=exact_place is not None)
    yield from _where(rally, one, told, exact_place)
    yield "END:VEVENT"


def _identity(rally: Rally, told: Told, changed_at: datetime) -> Iterator[str]:
    sent = (one.sent_at for one in broadcasts_of(rally, told.broadcasts) if one.sent_at)
    changed_at = max((changed_at, *sent))
    stamp = _utc(changed_at)
    sequence = rally.sequence + max(0, int((changed_at - rally.announced_at).total_seconds()))
    yield f"UID:{rally.uid}@{told.host}"
    # Without a METHOD, DTSTAMP is when it was last revised (section 3.8.7.2): the same bytes until then.
    yield f"DTSTAMP:{stamp}"
    yield f"LAST-MODIFIED:{stamp}"
    yield f"SEQUENCE:{min(sequence, _MOST_SEQUENCE)}"


def _what(
    rally: Rally, one: Occurrence | None, told: Told, *, state: DateState, has_exact_place: bool = False
) -> Iterator[str]:
    words = told.words
    title = title_in(rally, told.language, told.campaign)
    page = f"{told.base}{rally.slug}/"
    if one is not None and is_series(rally):
        page = f"{page}{one.original_on.isoformat()}/"
    if state == DateState.CANCELLED:
        title = words.cancelled_title % {"title": title}
    elif state == DateState.POSTPONED:
        title = words.postponed_title % {"title": title}
    yield f"SUMMARY:{text(title)}"
    note = one.note if one is not None else ""
    paragraphs = _paragraphs(rally, told, state=state, note=note, has_exact_place=has_exact_place)
    yield f"DESCRIPTION:{text(chr(10).join([*paragraphs, page]))}"
    yield f"URL:{uri(page)}"
    yield _STATUS[state]
    if not told.is_busy or state != DateState.STANDS:
        yield "TRANSP:TRANSPARENT"  # takes no time from whoever only follows along
    yield told.organizer
    yield told.categories_of(rally)


def _paragraphs(rally: Rally, told: Told, *, state: DateState, note: str, has_exact_place: bool) -> Iterator[str]:
    words = told.words
    if state == DateState.CANCELLED:
        yield words.cancelled
    elif state == DateState.POSTPONED:
        yield words.postponed
    yield from notes_of(rally, told.broadcasts, told.language, told.campaign)
    if note:
        yield note
    about, _ = about_in(rally, told.language)
    if about:
        yield about if len(about) <= _MOST_ABOUT else f"{about[:_MOST_ABOUT].rstrip()}…"
    if rally.held_by:
        yield words.held_by % {"group": rally.held_by}
    if until := in_language(rally.until_note, told.language, told.campaign):
        yield until
    if rally.online_url:
        yield words.join % {"address": rally.online_url}
    if rally.is_address_private and not has_exact_place:
        yield words.private


def _where(rally: Rally, one: Occurrence | None, told: Told, exact_place: ExactPlace | None) -> Iterator[str]:
    line, pin = place_of(rally, one, told.words)
    if exact_place is not None:
        line = exact_place.line
        pin = exact_place.latitude, exact_place.longitude
    if line:
        yield f"LOCATION:{text(line)}"
    if pin[0] is not None and pin[1] is not None:
        yield f"GEO:{pin[0]:.6f};{pin[1]:.6f}"
    if rally.online_url and rally.attendance != Attendance.IN_PERSON:
        yield f"CONFERENCE;VALUE=URI;LABEL={parameter(told.words.online)}:{uri(rally.online_url)}"


def place_of(rally: Rally, one: Occurrence | None, words: Words) -> tuple[str, Pin]:
    """Return where a rally or one of its dates is, as far as everybody may know: a line, and a pin in degrees."""
    country = words.countries.get(rally.country, rally.country)
    if rally.attendance == Attendance.ONLINE:
        return words.online, NOWHERE
    at = public_place(rally, one)
    return ", ".join(part for part in (at.place, at.address, rally.city, country) if part), at.pin


@lru_cache(maxsize=4096)
def _prefix(name: str, zone: str) -> str:
    return f"{name};TZID={zone}:"


def _moment(name: str, wall: datetime, zone: str) -> str:
    return f"{_prefix(name, zone)}{wall:%Y%m%dT%H%M%S}"


def _end_of_each(starts: datetime, rally: Rally) -> str:
    """Return how long each date of a series lasts: until when the first does, but if the clocks change within that."""
    moment = moment_of(starts.date(), rally.wall_time, rally.minutes, rally.zone)
    ends = moment.ends_at.astimezone(zone_of(rally.zone)).replace(tzinfo=None)
    if ends - starts == moment.ends_at - moment.starts_at:
        return _moment("DTEND", ends, rally.zone)
    return f"DURATION:PT{rally.minutes}M"  # exact, and not of the clock (RFC 5545, section 3.3.6)


# On a day of action thousands of rallies begin and end at the same few moments, and were changed in the same hours.
@lru_cache(maxsize=8192)
def _begin_and_end(starts_at: datetime, ends_at: datetime, zone: str) -> tuple[str, str]:
    """Return when one date begins and ends, on the clock of the place.

    In UTC where that clock shows one of the two for the second time that night: by its name a reader would
    take the first (section 3.3.5). An hour that the clock skips is told as the one it shows instead.
    """
    begins, ends = (moment.astimezone(zone_of(zone)) for moment in (starts_at, ends_at))
    if begins.fold or ends.fold:
        return f"DTSTART:{_utc(starts_at)}", f"DTEND:{_utc(ends_at)}"
    return _moment("DTSTART", begins, zone), _moment("DTEND", ends, zone)


@lru_cache(maxsize=8192)
def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


_STATUS: Final = {
    DateState.STANDS: "STATUS:CONFIRMED",
    # Not CANCELLED: some programs hide what is, and its words are what people need.
    DateState.POSTPONED: "STATUS:TENTATIVE",
    DateState.CANCELLED: "STATUS:CANCELLED",
}
