"""Rallies out of a table: CSV with names above its columns (RFC 4180), as spreadsheets write it."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Final

from tocsin.campaigns.languages import is_known as is_language
from tocsin.rallies.checks import refusals_of, settled
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
from tocsin.rallies.reading.towns import country_code, town_at, town_named, where_of
from tocsin.rallies.refusals import Refusal
from tocsin.rallies.states import Attendance

# What each column may be called; the first name is the one of our documentation.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "id": ("id", "uid"),
    "title": ("title", "name", "event"),
    "about": ("about", "description"),
    "date": ("date", "day"),
    "time": ("time", "start", "start_time", "hour"),
    "minutes": ("minutes", "duration"),
    "zone": ("zone", "timezone", "time_zone"),
    "repeat": ("repeat", "rrule"),
    "city": ("city", "town", "locality"),
    "country": ("country", "country_code"),
    "region": ("region", "state", "province"),
    "place": ("place", "venue", "location"),
    "address": ("address", "street"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "longitude"),
    "online_url": ("online_url", "online"),
    "url": ("url", "link", "website"),
    "held_by": ("held_by", "organiser", "organizer", "group", "host"),
    "languages": ("languages", "language"),
    "access": ("access", "accessibility"),
    "capacity": ("capacity",),
    "crowd": ("crowd", "expected"),
}  # fmt: skip
_NAMES: Final = {name: column for column, known in COLUMNS.items() for name in known}
_NUMBERS: Final = frozenset({"lat", "lon"})  # which may begin with a minus
_FORMULA: Final = tuple("=+-@|%＝＋－＠")
_DATE: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.(\d{1,2})\.(\d{4})")
_TIME: Final = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*(h|am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)
_NOON: Final = 12
_SIGNS: Final = ";\t|,"
_LONGEST_LABEL: Final = 80
_ELSEWHERE: Final = "Web"

Row = Mapping[str, str]


def read_csv(content: bytes, *, language: str) -> Found:
    """Return the rallies of a table; their words are taken to be in `language`. Raises FileRefusedError.

    Columns are told by their names in the first line; what is not in COLUMNS is left out. Commas, semicolons
    and tabs may stand between them.
    """
    text = text_of(content)
    first = text.lstrip().partition("\n")[0]
    sign = max(_SIGNS, key=first.count)
    rows = csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=sign, strict=True)
    try:
        columns = [_NAMES.get(_name(one), "") for one in next(rows, [])]
    except csv.Error as error:
        raise FileRefusedError(FileRefusal.HEADER) from error
    has_place = {"city", "online_url"} & set(columns) or {"lat", "lon"} <= set(columns)
    if not {"date", "time"} <= set(columns) or not has_place:
        raise FileRefusedError(FileRefusal.HEADER)
    return found_of(_rallies(rows, columns, language))


def _name(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip().lower())


def _rallies(rows: Iterator[list[str]], columns: list[str], language: str) -> Iterator[FoundRally | Flaw]:
    # `line_num` is that of a row's last line; a cell of several lines makes the row begin before.
    reader = rows
    line = 2
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Flaw(line, "", "", Refusal.NOT_PLAIN)
            return  # where the next row begins is anybody's guess
        row = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column and cell.strip()}
        if row:
            yield _rally_or_flaw(line, row, language)
        line = reader.line_num + 1  # type: ignore[attr-defined]  # csv's own reader has it


def _rally_or_flaw(line: int, row: Row, language: str) -> FoundRally | Flaw:
    label = row.get("title") or row.get("city") or row.get("place") or ""
    try:
        return _rally(line, row, language)
    except FlawError as flaw:
        return Flaw(line, label[:_LONGEST_LABEL], flaw.field, flaw.problem, flaw.limit)


def _rally(line: int, row: Row, language: str) -> FoundRally:
    told = {column: _plain(column, cell) for column, cell in row.items()}
    where, zone = _where(told)
    online, url = told.get("online_url", ""), told.get("url", "")
    details = settled(
        Details(
            first_on=_date(told.get("date", "")),
            wall_time=_time(told.get("time", "")),
            zone=told.get("zone") or zone,
            where=where,
            title={language: told.get("title", "")},
            about={language: told.get("about", "")},
            held_by=told.get("held_by", ""),
            languages=tuple(one for one in _listed(told.get("languages", "")) if is_language(one)),
            minutes=_number(told, "minutes") or USUAL_MINUTES,
            repeat=told.get("repeat", ""),
            attendance=_attendance(where, online),
            online_url=online,
            access=_listed(told.get("access", "")),
            crowd=_number(told, "crowd"),
            capacity=_number(told, "capacity"),
            chats=(Chat(label=_ELSEWHERE, url=url),) if url else (),
        )
    )
    for refused in refusals_of(details):
        raise FlawError(refused.refusal, refused.field, refused.limit)
    return FoundRally(line=line, source=_source(told, details), details=details)


def _plain(column: str, cell: str) -> str:
    """Return a cell as it was meant: an apostrophe before a formula's sign is a spreadsheet's mark for text."""
    if cell.startswith("'") and cell[1:].startswith(_FORMULA):
        return cell[1:]
    if column not in _NUMBERS and cell.startswith(_FORMULA):
        raise FlawError(Problem.FORMULA, column)
    return cell


def _source(told: Row, details: Details) -> str:
    """Return what the table knows a rally by: its id, or else town, day, place and title, but not its hour."""
    if told.get("id"):
        said = told["id"]
        return f"csv:{said}" if len(said) <= 500 and said.isprintable() else _hashed(said)  # noqa: PLR2004  the column's
    where = details.where
    parts = (where.country, where.city, where.place, details.online_url, str(details.first_on), *details.title.values())
    return _hashed("\n".join(parts))


def _hashed(said: str) -> str:
    return f"csv-sha256:{hashlib.sha256(said.encode()).hexdigest()}"


def _where(told: Row) -> tuple[Where, str]:
    """Return where it is, and the town's time zone."""
    pin = _pin(told)
    city, country = told.get("city", ""), told.get("country", "")
    if not city and pin is None:
        if told.get("online_url"):
            return Where(), "UTC"
        raise FlawError(Refusal.CITY_MISSING, "city")
    if country and not country_code(country):
        raise FlawError(Refusal.COUNTRY_UNKNOWN, "country")
    town = town_named(city, country=country, region=told.get("region", "")) if city else None
    if town is None and pin is not None:
        town = town_at(*pin)
    if town is None:
        raise FlawError(Problem.CITY_UNKNOWN, "city")
    found = where_of(town, pin)
    return (
        Where(
            city=city or found.city,
            country=found.country,
            region=found.region,
            place=told.get("place", ""),
            address=told.get("address", ""),
            latitude=found.latitude,
            longitude=found.longitude,
        ),
        town.zone,
    )


def _pin(told: Row) -> tuple[float, float] | None:
    if not told.get("lat") and not told.get("lon"):
        return None
    try:
        latitude, longitude = (float(told.get(name, "").replace(",", ".")) for name in ("lat", "lon"))
    except ValueError as error:
        raise FlawError(Refusal.PIN_SHAPE, "lat") from error
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004  degrees; not so for what is no number
        raise FlawError(Refusal.PIN_SHAPE, "lat")
    return latitude, longitude


def _date(text: str) -> date:
    """Return a day: 2026-06-30 or 30.6.2026. One with slashes is read in two ways, so it is not guessed."""
    if not text:
        raise FlawError(Refusal.DATE_MISSING, "date")
    found = _DATE.fullmatch(text)
    if found is None:
        raise FlawError(Problem.DATE_SHAPE, "date")
    year, month, day = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise FlawError(Problem.DATE_SHAPE, "date") from error


def _time(text: str) -> time:
    """Return an hour: 18:30, 18.30, 18h30, 6:30 pm or 18 h."""
    if not text:
        raise FlawError(Refusal.TIME_MISSING, "time")
    found = _TIME.fullmatch(text)
    if found is None or not (found[2] or found[3]):
        raise FlawError(Problem.TIME_SHAPE, "time")
    hour, half = int(found[1]), (found[3] or "").lower().replace(".", "")
    if half in {"am", "pm"}:
        if not 1 <= hour <= _NOON:
            raise FlawError(Problem.TIME_SHAPE, "time")
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    try:
        return time(hour, int(found[2] or 0))
    except ValueError as error:
        raise FlawError(Problem.TIME_SHAPE, "time") from error


def _number(told: Row, column: str) -> int | None:
    text = told.get(column, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9:  # noqa: PLR2004  digits
        raise FlawError(Refusal.NUMBER_SHAPE, column, "1 – 10000000")
    return int(text)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one for one in re.split(r"[\s,;|]+", text.lower()) if one)


def _attendance(where: Where, online: str) -> Attendance:
    if not where.city:
        return Attendance.ONLINE
    return Attendance.BOTH if online else Attendance.IN_PERSON
