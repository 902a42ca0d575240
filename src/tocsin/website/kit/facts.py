"""What a kit says about one date of a rally: in the language of the kit, whoever has translated the program."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from django.conf import settings

from tocsin.campaigns.languages import language_of_text_direction
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.queries import in_language
from tocsin.kit.countries import name_of
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.public_place import public_place
from tocsin.rallies.states import Attendance, DateState
from tocsin.rallies.wording import about_in, clock_of, local_times

_USUAL_LOCALE = "en"
# Where a comma is written another way.
_COMMAS = {"ar": "، ", "fa": "، ", "ur": "، ", "ckb": "، ", "ja": "、", "zh": "，"}


@dataclass(frozen=True)
class Facts:
    """One date of a rally; a private address is nowhere in it."""

    occurrence: Occurrence
    language: str
    now: datetime

    @property
    def rally(self) -> Rally:
        """The rally."""
        return self.occurrence.rally

    @property
    def campaign(self) -> Campaign:
        """The campaign."""
        return self.rally.campaign

    @property
    def direction(self) -> str:
        """Return "rtl" or "ltr"."""
        return language_of_text_direction(self.language)

    @cached_property
    def locale(self) -> str:
        """The locale whose dates and countries the kit has: a poster in Ukrainian has a Ukrainian date."""
        for code in (self.language.replace("-", "_"), self.language.partition("-")[0]):
            try:
                return str(Locale.parse(code))
            except (UnknownLocaleError, ValueError):
                continue
        return _USUAL_LOCALE

    @property
    def campaign_title(self) -> str:
        """What the campaign is called."""
        return in_language(self.campaign.title, self.language, self.campaign)

    @property
    def motto(self) -> str:
        """The campaign's motto, or ""."""
        return in_language(self.campaign.motto, self.language, self.campaign)

    @property
    def own_title(self) -> str:
        """The rally's own title, or ""."""
        title = self.rally.title
        return str(title.get(self.language) or next(iter(title.values()), ""))

    @property
    def headline(self) -> str:
        """What stands largest on a poster."""
        return self.own_title or self.campaign_title

    @property
    def over_headline(self) -> str:
        """What stands above it: whose rally it is, or the motto."""
        return self.campaign_title if self.own_title else self.motto

    @property
    def about(self) -> str:
        """What the host writes, as plain text, or ""."""
        return about_in(self.rally, self.language)[0]

    @property
    def until(self) -> str:
        """Until when it repeats, in the host's words, or ""."""
        note = self.rally.until_note
        return str(note.get(self.language) or next(iter(note.values()), ""))

    @property
    def weekday(self) -> str:
        """As in Saturday."""
        return format_date(self.occurrence.held_on, "EEEE", locale=self.locale)

    @property
    def date(self) -> str:
        """As in June 6."""
        return format_skeleton("MMMMd", self.occurrence.held_on, locale=self.locale)

    @property
    def full_day(self) -> str:
        """As in Saturday, June 6, 2026."""
        return format_date(self.occurrence.held_on, "full", locale=self.locale)

    @property
    def begins(self) -> str:
        """The hour on the clock of the place."""
        return format_time(self.occurrence.wall_time, "short", locale=self.locale)

    @property
    def ends(self) -> str:
        """When it ends, on the clock of the place."""
        return format_time(local_times(self.occurrence, self.rally.zone)[1].time(), "short", locale=self.locale)

    @property
    def clock(self) -> str:
        """Whose clock, as in "Europe/Berlin, UTC+2"."""
        return clock_of(self.occurrence, self.rally.zone)

    @property
    def stands(self) -> bool:
        """Whether it is held as shown."""
        return self.occurrence.state == DateState.STANDS

    @property
    def is_online_alone(self) -> bool:
        """Whether there is nowhere to go."""
        return self.rally.attendance == Attendance.ONLINE

    @property
    def spot(self) -> str:
        """Where in the town, as far as everybody may know, or ""."""
        if self.is_online_alone:
            return ""
        at = public_place(self.rally, self.occurrence)
        return self._listed(at.place, at.address)

    @property
    def town(self) -> str:
        """The town; of one that is online alone, the server's name."""
        return self.rally.city or (self.bare_url.partition("/")[0] if self.is_online_alone else self.country)

    @property
    def country(self) -> str:
        """The country's name, or ""."""
        return name_of(self.rally.country, self.locale) if self.rally.country else ""

    @property
    def where(self) -> str:
        """On one line, as far as everybody may know."""
        return self._listed(self.spot, self.town, self.country)

    @property
    def place(self) -> str:
        """The same without the country, which whoever stands before a poster knows."""
        return self._listed(self.spot, self.town)

    @property
    def path(self) -> str:
        """The date's own page, or that of a rally that is held once."""
        own = f"{self.occurrence.original_on.isoformat()}/" if self.rally.repeat else ""
        return f"/{self.language}/{self.campaign.slug}/rallies/{self.rally.slug}/{own}"

    @property
    def kit_path(self) -> str:
        """Where this kit is."""
        slug, on = self.rally.slug, self.occurrence.original_on.isoformat()
        return f"/{self.language}/{self.campaign.slug}/rallies/{slug}/{on}/kit/"

    @property
    def url(self) -> str:
        """The full address of its page: what the QR code holds."""
        return f"{settings.BASE_URL}{self.path}"

    @property
    def bare_url(self) -> str:
        """The address as it stands on paper, to be typed in."""
        return self.url.partition("://")[2].rstrip("/")

    @property
    def campaign_url(self) -> str:
        """The full address of the campaign page."""
        return f"{settings.BASE_URL}/{self.language}/{self.campaign.slug}/"

    @property
    def hashtags(self) -> str:
        """The campaign's hashtags on one line, or ""."""
        return " ".join(f"#{tag}" for tag in self.campaign.hashtags)

    def _listed(self, *parts: str) -> str:
        comma = _COMMAS.get(self.language.partition("-")[0], ", ")
        return comma.join(part for part in parts if part)
