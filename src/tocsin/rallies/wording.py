"""How a rally is put into words in a reader's language: its title, when it is, where it is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from babel.dates import format_date, format_datetime, format_skeleton, format_time
from django.utils.translation import gettext as _
from django.utils.translation import override

from tocsin.campaigns.languages import spoken
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.queries import in_language
from tocsin.kit.countries import name_of
from tocsin.kit.zones import zone_of
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.public_place import public_place
from tocsin.rallies.states import Attendance

_HOUR = timedelta(hours=1)


def title_in(rally: Rally, language: str, campaign: Campaign) -> str:
    """Return what a rally is called: its own title, or the campaign's with the town."""
    return title_of(rally.title, rally.city, rally.attendance, language, campaign)


def title_of(own_titles: Mapping[str, str], city: str, attendance: int, language: str, campaign: Campaign) -> str:
    """Return what a rally is called, from its columns: for those who read thousands of them."""
    own = own_titles.get(language) or next(iter(own_titles.values()), "")
    if own:
        return str(own)
    title = in_language(campaign.title, language, campaign)
    town = city or (_online(language) if attendance == Attendance.ONLINE else "")
    if not town:
        return title
    return _title_with_town(spoken(language)) % {"title": title, "town": town}


def about_in(rally: Rally, language: str) -> tuple[str, str]:
    """Return what its host writes about a rally, and in which language that is; ("", "") for nothing."""
    if language in rally.about:
        return str(rally.about[language]), language
    return next(((str(text), code) for code, text in rally.about.items()), ("", ""))


def day_in(occurrence: Occurrence, language: str) -> str:
    """Return a date as people say it, with its weekday: "Saturday, June 6, 2026"."""
    return format_date(occurrence.held_on, "full", locale=_locale(language))


def hours_in(occurrence: Occurrence, zone: str, language: str) -> str:
    """Return from when to when, on the clock of the place: "12:00 – 14:00"."""
    locale = _locale(language)
    first, last = local_times(occurrence, zone)
    begins, ends = (format_time(one.time(), "short", locale=locale) for one in (first, last))
    if last - first < 24 * _HOUR:
        return f"{begins} – {ends}"
    return f"{begins} – {format_skeleton('MMMd', last.replace(tzinfo=None), locale=locale)}, {ends}"


def clock_of(occurrence: Occurrence, zone: str) -> str:
    """Return whose clock that is on that day, the same in every language: "Europe/Berlin, UTC+2"."""
    offset = occurrence.starts_at.astimezone(zone_of(zone)).strftime("%z")
    hours, minutes = offset[:3], offset[3:5]
    number = f"{int(hours):+d}" if minutes == "00" else f"{hours}:{minutes}"
    return f"{zone.replace('_', ' ')}, UTC{number.replace('-', '−')}"


def moment_in(moment: datetime, zone: str, language: str) -> str:
    """Return a moment on the clock of `zone`, day and hour: for mails and posts that have one line."""
    return format_datetime(moment.astimezone(zone_of(zone)).replace(tzinfo=None), "medium", locale=_locale(language))


def local_times(occurrence: Occurrence, zone: str) -> tuple[datetime, datetime]:
    """Return beginning and end on the clock of the place, aware."""
    there = zone_of(zone)
    return occurrence.starts_at.astimezone(there), occurrence.ends_at.astimezone(there)


def place_in(rally: Rally, occurrence: Occurrence | None, language: str) -> str:
    """Return where it is, on one line, as far as everybody may know: "Königsplatz, Kassel, Germany"."""
    at = public_place(rally, occurrence)
    country = name_of(rally.country, spoken(language)) if rally.country else ""
    online = _online(language) if rally.attendance == Attendance.ONLINE else ""
    return ", ".join(part for part in (online, at.place, at.address, rally.city, country) if part)


# Looked up once a language: to switch languages costs more than all else about a title.
@lru_cache(maxsize=256)
def _title_with_town(language: str) -> str:
    with override(language):
        return _("%(title)s: %(town)s")


def _online(language: str) -> str:
    with override(spoken(language)):
        return _("Online")


def _locale(language: str) -> str:
    return spoken(language).replace("-", "_")
