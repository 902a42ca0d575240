"""Read what a form says about a rally, into Details and what is sealed of its place."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

from tocsin.campaigns.languages import is_known as is_language
from tocsin.campaigns.models import Campaign
from tocsin.kit.names import tidy
from tocsin.kit.places import City, distance_km, is_place, rounded
from tocsin.kit.zones import zone_of
from tocsin.rallies.checks import refusals_of, settled
from tocsin.rallies.crowds import duties_for
from tocsin.rallies.details import USUAL_MINUTES, Chat, Details, Where
from tocsin.rallies.hosts import PrivatePlace
from tocsin.rallies.models import DayOfAction
from tocsin.rallies.problems import WORDS, Problem
from tocsin.rallies.public_place import NOWHERE, Pin
from tocsin.rallies.refusals import Refusal, Refused
from tocsin.rallies.series import moment_of
from tocsin.rallies.states import Access, Attendance, Duty
from tocsin.rallies.town_field import label_of_parts, town_again, town_of

_FARTHEST_KM = 150.0  # a pin from its town: the largest municipalities reach so far
FARTHEST_AHEAD = timedelta(days=731)
_HOUR = re.compile(r"([01]?\d|2[0-3])[:.h]([0-5]\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ORDINARY_REPEATS = {"once": "", "weekly": "FREQ=WEEKLY", "fortnightly": "FREQ=WEEKLY;INTERVAL=2"}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAYS_A_WEEK = 7
Middle = tuple[float, float]
_LAST_FULL_WEEK = 4
# Which field of the form a refusal of details is shown beside.
_SHOWN_BESIDE = {
    "city": "town",
    "country": "town",
    "region": "town",
    "zone": "town",
    "pin": "latitude",
    "chats": "chat_url",
}
_SHOWN_BESIDE |= {"first_on": "date", "wall_time": "time"}


@dataclass(slots=True)
class Reading:
    """One form on its way: what was typed, and what is wrong so far, by field."""

    values: Mapping[str, str]
    campaign: Campaign
    language: str
    now: datetime
    before: Details | None = None
    wrong: dict[str, str] = field(default_factory=dict)

    def typed(self, name: str) -> str:
        """Return a field without the space around it."""
        return self.values.get(name, "").strip()

    def complain(self, name: str, problem: Problem | Refused) -> None:
        """Note what is wrong with a field, in the language that is active; the first complaint stands."""
        words = str(WORDS[problem]) if isinstance(problem, Problem) else problem.mend
        self.wrong.setdefault(name, words)

    def number(self, name: str) -> int | None:
        """Return a whole number, or None for an empty field."""
        text = self.typed(name)
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) < 10:  # noqa: PLR2004  digits: more is no crowd
            return int(text)
        self.complain(name, Problem.NUMBER_SHAPE)
        return None


def read_details(reading: Reading, days: Sequence[DayOfAction]) -> tuple[Details, PrivatePlace] | None:
    """Return what the form says, or None with everything that is wrong noted in `reading`."""
    attendance = _attendance(reading)
    where, zone, middle = _where(reading, attendance)
    private = _private_place(reading, where)
    first_on, wall_time = _day(reading), _hour(reading)
    base = reading.before or Details(first_on=first_on or reading.now.date(), wall_time=wall_time or time(), zone=zone)
    on = first_on or base.first_on
    at = wall_time or base.wall_time
    details = replace(
        base,
        first_on=on,
        wall_time=at,
        zone=zone,
        where=_shown(where, middle) if private else where,
        day_of_action=_day_of_action(base, on, days),
        title=_text(reading, "title", base.title),
        about=_text(reading, "about", base.about),
        held_by=reading.typed("held_by"),
        languages=_languages(reading),
        minutes=reading.number("minutes") or USUAL_MINUTES,
        repeat=_repeat(reading, on, base.repeat),
        attendance=attendance,
        online_url=reading.typed("online_url") if attendance is not Attendance.IN_PERSON else "",
        is_address_private=bool(private),
        access=tuple(one.value for one in Access if reading.values.get(f"access-{one.value}")),
        crowd=reading.number("crowd"),
        capacity=reading.number("capacity"),
        chats=_chats(reading, base.chats),
    )
    details = settled(replace(details, duties=_duties(reading, details.crowd)))
    for refused in refusals_of(details):
        reading.complain(_SHOWN_BESIDE.get(refused.field, refused.field), refused)
    if first_on is not None and wall_time is not None and "town" not in reading.wrong:
        _check_moment(reading, details)
    return None if reading.wrong else (details, private)


def _attendance(reading: Reading) -> Attendance:
    text = reading.typed("attendance") or str(Attendance.IN_PERSON.value)
    if text in {str(one.value) for one in Attendance}:
        return Attendance(int(text))
    reading.complain("attendance", Refused("attendance", Refusal.WRONG_CHOICE))
    return Attendance.IN_PERSON


def _where(reading: Reading, attendance: Attendance) -> tuple[Where, str, Middle | None]:
    """Return the place, with its pin where one was set; the zone of its clocks; and the middle of its town."""
    said = Where(place=reading.typed("place"), address=reading.typed("address"))
    if (before := _before_there(reading)) is not None:
        middle = _middle_of(before, is_private=bool(reading.values.get("private")))
        latitude, longitude = _pin(reading, middle)
        there = replace(before.where, place=said.place, address=said.address)
        return replace(there, latitude=latitude, longitude=longitude), before.zone, middle
    town = town_of(reading.values)
    if isinstance(town, City):
        middle = town.latitude, town.longitude
        latitude, longitude = _pin(reading, middle)
        there = replace(said, city=town.name, country=town.country, region=town.region)
        return replace(there, latitude=latitude, longitude=longitude), town.zone, middle
    if town is not None:
        reading.complain("town", town)
    elif attendance is not Attendance.ONLINE:
        reading.complain("town", Problem.TOWN_MISSING)
    return said, reading.campaign.timezone, None


def _before_there(reading: Reading) -> Details | None:
    """Return a rally as it was, when the form still shows its town: that need not be found again."""
    if reading.before is None or not (was := reading.before.where).city:
        return None
    if tidy(reading.values.get("town", "")) != label_of_parts(was.city, was.region, was.country, reading.language):
        return None
    return reading.before


def _middle_of(before: Details, *, is_private: bool) -> Middle | None:
    """Return the middle of a rally's town, if it is known.

    The pin of a private rally is that already; that of a public one is its own, and would tell the private place.
    A rally without a pin stays without one.
    """
    was = before.where
    pin = None if was.latitude is None or was.longitude is None else (was.latitude, was.longitude)
    if before.is_address_private == is_private and (is_private or pin is None):
        return pin
    town = town_again(was, within_km=_FARTHEST_KM)
    if town is not None:
        return town.latitude, town.longitude
    return pin if before.is_address_private else None


def _pin(reading: Reading, middle: Middle | None) -> Pin:
    """Return the pin that was set, or the middle of the town."""
    usual: Pin = middle or NOWHERE
    texts = reading.typed("latitude"), reading.typed("longitude")
    if not any(texts):
        return usual
    try:
        latitude, longitude = (float(text.replace(",", ".")) for text in texts)
    except ValueError:
        reading.complain("latitude", Problem.PIN_HALF)
        return usual
    if not is_place(latitude, longitude) or (middle and distance_km(latitude, longitude, *middle) > _FARTHEST_KM):
        reading.complain("latitude", Problem.PIN_FAR)
        return usual
    return latitude, longitude


def _private_place(reading: Reading, where: Where) -> PrivatePlace:
    """Return what is sealed of the place, in a town or online; nothing when everybody may know it."""
    if not reading.values.get("private"):
        return PrivatePlace()
    if where.city and not where.address and not where.place:
        reading.complain("address", Problem.PRIVATE_WITHOUT_ADDRESS)
    has_pin = bool(reading.typed("latitude"))
    pin = (where.latitude, where.longitude) if has_pin else NOWHERE
    return PrivatePlace(tidy(where.place), tidy(where.address), *pin)


def _shown(where: Where, middle: Middle | None) -> Where:
    """Return what everybody may know of a private place: its town, and about where that one is."""
    latitude, longitude = rounded(*middle) if middle else (None, None)
    return replace(where, place="", address="", latitude=latitude, longitude=longitude)


def _day_of_action(before: Details, on: date, days: Sequence[DayOfAction]) -> int | None:
    """Return the day of action of a rally whose date stays, or else the one on its date.

    A day that has moved takes its rallies along one after the other: one that still stands at the old date is its own.
    """
    if before.day_of_action is not None and on == before.first_on:
        return before.day_of_action
    return next((day.pk for day in days if day.held_on == on), None)


def _day(reading: Reading) -> date | None:
    """Return the date that was typed; the rally's own, wherever it has moved to, when the form shows its old one."""
    on = day_typed(reading, "date", Refused("date", Refusal.DATE_MISSING))
    is_left = on is not None and on.isoformat() == reading.typed("date_was")
    return reading.before.first_on if is_left and reading.before is not None else on


def day_typed(reading: Reading, name: str, missing: Refused | None) -> date | None:
    """Return the date of a field; complain about none when it is needed, and about what is none."""
    text = reading.typed(name)
    if not text:
        if missing is not None:
            reading.complain(name, missing)
        return None
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else _no_date()
    except ValueError:
        reading.complain(name, Problem.DATE_SHAPE)
        return None


def _no_date() -> date:
    raise ValueError


def _hour(reading: Reading) -> time | None:
    """Return the hour as `_day` returns the date."""
    at = hour_typed(reading, "time", Refused("time", Refusal.TIME_MISSING))
    is_left = at is not None and f"{at:%H:%M}" == reading.typed("time_was")
    return reading.before.wall_time if is_left and reading.before is not None else at


def hour_typed(reading: Reading, name: str, missing: Refused | None) -> time | None:
    """Return the hour of a field; complain about none when it is needed, and about what is none."""
    text = reading.typed(name)
    if not text:
        if missing is not None:
            reading.complain(name, missing)
        return None
    found = _HOUR.fullmatch(text)
    if found is None:
        reading.complain(name, Problem.TIME_SHAPE)
        return None
    return time(int(found[1]), int(found[2]))


def _check_moment(reading: Reading, details: Details) -> None:
    """Refuse what has begun, or is years away; a series whose first date has passed may stay as it was."""
    before = reading.before
    if before is not None and before.first_on == details.first_on:
        return
    starts_at, _ = moment_of(details.first_on, details.wall_time, details.minutes, details.zone)
    if starts_at <= reading.now:
        reading.complain("date", Refused("date", Refusal.DATE_PAST))
    elif starts_at - reading.now > FARTHEST_AHEAD:
        reading.complain("date", Problem.DATE_FAR)


def _repeat(reading: Reading, on: date, before: str) -> str:
    chosen = reading.typed("repeat") or "once"
    if chosen == "keep" and before:
        return before
    if chosen == "monthly":
        rule = monthly(on)
    elif chosen in _ORDINARY_REPEATS:
        rule = _ORDINARY_REPEATS[chosen]
    else:
        reading.complain("repeat", Refused("repeat", Refusal.REPEAT_SHAPE))
        return ""
    until = day_typed(reading, "until", None)
    if not rule or until is None:
        return rule
    if until <= on:
        reading.complain("until", Problem.UNTIL_EARLY)
        return rule
    return f"{rule};UNTIL={until:%Y%m%d}"


def monthly(on: date) -> str:
    """Return the rule for the same weekday each month: the second Saturday; what is a fifth one is the last."""
    week = (on.day - 1) // _DAYS_A_WEEK + 1
    return f"FREQ=MONTHLY;BYDAY={week if week <= _LAST_FULL_WEEK else -1}{_WEEKDAYS[on.weekday()]}"


def repeat_of(repeat: str, on: date) -> tuple[str, str]:
    """Return the choice of a form that stands for a rule, and its last day as a form has it; "keep" for any other."""
    bare, _, until = repeat.partition(";UNTIL=")
    until = f"{until[:4]}-{until[4:6]}-{until[6:8]}" if until else ""
    choices = {rule: choice for choice, rule in _ORDINARY_REPEATS.items()} | {monthly(on): "monthly"}
    return (choices[bare], until) if bare in choices else ("keep", "")


def _text(reading: Reading, name: str, before: Mapping[str, str]) -> dict[str, str]:
    """Return texts with the one in the page's language replaced; the same field edits the only one there is."""
    text = reading.values.get(name, "")
    language = reading.language if reading.language in before or not before else next(iter(before))
    return {**before, language: text}


def _languages(reading: Reading) -> tuple[str, ...]:
    ticked = [code for code in reading.campaign.languages if reading.values.get(f"language-{code}")]
    other = reading.typed("language_other")
    if other and not is_language(other):
        reading.complain("language_other", Refused("languages", Refusal.WRONG_CHOICE))
        other = ""
    kept = [
        code for code in (reading.before.languages if reading.before else ()) if reading.values.get(f"language-{code}")
    ]
    return tuple(dict.fromkeys([*ticked, *kept, *([other] if other else [])]))


def _duties(reading: Reading, crowd: int | None) -> dict[str, int]:
    """Return the helpers wanted: what the host typed, and what a crowd of that size needs where they left it to us."""
    typed = {one.value: number for one in Duty if (number := reading.number(f"duty-{one.value}"))}
    suggested = duties_for(crowd) if crowd and reading.values.get("suggest_duties") else {}
    return {**suggested, **typed}


def _chats(reading: Reading, before: Sequence[Chat]) -> tuple[Chat, ...]:
    url = reading.typed("chat_url")
    rest = tuple(before[1:])
    if not url:
        return rest
    label = reading.typed("chat_label")
    if not label:
        try:
            label = urlsplit(url).hostname or ""
        except ValueError:
            label = ""
    return (Chat(label=label, url=url), *rest)


def today_there(now: datetime, zone: str) -> date:
    """Return the date at a place."""
    return now.astimezone(zone_of(zone)).date()
