"""Why something about a rally was refused: a name, the field it is about, and how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(StrEnum):
    """The names of what can be wrong; the name is also the metric and the test's id."""

    CITY_MISSING = "city_missing"
    COUNTRY_UNKNOWN = "country_unknown"
    DATE_MISSING = "date_missing"
    DATE_PAST = "date_past"
    EMPTY = "empty"
    NOT_PLAIN = "not_plain"
    NUMBER_SHAPE = "number_shape"
    ONLINE_MISSING = "online_missing"
    PIN_SHAPE = "pin_shape"
    REPEAT_SHAPE = "repeat_shape"
    TIME_MISSING = "time_missing"
    TOO_LONG = "too_long"
    URL_SHAPE = "url_shape"
    WRONG_CHOICE = "wrong_choice"
    ZONE_UNKNOWN = "zone_unknown"


MENDS: dict[Refusal, str | Promise] = {
    Refusal.CITY_MISSING: _("Please choose the town."),
    Refusal.COUNTRY_UNKNOWN: _("Please choose the country."),
    Refusal.DATE_MISSING: _("Please give the date."),
    Refusal.DATE_PAST: _("This date has passed: please give one to come."),
    Refusal.EMPTY: _("Please fill this in."),
    Refusal.NOT_PLAIN: _("Please leave links and special signs out of this."),
    Refusal.NUMBER_SHAPE: _("Please give a whole number from %(limit)s."),
    Refusal.ONLINE_MISSING: _("Please give the web address under which people can join."),
    Refusal.PIN_SHAPE: _("Please set the pin again: this is no place on earth."),
    Refusal.REPEAT_SHAPE: _("Please choose how often it repeats."),
    Refusal.TIME_MISSING: _("Please give the hour at which it begins."),
    Refusal.TOO_LONG: _("Please make this shorter: %(limit)s characters at most."),
    Refusal.URL_SHAPE: _("Please give a web address that begins with https:// or http://."),
    Refusal.WRONG_CHOICE: _("Please choose one of those offered."),
    Refusal.ZONE_UNKNOWN: _("Please choose a time zone, as in Europe/Lisbon."),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """One thing that is wrong: which field of Details, what, and any limit."""

    field: str
    refusal: Refusal
    limit: str = ""

    @property
    def mend(self) -> str:
        """How to put it right, in the language that is active."""
        return str(MENDS[self.refusal]) % {"limit": self.limit}


class RefusedError(Exception):
    """What was asked for was not done; nothing of it was."""

    def __init__(self, refused: Iterable[Refused]) -> None:
        self.refused = tuple(refused)
        super().__init__("; ".join(f"{one.field}: {one.refusal}" for one in self.refused))
