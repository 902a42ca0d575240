"""Rallies out of an iCalendar file (RFC 5545), whoever's program wrote it."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple
from zoneinfo import available_timezones

from icalendar import BrokenCalendarProperty, Calendar, Component, vBroken, vRecur
from icalendar.timezone import tzid_from_dt

from tocsin.kit import names
from tocsin.kit.zones import zone_of
from tocsin.rallies.campaign_file.said import SaidDate
from tocsin.rallies.checks import LONGEST, MAX_MINUTES, MIN_MINUTES, day_refusal, refusals_of, settled
from tocsin.rallies.details import USUAL_MINUTES, Chat, Details, Where
from tocsin.rallies.reading.found import (
    FileRefusal,
    FileRefusedError,
    Flaw,
    FlawError,
    Found,
    FoundRally,
    Problem,
    found_of,
    text_of,
)
from tocsin.rallies.reading.towns import place_on_line
from tocsin.rallies.refusals import Refusal
from tocsin.rallies.states import Attendance, DateState

_BEGIN: Final = re.compile(r"^BEGIN:VEVENT\s*$", re.MULTILINE | re.IGNORECASE)
_MOST_EVENTS: Final = 10_000
_LONGEST_SOURCE: Final = 500
_LONGEST_LABEL: Final = 80
# Read no further, of a title and a place, and of a description with its markup: a line may be as long as the file.
_LONGEST_WORDS: Final = 1_000
_LONGEST_MARKED: Final = 4 * LONGEST["about"]
_CANCELLED: Final = re.compile(r"^\W*(?:cancel+ed|postponed)\W+", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]{1,200}>")
_WEB = ("http://", "https://")
# On a button of the rally's page: the event's own page elsewhere.
_ELSEWHERE: Final = "Web"


class _When(NamedTuple):
    """When an event begins, by the clock of its zone."""

    starts_at: datetime  # in UTC
    zone: str

    @property
    def wall(self) -> datetime:
        return self.starts_at.astimezone(zone_of(self.zone)).replace(tzinfo=None)


def read_ics(content: bytes, *, language: str) -> Found:
    """Return the rallies of a calendar; their words are taken to be in `language`. Raises FileRefusedError.

    A series keeps its rule, what it leaves out, and the dates that are moved, cancelled or elsewhere.
    """
    text = text_of(content)
    if len(_BEGIN.findall(text)) > _MOST_EVENTS:
        raise FileRefusedError(FileRefusal.TOO_MANY_RALLIES)
    try:
        # More than one calendar may lie in one file.
        calendars = Calendar.from_ical(text, multiple=True)
    except (ValueError, IndexError, KeyError, RecursionError) as error:
        raise FileRefusedError(FileRefusal.NOT_A_CALENDAR) from error
    whole = [one for one in calendars if one.name == "VCALENDAR"]
    if not whole:
        raise FileRefusedError(FileRefusal.NOT_A_CALENDAR)
    lines = [number for number, line in enumerate(text.split("\n"), start=1) if _BEGIN.fullmatch(line)]
    return found_of(rally for one in whole for rally in _rallies(one, lines, language))


def _rallies(calendar: Component, lines: list[int], language: str) -> Iterator[FoundRally | Flaw]:
    usual_zone = _known_zone(str(calendar.get("X-WR-TIMEZONE", "")))
    groups: dict[str, list[tuple[int, Component]]] = defaultdict(list)
    for event in calendar.subcomponents:
        if event.name == "VEVENT":
            line = lines.pop(0) if lines else 0
            groups[_source(event)].append((line, event))
    for source, events in groups.items():
        series = [one for one in events if "RECURRENCE-ID" not in one[1]] or events[:1]
        own = [one for one in events if "RECURRENCE-ID" in one[1] and one is not series[0]]
        line, event = series[-1]  # of two versions the later one
        try:
            yield _rally(source, line, event, own=[one for _, one in own], usual_zone=usual_zone, language=language)
        except BrokenCalendarProperty:
            yield Flaw(line, str(event.get("SUMMARY", ""))[:_LONGEST_LABEL], "", Refusal.NOT_PLAIN)
        except OverflowError:  # a moment at either end of the calendar
            yield Flaw(line, str(event.get("SUMMARY", ""))[:_LONGEST_LABEL], "first_on", Refusal.DATE_MISSING)
        except FlawError as flaw:
            yield Flaw(line, str(event.get("SUMMARY", ""))[:_LONGEST_LABEL], flaw.field, flaw.problem, flaw.limit)


def _rally(
    source: str, line: int, event: Component, *, own: list[Component], usual_zone: str, language: str
) -> FoundRally:
    starts = _moment(event, "DTSTART")
    where, town_zone, online = _where(event)
    when = _when(starts, usual_zone or town_zone)
    is_cancelled = _is_cancelled(event)
    title = " ".join(str(event.get("SUMMARY", ""))[:_LONGEST_WORDS].split())
    if is_cancelled:
        title = _CANCELLED.sub("", title)
    url = str(event.get("URL", "")).strip()
    details = settled(
        Details(
            first_on=when.wall.date(),
            wall_time=when.wall.time().replace(microsecond=0),
            zone=when.zone,
            where=where,
            title={language: title[: LONGEST["title"]]},
            about={language: _about(str(event.get("DESCRIPTION", "")))},
            minutes=_minutes(event, when),
            repeat=_repeat(event, when),
            skipped=_skipped(event, when),
            attendance=_attendance(where, online),
            online_url=online,
            chats=(Chat(label=_ELSEWHERE, url=url),) if url.startswith(_WEB) and url != online else (),
        )
    )
    for refused in refusals_of(details):
        raise FlawError(refused.refusal, refused.field, refused.limit)
    dates = tuple(_date(one, when, details) for one in own) if details.repeat else ()
    return FoundRally(line=line, source=source, details=details, dates=dates, is_cancelled=is_cancelled)


def _source(event: Component) -> str:
    """Return what the calendar knows an event by: its UID, or else what it says."""
    uid = str(event.get("UID", "")).strip()
    if uid and len(uid) <= _LONGEST_SOURCE and uid.isprintable():
        return f"ics:{uid}"
    said = uid or "\n".join(str(event.get(name, "")) for name in ("SUMMARY", "DTSTART", "LOCATION"))
    return f"ics-sha256:{hashlib.sha256(said.encode()).hexdigest()}"


def _value(event: Component, name: str) -> Any:
    """Return a property, or None for one that is not there or that nobody can read."""
    value = event.get(name)
    return None if isinstance(value, vBroken) else value


def _moment(event: Component, name: str) -> datetime:
    """Return a date with its hour; raises FlawError for a whole day, and for what nobody can read."""
    value = getattr(_value(event, name), "dt", None)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        raise FlawError(Refusal.TIME_MISSING, "wall_time")
    raise FlawError(Refusal.DATE_MISSING, "first_on")


def _when(starts: datetime, usual_zone: str) -> _When:
    """Return a beginning with its zone: its own; for UTC and for no zone at all the calendar's, or the town's."""
    _check_day(starts, "first_on")
    own = _known_zone(str(tzid_from_dt(starts) or "")) if starts.tzinfo is not None else ""
    zone = own if own and own != "UTC" else usual_zone or own or "UTC"
    try:
        aware = starts if starts.tzinfo is not None else starts.replace(tzinfo=zone_of(zone))
        return _When(aware.astimezone(UTC), zone)
    except (OverflowError, ValueError) as error:
        raise FlawError(Refusal.DATE_MISSING, "first_on") from error


def _check_day(on: date, field: str) -> None:
    """Refuse a day, or a moment, that nothing can be held on: clocks and calendars end somewhere."""
    wrong = day_refusal(on.date() if isinstance(on, datetime) else on)
    if wrong is not None:
        raise FlawError(wrong, field)


def _known_zone(name: str) -> str:
    return name if name in _zones() else ""


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())  # reads a whole folder


def _minutes(event: Component, when: _When) -> int:
    ends = getattr(_value(event, "DTEND"), "dt", None)
    if isinstance(ends, datetime):
        aware = ends if ends.tzinfo is not None else ends.replace(tzinfo=zone_of(when.zone))
        return int((aware - when.starts_at).total_seconds() // 60) or USUAL_MINUTES
    lasts = getattr(_value(event, "DURATION"), "dt", None)
    return int(lasts.total_seconds() // 60) if isinstance(lasts, timedelta) else USUAL_MINUTES


def _repeat(event: Component, when: _When) -> str:
    """Return the rule, with the local day of its UNTIL: as a moment in UTC that may be the day before or after."""
    if "RDATE" in event:
        raise FlawError(Problem.PLUS_DATES, "repeat")
    rule = event.get("RRULE")
    if rule is None:
        return ""
    if not isinstance(rule, vRecur):  # several rules, or none that can be read
        raise FlawError(Refusal.REPEAT_SHAPE, "repeat")
    text = str(rule.to_ical().decode())  # type: ignore[no-untyped-call]  # icalendar does not say
    for until in rule.get("UNTIL", ()):
        if isinstance(until, datetime) and until.tzinfo is not None:
            try:
                local = until.astimezone(zone_of(when.zone))
            except OverflowError as error:
                raise FlawError(Refusal.REPEAT_SHAPE, "repeat") from error
            text = re.sub(r"UNTIL=[0-9TZ]+", f"UNTIL={local:%Y%m%d}", text)
    return text


def _skipped(event: Component, when: _When) -> tuple[date, ...]:
    given: Any = event.get("EXDATE", [])
    lists = given if isinstance(given, list) else [given]
    # Left out unread, it would bring people to a date that is none.
    if any(isinstance(some, vBroken) for some in lists):
        raise FlawError(Refusal.DATE_MISSING, "skipped")
    return tuple(_local_day(one.dt, when, "skipped") for some in lists for one in some.dts)


def _local_day(moment: object, when: _When, field: str) -> date:
    """Return the day of a moment at the place; raises FlawError for what is none, as a period or an hour alone."""
    if not isinstance(moment, date):
        raise FlawError(Refusal.DATE_MISSING, field)
    _check_day(moment, field)
    if not isinstance(moment, datetime):
        return moment
    return moment.astimezone(zone_of(when.zone)).date() if moment.tzinfo is not None else moment.date()


def _where(event: Component) -> tuple[Where, str, str]:
    """Return where it is, the zone of that town, and where to join online."""
    line = str(event.get("LOCATION", ""))[:_LONGEST_WORDS].strip()
    conference = event.get("CONFERENCE") or event.get("X-GOOGLE-CONFERENCE") or ""
    online = str(conference[0] if isinstance(conference, list) else conference).strip()
    if line.startswith(_WEB):
        online, line = online or line.split()[0], ""
    geo = _value(event, "GEO")
    pin = (float(geo.latitude), float(geo.longitude)) if hasattr(geo, "latitude") else None
    if online.startswith(_WEB) and pin is None and (not line or line.casefold() == "online"):
        return Where(), "", online
    where, zone = place_on_line(line, pin)
    return where, zone, online if online.startswith(_WEB) else ""


def _attendance(where: Where, online: str) -> Attendance:
    if not where.city:
        return Attendance.ONLINE
    return Attendance.BOTH if online else Attendance.IN_PERSON


def _about(text: str) -> str:
    """Return a description as far as it can be shown: without markup, and without lines that hold links."""
    lines = (_TAG.sub("", line).strip() for line in text[:_LONGEST_MARKED].splitlines())
    kept = "\n".join(line for line in lines if names.text_refusal(line) is None)
    return re.sub(r"\n{3,}", "\n\n", kept)[: LONGEST["about"]]


def _is_cancelled(event: Component) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _date(event: Component, series: _When, details: Details) -> SaidDate:
    """Return one date that is not as its series has it."""
    recurrence = _value(event, "RECURRENCE-ID")
    if str(getattr(recurrence, "params", {}).get("RANGE", "")).upper() == "THISANDFUTURE":
        raise FlawError(Problem.THIS_AND_FUTURE, "repeat")
    named = getattr(recurrence, "dt", None)
    if not isinstance(named, date):
        raise FlawError(Refusal.DATE_MISSING, "first_on")
    starts = _moment(event, "DTSTART")
    _check_day(starts, "first_on")
    moment = starts if starts.tzinfo is not None else starts.replace(tzinfo=zone_of(series.zone))
    when = _When(moment.astimezone(UTC), series.zone)
    minutes = _minutes(event, when)
    if not MIN_MINUTES <= minutes <= MAX_MINUTES:
        raise FlawError(Refusal.NUMBER_SHAPE, "minutes", f"{MIN_MINUTES} – {MAX_MINUTES}")
    place = _place_of_its_own(event, details)
    return SaidDate(
        original_on=_local_day(named, series, "first_on"),
        state=DateState.CANCELLED if _is_cancelled(event) else DateState.STANDS,
        held_on=when.wall.date(),
        wall_time=when.wall.time().replace(microsecond=0),
        minutes=minutes,
        place=place,
        address="",
        latitude=None,
        longitude=None,
        note="",
    )


def _place_of_its_own(event: Component, details: Details) -> str:
    """Return what the place of one date is called, where it is not that of the series."""
    line = str(event.get("LOCATION", ""))[:_LONGEST_WORDS].split(",")[0].strip()
    known = {details.where.place, details.where.city, details.where.address}
    is_plain = names.text_refusal(line) is None and "\n" not in line
    return names.tidy(line)[:200] if is_plain and names.tidy(line) not in known else ""
