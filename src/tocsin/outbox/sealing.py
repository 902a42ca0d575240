"""Letters as rows: sealed when they are posted, opened by the worker alone."""

from datetime import datetime

from tocsin.outbox.keys import DAY_SECONDS, sealing_box
from tocsin.seal.box import Box

# The columns of a row as letter_row makes it and domain.post inserts it.
COLUMNS = ("kind", "campaign", "due_at", "attempts", "provider", "key_day", "sealed", "last_answer", "ref")
LetterRow = tuple[str, int | None, int, int, str, int, bytes, str, bytes | None]


def letter_row(
    *, kind: str, campaign: int | None, content: bytes, provider: str, now: datetime, ref: bytes | None = None
) -> LetterRow:
    """Return one sealed letter as a row for domain.post.

    `content` is JSON that holds at least "to", the address as it was typed; `provider` is
    kit.addresses.provider_of its domain; `ref`, 16 bytes, is what domain.lost finds it by. Runs for
    every signature, so it costs microseconds.
    """
    seconds = int(now.timestamp())
    day = seconds // DAY_SECONDS
    sealed = sealing_box(day).seal(_purpose(kind, campaign), content)
    return kind, campaign, seconds, 0, provider, day, sealed, "", ref


def open_letter(box: Box, *, kind: str, campaign: int | None, sealed: bytes) -> bytes:
    """Return a letter's content; raise BoxBrokenError when kind or campaign are not the ones it was sealed for."""
    return box.open(_purpose(kind, campaign), sealed)


def _purpose(kind: str, campaign: int | None) -> bytes:
    return f"letter/{kind}/{campaign}".encode()
