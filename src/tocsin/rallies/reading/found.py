"""What a file says about rallies, and what in it cannot be taken, before any of it is stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tocsin.rallies.campaign_file.said import SaidDate
from tocsin.rallies.details import Details
from tocsin.rallies.refusals import MENDS, Refusal

MOST_BYTES: Final = 4 * 1024 * 1024
MOST_LINES: Final = 100_000
MOST_RALLIES: Final = 5_000
MOST_FLAWS: Final = 100


class FileRefusal(StrEnum):
    """Why a whole file is not taken; the name is also the test's id."""

    ARCHIVE = "archive"
    EMPTY = "empty"
    ENCODING = "encoding"
    HEADER = "header"
    NOT_A_CALENDAR = "not_a_calendar"
    NUL = "nul"
    TOO_LARGE = "too_large"
    TOO_MANY_FLAWS = "too_many_flaws"
    TOO_MANY_LINES = "too_many_lines"
    TOO_MANY_RALLIES = "too_many_rallies"


FILE_MENDS: Final[dict[FileRefusal, str | Promise]] = {
    FileRefusal.ARCHIVE: _("This is a packed file. Please unpack it, and choose the .ics or .csv file inside."),
    FileRefusal.EMPTY: _("There is no rally in this file."),
    FileRefusal.ENCODING: _("Please save the file as UTF-8: in a spreadsheet choose “CSV UTF-8”."),
    FileRefusal.HEADER: _("The first line must name the columns: “date”, “time” and “city” at least."),
    FileRefusal.NOT_A_CALENDAR: _("This is no calendar file: it must begin with BEGIN:VCALENDAR and hold whole lines."),
    FileRefusal.NUL: _("There are NUL characters in this file, so it is no text. Please export it again as UTF-8."),
    FileRefusal.TOO_LARGE: _("This file is too large: 4 MB at most. Please split it."),
    FileRefusal.TOO_MANY_FLAWS: _("More than 100 lines cannot be taken. Please look at the columns, and try again."),
    FileRefusal.TOO_MANY_LINES: _("This file has too many lines: 100,000 at most. Please split it."),
    FileRefusal.TOO_MANY_RALLIES: _("There are too many rallies in this file: 5,000 at most. Please split it."),
}


class FileRefusedError(Exception):
    """Nothing of a file was taken."""

    def __init__(self, refusal: FileRefusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.value)

    @property
    def mend(self) -> str:
        """How to put it right, in the language that is active."""
        return str(FILE_MENDS[self.refusal])


class Problem(StrEnum):
    """What is wrong with one rally of a file, besides what can be wrong with any rally (refusals.Refusal)."""

    CITY_UNKNOWN = "city_unknown"
    DATE_SHAPE = "date_shape"
    FORMULA = "formula"
    PLUS_DATES = "plus_dates"
    THIS_AND_FUTURE = "this_and_future"
    TIME_SHAPE = "time_shape"
    TWICE = "twice"


PROBLEM_MENDS: Final[dict[Problem, str | Promise]] = {
    Problem.CITY_UNKNOWN: _("This town is not known. Please add its country, or where it is: latitude and longitude."),
    Problem.DATE_SHAPE: _("Please write the date as in 2026-06-30."),
    Problem.FORMULA: _("This begins like a spreadsheet's formula. Please write it as plain text."),
    Problem.PLUS_DATES: _("Please enter its further dates (RDATE) as rallies of their own."),
    Problem.THIS_AND_FUTURE: _("Please end this series, and let another one begin where it changes for good."),
    Problem.TIME_SHAPE: _("Please write the hour as in 18:30."),
    Problem.TWICE: _("The same rally is in this file twice. Please leave one out."),
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """One rally that cannot be taken: in which line it begins, what it is called, what is wrong with which field."""

    line: int
    label: str
    field: str
    problem: Problem | Refusal
    limit: str = ""

    @property
    def mend(self) -> str:
        """How to put it right, in the language that is active."""
        if isinstance(self.problem, Problem):
            return str(PROBLEM_MENDS[self.problem])
        return str(MENDS[self.problem]) % {"limit": self.limit}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRally:
    """One rally of a file. `source` names it: the same file again gives the same name."""

    line: int
    source: str
    details: Details
    dates: tuple[SaidDate, ...] = ()  # those that are not as the series has them
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """All that a file says, in its order."""

    rallies: tuple[FoundRally, ...]
    flaws: tuple[Flaw, ...]


class FlawError(Exception):
    """A rally of a file cannot be taken."""

    def __init__(self, problem: Problem | Refusal, field: str, limit: str = "") -> None:
        self.problem, self.field, self.limit = problem, field, limit
        super().__init__(f"{field}: {problem}")


def found_of(rallies: Iterable[FoundRally | Flaw]) -> Found:
    """Return rallies and flaws apart, a rally that comes twice being a flaw; raises FileRefusedError."""
    taken: dict[str, FoundRally] = {}
    flaws: list[Flaw] = []
    for one in rallies:
        if isinstance(one, FoundRally) and one.source not in taken:
            taken[one.source] = one
        elif isinstance(one, FoundRally):
            flaws.append(Flaw(one.line, one.details.where.city, "title", Problem.TWICE))
        else:
            flaws.append(one)
        if len(flaws) > MOST_FLAWS:
            raise FileRefusedError(FileRefusal.TOO_MANY_FLAWS)
        if len(taken) > MOST_RALLIES:
            raise FileRefusedError(FileRefusal.TOO_MANY_RALLIES)
    if not taken and not flaws:
        raise FileRefusedError(FileRefusal.EMPTY)
    return Found(tuple(taken.values()), tuple(flaws))


def text_of(content: bytes) -> str:
    """Return a file's text; raises FileRefusedError for what is too large, packed, no UTF-8, or no text."""
    if len(content) > MOST_BYTES:
        raise FileRefusedError(FileRefusal.TOO_LARGE)
    if content.startswith((b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh")):
        raise FileRefusedError(FileRefusal.ARCHIVE)
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileRefusedError(FileRefusal.ENCODING) from error
    if "\0" in text:
        raise FileRefusedError(FileRefusal.NUL)
    if text.count("\n") + text.count("\r") - text.count("\r\n") > MOST_LINES:
        raise FileRefusedError(FileRefusal.TOO_MANY_LINES)
    if not text.strip():
        raise FileRefusedError(FileRefusal.EMPTY)
    return text
