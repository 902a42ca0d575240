"""Settle letters: write down what a mail server said of those a worker holds."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from tocsin import db
from tocsin.outbox.domain.bounces import Refused, record_bounces
from tocsin.outbox.domain.count_mails import Counted, uncount_mails

_DELETE = "DELETE FROM outbox_letter WHERE id = %s"
_DELETE_SOME = "DELETE FROM outbox_letter WHERE id IN ({marks})"
_MOST_ROWS = 500  # of one statement
# Conditional: a letter whose lease ran out is somebody else's to settle.
_PUT_OFF = "UPDATE outbox_letter SET due_at = %s, last_answer = %s WHERE id = %s AND due_at = %s"
_GIVE_BACK = "UPDATE outbox_letter SET due_at = %s, attempts = %s WHERE id = %s AND due_at = %s"

_FIRST_WAIT_SECONDS = 60
_LONGEST_WAIT_SECONDS = 4 * 3600


class PutOff(NamedTuple):
    """A letter that a server may take another time, and what it said."""

    letter: int
    answer: str
    seconds: int


class GivenUp(NamedTuple):
    """A letter that will never be taken: a server's code, or our own reason."""

    letter: int
    provider: str
    answer: str
    kind: str = ""
    counted: Counted | None = None  # what this claim has counted for it, when nothing was handed over


def wait_seconds(attempts: int, jitter: Callable[[], float]) -> int:
    """Return how long to wait after so many attempts: a minute, doubled each time, four hours at most.

    `jitter` returns 0 to 1; half of the wait is left to it, so that letters put off together do
    not come back together.
    """
    longest = min(_FIRST_WAIT_SECONDS * 2 ** (attempts - 1), _LONGEST_WAIT_SECONDS)
    return int(longest * (0.5 + jitter() / 2))


def remove_sent(ids: Sequence[int]) -> None:
    """Remove letters that a mail server took."""
    with connection.cursor() as cursor:
        for first in range(0, len(ids), _MOST_ROWS):
            some = ids[first : first + _MOST_ROWS]
            cursor.execute(_DELETE_SOME.format(marks=", ".join(["%s"] * len(some))), some)


def settle(*, put_off: Sequence[PutOff], given_up: Sequence[GivenUp], lease_end: int, now: datetime) -> None:
    """Put letters off, and give letters up, in one transaction.

    Dying before it leaves them held: the server is asked once more when the lease ends, and
    says the same.
    """
    if not put_off and not given_up:
        return
    moment = int(now.timestamp())
    with db.transaction():
        with connection.cursor() as cursor:
            rows = [(moment + wait.seconds, wait.answer, wait.letter, lease_end) for wait in sorted(put_off)]
            cursor.executemany(_PUT_OFF, rows)
            cursor.executemany(_DELETE, [(letter.letter,) for letter in sorted(given_up)])
        # Before the bounces, as when claiming: two workers on PostgreSQL lock the tables in one order.
        if counted := [letter.counted for letter in given_up if letter.counted is not None]:
            uncount_mails(counted)
        record_bounces([Refused(letter.provider, letter.answer, letter.kind) for letter in given_up], now=now)


def give_back(letters: Sequence[tuple[int, int]], *, lease_end: int, seconds: int, now: datetime) -> None:
    """Let letters (id and attempts) that were claimed but not tried be due again in `seconds`.

    Their attempts go back by one, down to the one that says that the caps have counted them.
    """
    due_at = int(now.timestamp()) + seconds
    with db.transaction(), connection.cursor() as cursor:
        rows = [(due_at, max(attempts - 1, 1), letter, lease_end) for letter, attempts in sorted(letters)]
        cursor.executemany(_GIVE_BACK, rows)


def renew(ids: Sequence[int], *, lease_end: int, lease_seconds: int, now: datetime) -> tuple[set[int], int]:
    """Hold letters for longer; return those that still were ours, and the new end of their lease."""
    new_end = int(now.timestamp()) + lease_seconds
    marks = ", ".join(["%s"] * len(ids))
    with db.transaction(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE outbox_letter SET due_at = %s WHERE due_at = %s AND id IN ({marks}) RETURNING id",  # noqa: S608  marks only
            [new_end, lease_end, *ids],
        )
        return {letter for (letter,) in cursor.fetchall()}, new_end
