"""What `tocsin check` found at one place, and the mend."""

from dataclasses import dataclass
from enum import Enum


class _Mark(Enum):
    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    _mark: _Mark
    words: str
    mend: str = ""

    @property
    def is_wrong(self) -> bool:
        """Say whether a server would not do its work like this."""
        return self._mark is _Mark.WRONG

    def is_said(self, *, quiet: bool) -> bool:
        """Say whether the line belongs into a quiet report."""
        return not quiet or self._mark is not _Mark.OK

    def __str__(self) -> str:
        mend = f"\n{'':<7}{self.mend}" if self.mend else ""
        return f"{self._mark.value:<7}{self.words}{mend}"


def ok(words: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(_Mark.OK, words)


def note(words: str, mend: str = "") -> Finding:
    """Return a finding that may be meant so."""
    return Finding(_Mark.NOTE, words, mend)


def wrong(words: str, mend: str = "") -> Finding:
    """Return a finding that has to be mended."""
    return Finding(_Mark.WRONG, words, mend)
