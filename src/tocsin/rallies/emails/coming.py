"""The mails to those who come: asked for with a button, but for the first one, which asks for that button."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final, NamedTuple

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tocsin.outbox.sealing import LetterRow
from tocsin.rallies import keys
from tocsin.rallies.calendars import ExactPlace, one_ics
from tocsin.rallies.emails.kinds import MailKind
from tocsin.rallies.emails.letters import letter
from tocsin.rallies.exact import exact_place
from tocsin.rallies.models import Occurrence, Rsvp
from tocsin.rallies.states import ASKED_DAYS
from tocsin.rallies.wording import clock_of, day_in, hours_in, place_in, title_in

CONFIRM_RSVP: Final = MailKind(
    name="confirm_rsvp",
    subject=_("Please confirm that you come: %(rally_title)s"),
    neutral_subject=_("Please confirm"),
    is_asked_for=False,
)
COMING: Final = MailKind(
    name="coming",
    subject=_("You are coming: %(rally_title)s"),
    neutral_subject=_("It is confirmed"),
    is_asked_for=True,
)
WAITING: Final = MailKind(
    name="waiting",
    subject=_("You are on the waiting list: %(rally_title)s"),
    neutral_subject=_("You are on a waiting list"),
    is_asked_for=True,
)
PROMOTED: Final = MailKind(
    name="promoted",
    subject=_("There is a place for you now: %(rally_title)s"),
    neutral_subject=_("There is a place for you now"),
    is_asked_for=True,
)
TOMORROW: Final = MailKind(
    name="tomorrow",
    subject=_("Tomorrow: %(rally_title)s"),
    neutral_subject=_("A reminder for tomorrow"),
    is_asked_for=True,
)
TODAY: Final = MailKind(
    name="today",
    subject=_("Today: %(rally_title)s"),
    neutral_subject=_("A reminder for today"),
    is_asked_for=True,
)
EXACT_ADDRESS: Final = MailKind(
    name="exact_address",
    subject=_("Where exactly it is: %(rally_title)s"),
    neutral_subject=_("Where exactly it is"),
    is_asked_for=True,
)
DATE_CHANGED: Final = MailKind(
    name="date_changed",
    subject=_("Something has changed: %(rally_title)s"),
    neutral_subject=_("Something has changed"),
    is_asked_for=True,
)
DATE_POSTPONED: Final = MailKind(
    name="date_postponed",
    subject=_("Postponed: %(rally_title)s"),
    neutral_subject=_("Something was postponed"),
    is_asked_for=True,
)
DATE_CANCELLED: Final = MailKind(
    name="date_cancelled",
    subject=_("Cancelled: %(rally_title)s"),
    neutral_subject=_("Something was cancelled"),
    is_asked_for=True,
)
DATE_REOPENED: Final = MailKind(
    name="date_reopened",
    subject=_("It is held after all: %(rally_title)s"),
    neutral_subject=_("Something is held after all"),
    is_asked_for=True,
)

# Of those who said that they come to a rally that was merged into another one (emails.merged).
MERGED_COMING: Final = MailKind(
    name="merged_coming",
    subject=_("It goes on together with another rally: %(rally_title)s"),
    neutral_subject=_("What you come to has changed"),
    is_asked_for=True,
)
MERGED_WAITING: Final = MailKind(
    name="merged_waiting",
    subject=_("You are on the waiting list of another rally: %(rally_title)s"),
    neutral_subject=_("You are on a waiting list"),
    is_asked_for=True,
)
MERGED_LEFT: Final = MailKind(
    name="merged_left",
    subject=_("It is not held on that day: %(rally_title)s"),
    neutral_subject=_("Something was cancelled"),
    is_asked_for=True,
)

KINDS: Final = (
    CONFIRM_RSVP,
    COMING,
    WAITING,
    PROMOTED,
    TOMORROW,
    TODAY,
    EXACT_ADDRESS,
    DATE_CHANGED,
    DATE_POSTPONED,
    DATE_CANCELLED,
    DATE_REOPENED,
    MERGED_COMING,
    MERGED_WAITING,
    MERGED_LEFT,
)


class Reader(NamedTuple):
    """Somebody who comes, or may: what lay sealed in their row."""

    email: str
    name: str
    language: str
    token: str
    needs: str = ""


def reader_of(rally: int, row: Rsvp) -> Reader:
    """Return who an RSVP is of; raises keys.RallyKeyGoneError, BoxBrokenError, or KeysSealedError."""
    return reader_in(keys.unseal(rally, "rsvp", bytes(row.sealed)))


def reader_in(content: Mapping[str, object]) -> Reader:
    """Return who what lay sealed in an RSVP is about."""
    return Reader(**{name: str(content.get(name, "")) for name in Reader._fields})


def link_of(reader: Reader) -> str:
    """Return the address of somebody's own page."""
    return f"{settings.BASE_URL}/r/{reader.token}"


# To those who have a place, and never to those who wait: these may hold the private address.
_WITH_ADDRESS: Final = frozenset(
    kind.name for kind in (COMING, PROMOTED, TOMORROW, TODAY, EXACT_ADDRESS, MERGED_COMING)
)
# What changes a calendar comes with the calendar's file, and how that file is meant (RFC 5546, section 3.2).
_METHODS: Final = {
    kind.name: "PUBLISH"
    for kind in (COMING, PROMOTED, EXACT_ADDRESS, DATE_CHANGED, DATE_POSTPONED, DATE_REOPENED, MERGED_COMING)
} | {kind.name: "CANCEL" for kind in (DATE_CANCELLED, MERGED_LEFT)}


class ComingLetters:
    """Makes the letters about one date, whose rally and campaign are loaded: what they share is worded once."""

    def __init__(self, occurrence: Occurrence, *, now: datetime) -> None:
        """Prepare letters; raises KeysSealedError."""
        self._occurrence = occurrence
        self._now = now
        self._exact = exact_place(occurrence, now=now)
        # An RSVP is kept until the end of its third day, and the button leads nowhere once the date is over.
        last_day = datetime.combine(now.date(), time(), tzinfo=UTC) + timedelta(days=ASKED_DAYS + 1)
        self._link_ends_at = min(last_day, occurrence.ends_at)
        self._texts: dict[str, Mapping[str, str]] = {}
        self._calendars: dict[tuple[str, str], str] = {}

    def letter(
        self,
        kind: MailKind,
        reader: Reader,
        *,
        places: int = 1,
        texts: Mapping[str, str] | None = None,
        more_calendars: str = "",
    ) -> LetterRow:
        """Return one letter; `places` is how many people its reader comes with, themselves among them.

        `texts` and `more_calendars` (letters.letter) come to those that the date itself has.
        """
        link = link_of(reader)
        exact = self._exact if kind.name in _WITH_ADDRESS else None
        return letter(
            kind=kind,
            rally=self._occurrence.rally,
            to=reader.email,
            language=reader.language,
            now=self._now,
            values={
                "name": reader.name,
                "link": link,
                "give_up": f"{link}/give-up" if kind.is_asked_for else "",
                "places": str(places) if places > 1 else "",
            },
            texts={**self._texts_in(reader.language), "exact": exact.line if exact else "", **(texts or {})},
            calendar=self._calendar(kind, reader.language, exact) + more_calendars,
            until=self._link_ends_at if kind is CONFIRM_RSVP else None,
        )

    def _texts_in(self, language: str) -> Mapping[str, str]:
        texts = self._texts.get(language)
        if texts is None:
            texts = self._texts[language] = _texts(self._occurrence, language)
        return texts

    def _calendar(self, kind: MailKind, language: str, exact: ExactPlace | None) -> str:
        if kind.name not in _METHODS:
            return ""
        key = kind.name, language
        if key not in self._calendars:
            rally = self._occurrence.rally
            ics = one_ics(
                self._occurrence, rally, rally.campaign, language, exact_place=exact, method=_METHODS[kind.name]
            )
            self._calendars[key] = ics.decode()
        return self._calendars[key]


def _texts(occurrence: Occurrence, language: str) -> dict[str, str]:
    rally = occurrence.rally
    campaign = rally.campaign
    code = language if language in campaign.languages else campaign.languages[0]
    return {
        "rally_title": title_in(rally, language, campaign),
        "day": day_in(occurrence, language),
        "hours": hours_in(occurrence, rally.zone, language),
        "clock": clock_of(occurrence, rally.zone),
        "where": place_in(rally, occurrence, language),
        "online_url": rally.online_url,
        "note": occurrence.note,
        "page": f"{settings.BASE_URL}/{code}/{campaign.slug}/rallies/{rally.slug}/",
    }
