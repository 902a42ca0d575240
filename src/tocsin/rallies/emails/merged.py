"""The mails to those who come to a rally that was merged into another one: what is held now, and what is not."""

from collections.abc import Mapping
from datetime import datetime

from tocsin.outbox.sealing import LetterRow
from tocsin.rallies.calendars import one_ics
from tocsin.rallies.emails.coming import MERGED_COMING, MERGED_LEFT, MERGED_WAITING, ComingLetters, Reader
from tocsin.rallies.emails.desk import page_of
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.wording import clock_of, day_in, hours_in, place_in, title_in


class MergedLetters:
    """Makes the letters about one date of a rally that is merged: what they share is worded once.

    `before` is cancelled already. `after` is a date of the rally that stays: the same day's, or for those who are
    left behind the nearest one, if it has any.
    """

    def __init__(self, before: Occurrence, after: Occurrence | None, *, into: Rally, now: datetime) -> None:
        """Prepare letters; the rallies and their campaign are loaded. Raises KeysSealedError."""
        self._before, self._after, self._into = before, after, into
        self._of_before = ComingLetters(before, now=now)
        self._of_after = ComingLetters(after, now=now) if after is not None else self._of_before
        self._cancellings: dict[str, str] = {}
        self._instead: dict[str, Mapping[str, str]] = {}

    def carried(self, reader: Reader, *, has_place: bool, places: int) -> LetterRow:
        """Return the letter to somebody who is carried over, with a place for `places` people or waiting for one."""
        return self._of_after.letter(
            MERGED_COMING if has_place else MERGED_WAITING,
            reader,
            places=places if has_place else 1,
            more_calendars=self._cancelling(reader.language),
        )

    def left(self, reader: Reader) -> LetterRow:
        """Return the letter to somebody whose date the other rally does not have."""
        if reader.language not in self._instead:
            self._instead[reader.language] = self._instead_in(reader.language)
        return self._of_before.letter(MERGED_LEFT, reader, texts=self._instead[reader.language])

    def _cancelling(self, language: str) -> str:
        """Return what takes the date of before out of calendars: there it has another UID than what is held now."""
        if language not in self._cancellings:
            rally = self._before.rally
            ics = one_ics(self._before, rally, rally.campaign, language, method="CANCEL")
            self._cancellings[language] = ics.decode()
        return self._cancellings[language]

    def _instead_in(self, language: str) -> Mapping[str, str]:
        rally, after = self._into, self._after
        texts = {"page": page_of(rally, rally.campaign, language)}
        if after is None:
            return texts
        return texts | {
            "instead_title": title_in(rally, language, rally.campaign),
            "instead_day": day_in(after, language),
            "instead_hours": hours_in(after, rally.zone, language),
            "instead_clock": clock_of(after, rally.zone),
            "instead_where": place_in(rally, after, language),
        }
