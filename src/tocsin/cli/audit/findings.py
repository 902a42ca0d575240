"""What an audit can find, and the exit code that says so."""

from enum import IntEnum
from typing import Self


class Outcome(IntEnum):
    """How an audit ends: the command's exit code (2 is what argparse says of a wrong option)."""

    AGREES = 0
    NOT_CHECKED = 1
    WRONG = 3
    FORKED = 4


class AuditError(Exception):
    """The audit cannot go on; `words` is a line for the terminal."""

    def __init__(self, words: str, outcome: Outcome) -> None:
        super().__init__(words, outcome)  # both, so that it comes whole out of another process
        self.words = words
        self.outcome = outcome

    @classmethod
    def unchecked(cls, *, words: str) -> Self:
        """Return the error of something that could not be looked at."""
        return cls(words, Outcome.NOT_CHECKED)

    @classmethod
    def wrong(cls, *, words: str) -> Self:
        """Return the error of a log that is not what it signed."""
        return cls(words, Outcome.WRONG)


def shown(text: str) -> str:
    """Return a stranger's text fit for a terminal: one line, no control characters, not endless."""
    return "".join(char if char.isprintable() else "�" for char in text[:200])
