"""Upkeep: what rallies need once a day, whoever looks at them or not."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import DatabaseError
from django.db.models import QuerySet

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.outbox import domain as outbox
from tocsin.outbox.sealing import LetterRow
from tocsin.rallies.domain.dates import add_dates
from tocsin.rallies.domain.end import end_and_tell
from tocsin.rallies.emails.desk import reader_of
from tocsin.rallies.emails.standing import faded_letter, question_letter
from tocsin.rallies.models import Host, Rally
from tocsin.rallies.queries.standing import going_series, series_that_fade, series_to_ask_about, series_to_end
from tocsin.rallies.standing_links import Question, standing_token

_log = logging.getLogger(__name__)
_BATCH = 200


class Kept(NamedTuple):
    """What one round of upkeep did, in numbers."""

    dates: int  # added to series
    asked: int  # series whose hosts were asked whether they go on
    ended: int  # series that nobody spoke for


def keep_up(*, now: datetime) -> Kept:
    """Add dates up to the horizon, ask hosts of series whether they go on, end those that nobody speaks for.

    Batches of a transaction each: after a crash the next round does the rest. A second round on the same
    day does nothing. A rally that fails is left out and named in the log by its number; all others go on.
    """
    return Kept(_add_dates(now), _ask(now), _end(now))


def _add_dates(now: datetime) -> int:
    added = 0
    for batch in _batches(going_series()):
        added += _all_that_can(batch, lambda some: add_dates(rallies=some, now=now))
    _touch(going_series().filter(occurrences__changed_at=now) if added else Rally.objects.none())
    return added


def _ask(now: datetime) -> int:
    asked = 0
    for batch in _batches(series_to_ask_about(now)):
        asked += _all_that_can(batch, lambda some: _ask_batch(some, now))
    _touch(series_that_fade(now.date()))  # a faded pin is another page, though no row has changed
    return asked


def _ask_batch(batch: Sequence[Rally], now: datetime) -> int:
    letters: dict[int, list[LetterRow]] = {}
    for host, rally in _hosts(batch):
        for reader in reader_of(rally.pk, "host", host.sealed):
            token = standing_token(Question(host.pk, now.date()))
            row = question_letter(rally=rally, reader=reader, token=token, now=now)
            letters.setdefault(rally.pk, []).append(row)
    for rally in batch:
        # Whoever answered or was asked meanwhile is not asked again; nobody to ask, and nothing fades.
        same = Rally.objects.filter(pk=rally.pk, asked_on=rally.asked_on, standing_on=rally.standing_on)
        if rally.pk in letters and not same.update(asked_on=now.date()):
            del letters[rally.pk]
    outbox.post([row for rows in letters.values() for row in rows])
    return len(letters)


def _end(now: datetime) -> int:
    ended = 0
    for batch in _batches(series_to_end(now.date())):
        ended += _all_that_can(batch, lambda some: _end_batch(some, now))
    return ended


def _end_batch(batch: Sequence[Rally], now: datetime) -> int:
    # Asked for again now that it is our turn: an answer may have come a moment ago.
    over = series_to_end(now.date()).filter(pk__in=[rally.pk for rally in batch]).select_related("campaign")
    gone = end_and_tell(rallies=over, now=now)
    told = [(one, rally) for host, rally in _hosts(gone) for one in reader_of(rally.pk, "host", host.sealed)]
    outbox.post([faded_letter(rally=rally, reader=reader, now=now) for reader, rally in told])
    return len(gone)


def _all_that_can(batch: Sequence[Rally], verb: Callable[[Sequence[Rally]], int]) -> int:
    """Do a verb to a batch in one transaction; where one of it fails, to each by itself."""
    try:
        with db.transaction():
            return verb(batch)
    except (DatabaseError, OSError):  # the database's trouble, and nobody's rally
        raise
    except Exception as error:  # noqa: BLE001  whatever is wrong with one rally is not to cost the others theirs
        if len(batch) == 1:
            # The type alone: words of an error can hold what is in the row.
            _log.error("rally %d is left out of the daily upkeep (%s)", batch[0].pk, type(error).__name__)
            return 0
    return sum(_all_that_can([one], verb) for one in batch)


def _hosts(rallies: Sequence[Rally]) -> Iterator[tuple[Host, Rally]]:
    by_number = {rally.pk: rally for rally in rallies}
    for host in Host.objects.filter(rally__in=list(by_number), confirmed_at__isnull=False).order_by("pk"):
        yield host, by_number[host.rally_id]


def _batches(rallies: QuerySet[Rally]) -> Iterator[list[Rally]]:
    """Yield rallies with their campaigns, by number: one that changes in the meantime shifts nobody's place."""
    last = 0
    while batch := list(rallies.filter(pk__gt=last).select_related("campaign").order_by("pk")[:_BATCH]):
        yield batch
        last = batch[-1].pk


def _touch(rallies: QuerySet[Rally]) -> None:
    for campaign in Campaign.objects.filter(pk__in=rallies.values("campaign")):
        with db.transaction():
            touch(campaign=campaign)
