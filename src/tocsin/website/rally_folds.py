"""What a list says of a series beside the one date it shows: how it goes on, and which dates before it are off."""

from datetime import date

from babel.dates import format_date, format_skeleton
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.campaigns.languages import spoken
from tocsin.kit import numbers
from tocsin.rallies.models import Rally
from tocsin.rallies.queries.listed import Listed
from tocsin.rallies.states import State
from tocsin.website.poster import Poster
from tocsin.website.rally_dates import Fold, RallyDate, repeat_words

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Rules that "every week" says all of: without "the first Monday", "Tuesdays and Fridays" or "ten times".
_PLAIN = frozenset({"FREQ", "INTERVAL", "UNTIL", "WKST", "BYDAY"})


def fold_of(listed: Listed, poster: Poster, *, is_over: bool) -> Fold | None:
    """Return what stands below a rally's date, in the language that is active; None where that is its only one."""
    rally = listed.date.rally
    if not rally.repeat or not (listed.others or listed.off):
        return None
    off = [RallyDate(rally, one, poster.language, poster.path, poster.now) for one in listed.off]
    words = _words(listed, poster.language, is_over=is_over) if listed.others else ""
    return Fold(words, f"{poster.path}rallies/{rally.slug}/", off)


def _words(listed: Listed, language: str, *, is_over: bool) -> str:
    rally, number = listed.date.rally, listed.others
    shown = {"number": numbers.shown(number, language)}
    if is_over:
        return ngettext("and %(number)s earlier date", "and %(number)s earlier dates", number) % shown
    if not _is_plain(rally):
        return ngettext("and %(number)s more date", "and %(number)s more dates", number) % shown
    until = _parts(rally).get("UNTIL")
    if until is None:
        return _every(rally)
    last, locale = date.fromisoformat(until), spoken(language).replace("-", "_")
    is_soon = last.year == listed.date.held_on.year
    day = format_skeleton("MMMMd", last, locale=locale) if is_soon else format_date(last, "long", locale=locale)
    # Translators: as in "Every Friday until December 18"
    return _("%(every_week)s until %(day)s") % {"every_week": _every(rally), "day": day}


def _is_plain(rally: Rally) -> bool:
    """Say whether the rule goes on as it says, on one weekday if it names any."""
    parts = _parts(rally)
    is_one_day = parts.get("BYDAY", "MO") in _DAYS and (parts.get("FREQ") == "WEEKLY" or "BYDAY" not in parts)
    return rally.state != State.ENDED and parts.keys() <= _PLAIN and is_one_day


def _every(rally: Rally) -> str:
    parts = _parts(rally)
    if parts.get("FREQ") != "WEEKLY" or parts.get("INTERVAL", "1") != "1":
        return repeat_words(rally)
    day = _DAYS.index(parts["BYDAY"]) if "BYDAY" in parts else rally.first_on.weekday()
    return (
        _("Every Monday"),
        _("Every Tuesday"),
        _("Every Wednesday"),
        _("Every Thursday"),
        _("Every Friday"),
        _("Every Saturday"),
        _("Every Sunday"),
    )[day]


def _parts(rally: Rally) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rally.repeat.split(";") if "=" in part)
