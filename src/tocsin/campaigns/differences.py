"""What changed between two texts, as plain words: a template escapes them and marks them up."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words and what became of them; never markup."""

    change: Change
    text: str


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """Return `before` and `after` as one run of pieces, word by word.

    Joined, the pieces that are not ADDED give `before`, those not REMOVED give `after`.
    """
    return tuple(_merged(_by_line(before.splitlines(keepends=True), after.splitlines(keepends=True))))


def _by_line(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    """Compare lines first, so that a long text costs little where nothing changed."""
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old, new = "".join(before[i1:i2]), "".join(after[j1:j2])
        if tag == "replace":
            yield from _by_word(_WORDS.findall(old), _WORDS.findall(new))
        else:
            yield from _pieces(tag, old, new)


def _by_word(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(str.isspace, before, after).get_opcodes():
        yield from _pieces(tag, "".join(before[i1:i2]), "".join(after[j1:j2]))


def _pieces(tag: str, old: str, new: str) -> Iterator[Piece]:
    if tag == "equal":
        yield Piece(Change.SAME, old)
        return
    if old:
        yield Piece(Change.REMOVED, old)
    if new:
        yield Piece(Change.ADDED, new)


def _merged(pieces: Iterator[Piece]) -> Iterator[Piece]:
    waiting: Piece | None = None
    for piece in pieces:
        if waiting and waiting.change == piece.change:
            waiting = Piece(piece.change, waiting.text + piece.text)
            continue
        if waiting:
            yield waiting
        waiting = piece
    if waiting:
        yield waiting
