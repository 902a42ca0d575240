"""Why something about a rally was refused: a name, the field it is about, and how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(StrEnum):
    """The names of what can be wrong; the name is also the metric and the test's id."""

    CAMPAIGN_OVER = "campaign_over"
    CHANGED = "changed"
    CITY_MISSING = "city_missing"
    COUNTRY_UNKNOWN = "country_unknown"
    COUNT_BACKWARDS = "count_backwards"
    COUNT_EARLY = "count_early"
    COUNT_LATE = "count_late"
    DATE_FAR = "date_far"
    DATE_MISSING = "date_missing"
    DATE_PAST = "date_past"
    DAY_UNKNOWN = "day_unknown"
    EMPTY = "empty"
    KEY_REPEATED = "key_repeated"
    KEY_SHAPE = "key_shape"
    LOCAL_TIME = "local_time"
    MAIN_REPEATED = "main_repeated"
    MANY_TOWNS = "many_towns"
    NOT_PLAIN = "not_plain"
    NUMBER_SHAPE = "number_shape"
    ONLINE_MISSING = "online_missing"
    PHOTOS_ENOUGH = "photos_enough"
    PHOTO_BIG = "photo_big"
    PHOTO_BUSY = "photo_busy"
    PHOTO_HEIC = "photo_heic"
    PHOTO_LOST = "photo_lost"
    PHOTO_UNREADABLE = "photo_unreadable"
    PIN_SHAPE = "pin_shape"
    REPEAT_NEVER = "repeat_never"
    REPEAT_SHAPE = "repeat_shape"
    RULE_SHAPE = "rule_shape"
    SOURCE_MISSING = "source_missing"
    TIME_MISSING = "time_missing"
    TOLD_ENOUGH = "told_enough"
    TOO_LONG = "too_long"
    TOWN_UNKNOWN = "town_unknown"
    UID_SHAPE = "uid_shape"
    URL_SHAPE = "url_shape"
    WRONG_CHOICE = "wrong_choice"
    ZONE_UNKNOWN = "zone_unknown"


MENDS: dict[Refusal, str | Promise] = {
    Refusal.CAMPAIGN_OVER: _("This campaign is over: no more rallies are announced for it."),
    Refusal.CHANGED: _("This rally was changed at the same moment. Please look at it once more, and save again."),
    Refusal.CITY_MISSING: _("Please choose the town."),
    Refusal.COUNTRY_UNKNOWN: _("Please choose the country."),
    Refusal.COUNT_BACKWARDS: _("Please give the larger number here: it is smaller than the other one."),
    Refusal.COUNT_EARLY: _("Please come back once it has begun: then there is something to count."),
    Refusal.COUNT_LATE: _("This was too long ago. Please write to the campaign if you know how many came."),
    Refusal.DATE_FAR: _("Please give a date within the next two years."),
    Refusal.DATE_MISSING: _("Please give the date."),
    Refusal.DATE_PAST: _("This date has passed: please give one to come."),
    Refusal.DAY_UNKNOWN: _("Please name a day of action of this file by its key: %(limit)s."),
    Refusal.EMPTY: _("Please fill this in."),
    Refusal.KEY_REPEATED: _("Please give each its own: this one is taken."),
    Refusal.KEY_SHAPE: _("Please use small letters a to z, digits and single hyphens, up to %(limit)s signs."),
    Refusal.LOCAL_TIME: _("Please give the time on the clock of the place, without an offset."),
    Refusal.MAIN_REPEATED: _("Please mark one rally as the main one."),
    Refusal.MANY_TOWNS: _("Please leave this out beside a list of towns, or give the town a table of its own."),
    Refusal.NOT_PLAIN: _("Please leave links and special signs out of this."),
    Refusal.NUMBER_SHAPE: _("Please give a whole number from %(limit)s."),
    Refusal.ONLINE_MISSING: _("Please give the web address under which people can join."),
    Refusal.PHOTOS_ENOUGH: _("There are many photos of this date already: please send this without one."),
    Refusal.PHOTO_BIG: _("Please choose a photo of at most 12 MB and 50 million pixels: this one is larger."),
    Refusal.PHOTO_BUSY: _(
        "Very many photos are arriving at this moment. Please send this without one now, and the photo later."
    ),
    Refusal.PHOTO_HEIC: _(
        "This photo is in the HEIC format, which most browsers cannot show. Please send it as JPEG: "
        "a screenshot of it will do."
    ),
    Refusal.PHOTO_LOST: _("Please choose the photo again: browsers do not keep it."),
    Refusal.PHOTO_UNREADABLE: _("Please choose a photo as JPEG, PNG or WebP: this file cannot be read as one."),
    Refusal.PIN_SHAPE: _("Please set the pin again: this is no place on earth."),
    Refusal.REPEAT_NEVER: _("Please choose another repetition: this one gives no date from the first date on."),
    Refusal.REPEAT_SHAPE: _("Please choose how often it repeats."),
    Refusal.RULE_SHAPE: _('Please give the hour for all places, as in "17:00 local everywhere".'),
    Refusal.SOURCE_MISSING: _("Please say who reports this, or give the web address where it can be read."),
    Refusal.TIME_MISSING: _("Please give the hour at which it begins."),
    Refusal.TOLD_ENOUGH: _(
        "Those who come were told of several changes today. Please make this one tomorrow; cancelling works now."
    ),
    Refusal.TOO_LONG: _("Please make this shorter: %(limit)s characters at most."),
    Refusal.TOWN_UNKNOWN: _(
        "This server knows no such town: please give it a table of its own with its timezone, "
        "and its position if you can."
    ),
    Refusal.UID_SHAPE: _("Please leave this as an export has written it, or take it out."),
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
