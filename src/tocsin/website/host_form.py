"""The form that announces or changes a rally, as its template shows it: fields with what was typed, and choices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.kit.places import City
from tocsin.rallies.details import USUAL_MINUTES
from tocsin.rallies.models import DayOfAction
from tocsin.rallies.states import Access, Attendance, Duty
from tocsin.rallies.town_field import Offered, offered, town_of
from tocsin.website.form import Field, MailForm
from tocsin.website.language import own_name
from tocsin.website.poster import Poster
from tocsin.website.rally_filters import access_words, duty_words

_REQUIRED = frozenset({"town", "date", "time", "name", "email", "consent"})
_TEXTS = (
    "town",
    "place",
    "address",
    "private",
    "latitude",
    "longitude",
    "attendance",
    "online_url",
    "date",
    "time",
    "minutes",
    "repeat",
    "until",
    "held_by",
    "title",
    "about",
    "crowd",
    "capacity",
    "chat_url",
    "chat_label",
    "language_other",
    "name",
    "email",
    "consent",
)
_MINUTES = (30, 60, 90, 120, 180, 240, 360, 480, 720, 1440)
_AN_HOUR = 60
_MANY = 2  # any number that every language puts in the plural of a heading


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several: its value, its words, and whether it is chosen."""

    value: str
    words: str
    is_chosen: bool
    language: str = ""  # of the words, where it is not the page's


@dataclass(frozen=True, slots=True, kw_only=True)
class HostForm(MailForm):
    """The form of one rally."""

    poster: Poster
    values: Mapping[str, str]
    fields: Mapping[str, Field]
    notice: str
    towns: Sequence[Offered]
    town: City | None
    attendances: Sequence[Choice]
    lengths: Sequence[Choice]
    repeats: Sequence[Choice]
    access: Sequence[Choice]
    languages: Sequence[Choice]
    other_languages: Sequence[Choice]
    duties: Sequence[tuple[Field, str]]
    day: DayOfAction | None

    @property
    def wrong_fields(self) -> list[Field]:
        """The fields to mend, in the order of the form."""
        return [one for one in (*self.fields.values(), *(one for one, _words in self.duties)) if one.error]

    @property
    def is_private(self) -> bool:
        """Whether the address is for those alone who come."""
        return bool(self.values.get("private"))

    @property
    def suggests_duties(self) -> bool:
        """Whether we are to say how many helpers a crowd of that size needs."""
        return bool(self.values.get("suggest_duties"))


def host_form(
    poster: Poster,
    *,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    notice: str = "",
    day: DayOfAction | None = None,
    is_custom: bool = False,
) -> HostForm:
    """Return the form, in the language that is active, filled in with `values`, `errors` beside their fields.

    `day` is the day of action to come, `is_custom` says that the rally repeats by a rule that no choice names.
    """
    fields = {name: _field(name, values, errors) for name in _TEXTS}
    town = town_of(values) if values.get("town") else None
    return HostForm(
        poster=poster,
        values=values,
        fields=fields,
        suggestion=values.get("suggestion", ""),
        notice=notice,
        towns=offered(values["town"], poster.language) if errors.get("town") and values.get("town") else (),
        town=town if isinstance(town, City) else None,
        attendances=_choices(_attendances(), values.get("attendance") or str(int(Attendance.IN_PERSON))),
        lengths=_lengths(values.get("minutes") or str(USUAL_MINUTES)),
        repeats=_choices(_repeats(is_custom=is_custom), values.get("repeat") or "once"),
        access=[Choice(one, access_words(one), bool(values.get(f"access-{one}"))) for one in Access.values],
        languages=_languages(poster, values),
        other_languages=_other_languages(poster, values.get("language_other", "")),
        duties=[(_field(f"duty-{one}", values, errors), duty_words(one, _MANY)) for one in Duty.values],
        day=day,
    )


def first_values(poster: Poster, day: DayOfAction | None) -> dict[str, str]:
    """Return what a new form holds before anybody has typed: the next day of action and its hour."""
    values = {f"language-{poster.language}": "yes", "suggest_duties": "yes"}
    if day is not None:
        values["date"] = day.held_on.isoformat()
        values["time"] = f"{day.wall_time:%H:%M}" if day.wall_time else ""
    return values


def _field(name: str, values: Mapping[str, str], errors: Mapping[str, str]) -> Field:
    return Field(
        name=name, id=name, value=values.get(name, ""), error=str(errors.get(name, "")), is_required=name in _REQUIRED
    )


def _choices(pairs: Iterable[tuple[str, str]], chosen: str) -> list[Choice]:
    return [Choice(value, words, value == chosen) for value, words in pairs]


def _attendances() -> list[tuple[str, str]]:
    return [
        (str(int(Attendance.IN_PERSON)), _("In a town")),
        (str(int(Attendance.ONLINE)), _("Online")),
        (str(int(Attendance.BOTH)), _("Both")),
    ]


def _repeats(*, is_custom: bool) -> list[tuple[str, str]]:
    usual = [
        ("once", _("Once")),
        ("weekly", _("Every week")),
        ("fortnightly", _("Every two weeks")),
        ("monthly", _("Every month, on the same weekday")),
    ]
    return [*usual, ("keep", _("As it is now"))] if is_custom else usual


def _lengths(chosen: str) -> list[Choice]:
    known = {*_MINUTES, *([int(chosen)] if chosen.isascii() and chosen.isdigit() and len(chosen) < 6 else [])}  # noqa: PLR2004  digits
    return _choices([(str(minutes), length_words(minutes)) for minutes in sorted(known)], chosen)


def length_words(minutes: int) -> str:
    """Return how long that is: "90 minutes", "2 hours"."""
    if minutes % _AN_HOUR:
        return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
    hours = minutes // _AN_HOUR
    return ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours}


def _languages(poster: Poster, values: Mapping[str, str]) -> list[Choice]:
    ticked = [name.removeprefix("language-") for name in values if name.startswith("language-") and values[name]]
    codes = dict.fromkeys([*poster.languages, *(code for code in ticked if code in LANG_INFO)])
    return [Choice(code, own_name(code), code in ticked, code) for code in codes]


def _other_languages(poster: Poster, chosen: str) -> list[Choice]:
    named = {code: own_name(code) for code in LANG_INFO if code not in poster.languages and "name" in LANG_INFO[code]}
    return [Choice(code, named[code], code == chosen, code) for code in sorted(named, key=lambda code: named[code])]
