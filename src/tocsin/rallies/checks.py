"""Whether a rally's details can stand, each refusal naming its field of Details."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.campaigns.languages import is_known as is_language
from tocsin.kit import countries, names
from tocsin.kit.places import rounded
from tocsin.rallies.details import Chat, Details, Where
from tocsin.rallies.refusals import Refusal, Refused
from tocsin.rallies.repeats import FIRST_DAY, LAST_DAY, BadRepeatError, settled_repeat
from tocsin.rallies.series import first_of_rule
from tocsin.rallies.states import Access, Attendance, Duty

LONGEST = {"title": 150, "about": 3_000, "held_by": 200, "until_note": 200}
_LONGEST_WHERE = {"city": 120, "place": 200, "address": 300, "region": 10}
_MAX_URL = 500
_MAX_CHATS = 5
_MAX_PEOPLE = 10_000_000
MIN_MINUTES, MAX_MINUTES = 5, 7 * 24 * 60
MAX_ADDRESS_HOURS = 14 * 24
_MAX_SKIPPED = 400


def settled(details: Details) -> Details:
    """Return `details` as they are stored: tidy names, no space around, empty texts left out, one spelling of a rule.

    A private place leaves the part of them that anybody reads: of it only the town stays, and about where that is.
    """
    where = details.where
    latitude, longitude = where.latitude, where.longitude
    if details.is_address_private and latitude is not None and longitude is not None:
        latitude, longitude = rounded(latitude, longitude)
    try:
        repeat = settled_repeat(details.repeat)
    except BadRepeatError:
        repeat = details.repeat  # refused by its check, with the name of its field
    return replace(
        details,
        title=_texts(details.title),
        about=_texts(details.about),
        until_note=_texts(details.until_note),
        held_by=names.tidy(details.held_by),
        zone=details.zone.strip(),
        repeat=repeat,
        skipped=tuple(sorted(set(details.skipped))),
        online_url=details.online_url.strip(),
        where=Where(
            city=names.tidy(where.city),
            country=where.country.strip().upper(),
            region=where.region.strip().upper(),
            place="" if details.is_address_private else names.tidy(where.place),
            address="" if details.is_address_private else names.tidy(where.address),
            latitude=latitude,
            longitude=longitude,
        ),
        chats=tuple(Chat(label=names.tidy(one.label), url=one.url.strip()) for one in details.chats),
    )


def refusals_of(details: Details) -> tuple[Refused, ...]:
    """Return everything that is wrong with settled details by themselves."""
    return tuple(refused for check in _CHECKS for refused in check(details))


def day_refusal(on: date) -> Refusal | None:
    """Return why nothing can be held on a day: it is before FIRST_DAY, or after LAST_DAY; else None."""
    if on > LAST_DAY:
        return Refusal.DATE_FAR
    return Refusal.DATE_PAST if on < FIRST_DAY else None


def earliest_day(now: datetime) -> date:
    """Return the first day that is not over everywhere on earth."""
    return (now - timedelta(hours=12)).date()  # where the day ends last: UTC−12


def _texts(texts: Mapping[str, str]) -> dict[str, str]:
    return {key: kept for key, text in texts.items() if (kept := text.replace("\r\n", "\n").strip())}


def _words(details: Details) -> Iterator[Refused]:
    for name in ("title", "about", "until_note"):
        texts: Mapping[str, str] = getattr(details, name)
        for language, text in texts.items():
            if not is_language(language):
                yield Refused(name, Refusal.WRONG_CHOICE)
            yield from _plain(name, text, LONGEST[name], may_have_lines=name == "about")
    yield from _plain("held_by", details.held_by, LONGEST["held_by"])
    for name, limit in _LONGEST_WHERE.items():
        yield from _plain(name, getattr(details.where, name), limit)


def _plain(field: str, text: str, limit: int, *, may_have_lines: bool = False) -> Iterator[Refused]:
    if len(text) > limit:
        yield Refused(field, Refusal.TOO_LONG, str(limit))
    elif names.text_refusal(text) is not None or ("\n" in text and not may_have_lines):
        yield Refused(field, Refusal.NOT_PLAIN)


def _when(details: Details) -> Iterator[Refused]:
    wrong_day = day_refusal(details.first_on)
    if wrong_day is not None:
        yield Refused("first_on", wrong_day)
    try:
        ZoneInfo(details.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Refused("zone", Refusal.ZONE_UNKNOWN)
    try:
        repeat = settled_repeat(details.repeat)
    except BadRepeatError:
        yield Refused("repeat", Refusal.REPEAT_SHAPE)
    else:
        # Asked at the door: no page, and no transaction, is to look for what is not there.
        if repeat and wrong_day is None and first_of_rule(repeat, details.first_on) is None:
            yield Refused("repeat", Refusal.REPEAT_NEVER)
    if not MIN_MINUTES <= details.minutes <= MAX_MINUTES:
        yield Refused("minutes", Refusal.NUMBER_SHAPE, f"{MIN_MINUTES} – {MAX_MINUTES}")
    if len(details.skipped) > _MAX_SKIPPED:
        yield Refused("skipped", Refusal.TOO_LONG, str(_MAX_SKIPPED))
    elif wrong := next(filter(None, map(day_refusal, details.skipped)), None):
        yield Refused("skipped", wrong)


def _place(details: Details) -> Iterator[Refused]:
    where = details.where
    if details.attendance is not Attendance.ONLINE:
        if not where.city:
            yield Refused("city", Refusal.CITY_MISSING)
        if not where.country:
            yield Refused("country", Refusal.COUNTRY_UNKNOWN)
    if where.country and not countries.is_known(where.country):
        yield Refused("country", Refusal.COUNTRY_UNKNOWN)
    pin = where.latitude, where.longitude
    if pin != (None, None) and not _is_on_earth(*pin):
        yield Refused("pin", Refusal.PIN_SHAPE)
    if details.attendance is not Attendance.IN_PERSON and not details.online_url:
        yield Refused("online_url", Refusal.ONLINE_MISSING)
    if details.online_url and not is_url(details.online_url):
        yield Refused("online_url", Refusal.URL_SHAPE)


def _is_on_earth(latitude: float | None, longitude: float | None) -> bool:
    # Not a number is not between anything.
    return latitude is not None and longitude is not None and -90 <= latitude <= 90 and -180 <= longitude <= 180  # noqa: PLR2004  degrees


def is_url(url: str) -> bool:
    """Say whether `url` is a web address that a page may lead to."""
    if len(url) > _MAX_URL or not url.isprintable() or any(char in url for char in ' "<>'):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _choices(details: Details) -> Iterator[Refused]:
    if not all(map(is_language, details.languages)):
        yield Refused("languages", Refusal.WRONG_CHOICE)
    if not set(details.access) <= set(Access.values):
        yield Refused("access", Refusal.WRONG_CHOICE)
    if not set(details.duties) <= set(Duty.values):
        yield Refused("duties", Refusal.WRONG_CHOICE)


def _numbers(details: Details) -> Iterator[Refused]:
    counts = {"crowd": details.crowd, "capacity": details.capacity, "duties": max(details.duties.values(), default=1)}
    for name, count in counts.items():
        if count is not None and not 1 <= count <= _MAX_PEOPLE:
            yield Refused(name, Refusal.NUMBER_SHAPE, f"1 – {_MAX_PEOPLE}")
    if not 0 <= details.address_hours <= MAX_ADDRESS_HOURS:
        yield Refused("address_hours", Refusal.NUMBER_SHAPE, f"0 – {MAX_ADDRESS_HOURS}")


def _chats(details: Details) -> Iterator[Refused]:
    if len(details.chats) > _MAX_CHATS:
        yield Refused("chats", Refusal.TOO_LONG, str(_MAX_CHATS))
    for chat in details.chats:
        if not is_url(chat.url):
            yield Refused("chats", Refusal.URL_SHAPE)
        yield from _plain("chats", chat.label, 60)


_CHECKS = (_words, _when, _place, _choices, _numbers, _chats)
