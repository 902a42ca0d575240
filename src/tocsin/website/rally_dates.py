"""One date of a rally as pages show it: its words and its address, ready for a template that asks nothing more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from babel.dates import format_date, format_skeleton, format_time
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.campaigns.languages import spoken
from tocsin.kit import numbers
from tocsin.kit.countries import name_of
from tocsin.rallies import wording
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.public_place import own_place, public_place
from tocsin.rallies.queries.headcounts import Crowd
from tocsin.rallies.queries.standing import is_fading
from tocsin.rallies.series import moment_of
from tocsin.rallies.states import Attendance, DateState


@dataclass(frozen=True)
class RallyDate:
    """A date of a rally in one language, at one moment; `campaign_path` is the campaign page's."""

    rally: Rally
    occurrence: Occurrence
    language: str
    campaign_path: str
    now: datetime
    crowd: Crowd | None = None  # how many came, if somebody has said and the list is one of those that were
    fold: "Fold | None" = None  # the other dates of its series, where a list shows this one for all

    @property
    def people(self) -> str:
        """How many came, a range; nothing while nobody has said."""
        return people_between(self.crowd.low, self.crowd.high, self.language) if self.crowd else ""

    @property
    def path(self) -> str:
        """Its page: a date of a series has one of its own."""
        own = f"{self.occurrence.original_on.isoformat()}/" if self.rally.repeat else ""
        return f"{self.campaign_path}rallies/{self.rally.slug}/{own}"

    @cached_property
    def title(self) -> str:
        """What the rally is called, with its town if it has no title of its own."""
        return wording.title_in(self.rally, self.language, self.rally.campaign)

    @property
    def own_title(self) -> str:
        """The rally's own title, or nothing."""
        return str(self.rally.title.get(self.language) or next(iter(self.rally.title.values()), ""))

    @property
    def title_language(self) -> str:
        """The language that its own title is in."""
        return self.language if self.language in self.rally.title else next(iter(self.rally.title), self.language)

    @property
    def town(self) -> str:
        """The town; of one that is online alone, that."""
        return self.rally.city or (_("Online") if self.is_online_alone else self.country)

    @property
    def country(self) -> str:
        """The country's name, or nothing."""
        return name_of(self.rally.country, spoken(self.language)) if self.rally.country else ""

    @property
    def spot(self) -> str:
        """Where in the town this date is, as far as everybody may know."""
        if self.is_online_alone:
            return ""
        at = public_place(self.rally, self.occurrence)
        return ", ".join(filter(None, (at.place, at.address)))

    @property
    def where(self) -> str:
        """On one line, as far as everybody may know: "Königsplatz, Kassel, Germany"."""
        parts = self.spot, self.rally.city, self.country
        return ", ".join(filter(None, (_("Online") if self.is_online_alone else "", *parts)))

    @property
    def has_own_place(self) -> bool:
        """Whether this date alone is held elsewhere than the rally."""
        own = own_place(self.rally, self.occurrence)
        return bool(own.place or own.address)

    @property
    def is_online(self) -> bool:
        """Whether people can join from anywhere."""
        return self.rally.attendance != Attendance.IN_PERSON

    @property
    def is_online_alone(self) -> bool:
        """Whether there is nowhere to go."""
        return self.rally.attendance == Attendance.ONLINE

    @property
    def weekday(self) -> str:
        """As in Saturday."""
        return format_date(self.occurrence.held_on, "EEEE", locale=self._locale)

    @property
    def day(self) -> str:
        """As in June 6."""
        return format_skeleton("MMMMd", self.occurrence.held_on, locale=self._locale)

    @property
    def short_day(self) -> str:
        """As in Jun 6."""
        return format_skeleton("MMMd", self.occurrence.held_on, locale=self._locale)

    @property
    def year(self) -> str:
        """Four digits."""
        return str(self.occurrence.held_on.year)

    @property
    def full_day(self) -> str:
        """The whole date with its weekday."""
        return wording.day_in(self.occurrence, self.language)

    @property
    def begins(self) -> str:
        """The hour at which it begins, on the clock of the place."""
        return format_time(self.occurrence.wall_time, "short", locale=self._locale)

    @property
    def hours(self) -> str:
        """From when to when, on the clock of the place."""
        return wording.hours_in(self.occurrence, self.rally.zone, self.language)

    @property
    def clock(self) -> str:
        """Whose clock, as in "Europe/Berlin, UTC+2"."""
        return wording.clock_of(self.occurrence, self.rally.zone)

    @property
    def offset(self) -> str:
        """How far that clock is from UTC, as in "UTC+2"."""
        return self.clock.rpartition(", ")[2]

    @cached_property
    def starts(self) -> datetime:
        """When it begins, on the clock of the place."""
        return wording.local_times(self.occurrence, self.rally.zone)[0]

    @cached_property
    def ends(self) -> datetime:
        """When it ends, on the clock of the place."""
        return wording.local_times(self.occurrence, self.rally.zone)[1]

    @property
    def starts_iso(self) -> str:
        """When it begins, for machines (ISO 8601 with its offset)."""
        return self.starts.isoformat(timespec="minutes")

    @property
    def ends_iso(self) -> str:
        """When it ends, for machines."""
        return self.ends.isoformat(timespec="minutes")

    @property
    def is_cancelled(self) -> bool:
        """Whether it will not be held."""
        return self.occurrence.state == DateState.CANCELLED

    @property
    def is_postponed(self) -> bool:
        """Whether it will be held on a day that is not known yet."""
        return self.occurrence.state == DateState.POSTPONED

    @property
    def stands(self) -> bool:
        """Whether it is held as shown."""
        return self.occurrence.state == DateState.STANDS

    @property
    def is_fading(self) -> bool:
        """Whether its hosts were asked if the series goes on, and have not answered for two weeks."""
        return not self.is_over and is_fading(self.rally, self.now.date())

    @property
    def kit_path(self) -> str:
        """Where there is something to print and to post for it."""
        return f"{self.campaign_path}rallies/{self.rally.slug}/{self.occurrence.original_on.isoformat()}/kit/"

    @property
    def card_path(self) -> str:
        """The picture that others show beside a link to it."""
        return f"{self.campaign_path}rallies/{self.rally.slug}/{self.occurrence.original_on.isoformat()}/card.png"

    @property
    def is_over(self) -> bool:
        """Whether its end has passed."""
        return self.occurrence.ends_at <= self.now

    @property
    def is_now(self) -> bool:
        """Whether it is being held."""
        return self.stands and self.occurrence.starts_at <= self.now < self.occurrence.ends_at

    @property
    def is_moved(self) -> bool:
        """Whether it is on another day or at another hour than its series gives.

        At which hour a series had its dates before is not stored: of one that has begun the day alone says it.
        """
        on = self.occurrence
        is_other_hour = not self.has_begun and on.wall_time != self.rally.wall_time
        return self.stands and (on.held_on != on.original_on or is_other_hour)

    @property
    def has_begun(self) -> bool:
        """Whether its beginning has passed."""
        return self.occurrence.starts_at <= self.now

    @property
    def starts_before_move(self) -> datetime:
        """When its series would have it begin."""
        rally = self.rally
        return moment_of(self.occurrence.original_on, rally.wall_time, rally.minutes, rally.zone).starts_at

    @property
    def moved_from(self) -> str:
        """The day and hour that its series gives; of one that has begun the day."""
        on = format_date(self.occurrence.original_on, "full", locale=self._locale)
        if self.has_begun:
            return on
        return f"{on}, {format_time(self.rally.wall_time, 'short', locale=self._locale)}"

    @property
    def turns_at(self) -> datetime | None:
        """When a page that shows it says something else: as it begins, as it ends, or never."""
        return next((one for one in (self.occurrence.starts_at, self.occurrence.ends_at) if one > self.now), None)

    @property
    def coming(self) -> str:
        """How many say they will come, in words; nothing while nobody does."""
        number = self.occurrence.coming
        if not number:
            return ""
        return ngettext("%(number)s person is coming", "%(number)s people are coming", number) % {"number": number}

    @property
    def _locale(self) -> str:
        return spoken(self.language).replace("-", "_")


@dataclass(frozen=True, slots=True)
class Fold:
    """The other dates of a series beside the one that a list shows."""

    words: str  # as in "Every Friday until December 18"; nothing where no other is left
    path: str  # the page that names them all
    off: Sequence[RallyDate]  # those before it that are cancelled or postponed


def repeat_words(rally: Rally) -> str:
    """Return how often a rally is held, in the language that is active: "Every week"; nothing for once."""
    parts = dict(part.split("=", 1) for part in rally.repeat.split(";") if "=" in part)
    number = int(parts.get("INTERVAL", "1")) if parts.get("INTERVAL", "1").isdecimal() else 1
    match parts.get("FREQ"):
        case "DAILY":
            return ngettext("Every day", "Every %(number)s days", number) % {"number": number}
        case "WEEKLY":
            return ngettext("Every week", "Every %(number)s weeks", number) % {"number": number}
        case "MONTHLY":
            return ngettext("Every month", "Every %(number)s months", number) % {"number": number}
        case "YEARLY":
            return ngettext("Every year", "Every %(number)s years", number) % {"number": number}
        case _:
            return ""


def people_between(low: int, high: int, language: str) -> str:
    """Return a range of people as pages write it, never one number where two were said: "800–1,200"."""
    return (
        numbers.shown(low, language)
        if low == high
        else f"{numbers.shown(low, language)}–{numbers.shown(high, language)}"
    )


def day_heading(on: date, language: str) -> tuple[str, str, str]:
    """Return a day as a heading sets it: weekday, day, year."""
    locale = spoken(language).replace("-", "_")
    return format_date(on, "EEEE", locale=locale), format_skeleton("MMMMd", on, locale=locale), str(on.year)
