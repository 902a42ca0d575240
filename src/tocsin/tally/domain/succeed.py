"""Succeed: begin a new log that names the one before it and takes over its entries, where that cannot be continued.

Its first entry names the old log and its last checkpoint; behind it come the old entries in their order
(tlog.succession), so that the new log alone shows that nothing was left out. Afterwards the worker
publishes as ever.

Crash points, in their order; the same command again goes on from each of them:

    begun       One transaction: entries, rows and what waits have their new places, nothing is published.
                The worker refuses to sign, because what is remembered is of another name.
    keys ended  The keys that signed the old log's last checkpoint are destroyed: it has no next one.
    put away    The old log's files and last checkpoint are out of the way. The next publishing shows the new one.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from django.db.models import F

from tocsin import db
from tocsin.tally import keys, queries
from tocsin.tally.domain.queue import Queued, queue
from tocsin.tally.log import Log
from tocsin.tally.models import Checkpoint, Entry, Head, QueuedEntry, Witness
from tocsin.tally.ranges import pack
from tocsin.tally.shelf import CHECKPOINT
from tocsin.tally.stored import stored_entries
from tocsin.tlog import entry as entries
from tocsin.tlog.checkpoint import Checkpoint as CheckpointText
from tocsin.tlog.compact import CompactRange
from tocsin.tlog.entry import Kind
from tocsin.tlog.hashing import leaf_hashes
from tocsin.tlog.keys import LogSigner
from tocsin.tlog.signed import CheckpointError, open_checkpoint, read_checkpoint
from tocsin.tlog.succession import MOST_LOGS, taken_over

_TABLE = Entry._meta.db_table  # noqa: SLF001  the table's name is Django's to give
# Indexes are moved by way of numbers that no log has, since each is unique at every moment.
_FAR = 2**62
_AT_ONCE = 5_000


class SuccessionError(Exception):
    """No new log can begin here; the message says why, and the mend."""


class LastWord(NamedTuple):
    """The last checkpoint of the old log, and the note it was read from."""

    checkpoint: CheckpointText
    note: str


class Succession(NamedTuple):
    """What a new log begins with: the old one's last checkpoint, how many entries came over, whether those are all."""

    last: CheckpointText
    entries: int
    is_whole: bool


def succeed(
    *, log: Log, given: str | None, keys_dir: Path, move_rows: Callable[[int], None], is_partial_fine: bool
) -> Succession:
    """Let `log` follow the one that was published here under another name, but for its first publishing.

    `given` is the old log's last checkpoint where none is left here. `move_rows` moves every index that the
    features above keep by so many places, in the transaction of the entries. The caller holds the sequencer's place.
    Raises SuccessionError, also when the database does not give the last checkpoint's root, unless `is_partial_fine`.
    """
    last = _last_word(log, given)
    begun = _begin(last.checkpoint, move_rows, is_partial_fine=is_partial_fine)
    keys.end(keys_dir, is_of_ended=partial(_has_signed, last))
    _put_away(log, last)
    return begun


def _last_word(log: Log, given: str | None) -> LastWord:
    """Return the old log's last checkpoint: `given`, else the largest that is remembered; raises SuccessionError.

    No signature is asked for: the key may be what was lost, and these are our own files.
    """
    newest = Checkpoint.objects.order_by("-size").first()
    kept = [log.memory.read(), log.shelf.text(CHECKPOINT), newest.note if newest else None]
    texts = [given] if given is not None else [text for text in kept if text is not None]
    try:
        found = [LastWord(read_checkpoint(text), text) for text in texts]
    except CheckpointError as error:
        message = f"the last checkpoint cannot be read ({error.reason.value}): give it with --last"
        raise SuccessionError(message) from error
    others = [one for one in found if one.checkpoint.origin != log.origin] or _already_away(log)
    if not others:
        message = (
            f"the log is still called {log.origin}: give the new one another name in TOCSIN_LOG_ORIGIN first"
            if found
            else "nothing was ever published here: there is no log to follow"
        )
        raise SuccessionError(message)
    return max(others, key=lambda one: one.checkpoint.size)


def _already_away(log: Log) -> list[LastWord]:
    """Return the last word of the log that this one follows, once it is put away, and until this one is shown."""
    followed = next(iter(queries.predecessors()), None)
    if followed is None or log.shelf.text(CHECKPOINT) is not None:
        return []
    ended = (followed.origin, followed.size)
    return [
        LastWord(said, note)
        for note in log.shelf.ended()
        if (said := _read(note)) is not None and (said.origin, said.size) == ended
    ]


def _begin(last: CheckpointText, move_rows: Callable[[int], None], *, is_partial_fine: bool) -> Succession:
    """Let the database be that of the new log; done already, it is left alone."""
    head, _ = Head.objects.get_or_create(id=1)
    first = entries.successor(last.origin, last.size, last.root)
    follows = queries.predecessors()
    if follows and (begun := follows[0]).origin == last.origin:
        named = CheckpointText(begun.origin, begun.size, begun.root)
        return Succession(named, head.size - 1, _is_whole(named, head.size - 1, places=1))
    if len(follows) >= MOST_LOGS:
        message = f"this log follows {MOST_LOGS} others already, and audits look at no more"
        raise SuccessionError(message)
    is_whole = _is_whole(last, head.size, places=0)
    if not (is_whole or is_partial_fine):
        raise SuccessionError(_why_not(last, head.size))
    grown = CompactRange()
    grown.extend(leaf_hashes([first]))
    for piece in stored_entries(0, head.size):
        grown.extend(leaf_hashes([taken_over(entry) for entry in piece.entries]))
    with db.transaction():
        here = Head.objects.filter(size=head.size, published=head.published)
        fresh = {"published": 0, "published_peaks": b"", "counted": head.published + 1, "refusal": ""}
        if not here.update(size=grown.size, peaks=pack(grown), **fresh):
            message = "another sequencer is at work: stop the other worker"
            raise SuccessionError(message)
        _move_entries(first)
        _move_waiting()
        move_rows(1)
        # They speak for the other log, which is put away; its witnesses have not seen this one.
        Checkpoint.objects.all().delete()
        Witness.objects.all().delete()
    return Succession(last, head.size, is_whole)


def _has_signed(last: LastWord, seed: bytes) -> bool:
    """Say whether the key of a seed (32 bytes) signed the old log's last checkpoint: that log has no next one."""
    try:
        open_checkpoint(last.note, log_keys=[LogSigner(last.checkpoint.origin, seed).verifier])
    except CheckpointError:
        return False
    return True


def _put_away(log: Log, last: LastWord) -> None:
    """Move the old log's files, and the note that remembers it, to where both can be read and nothing is continued."""
    shown, remembered = log.shelf.text(CHECKPOINT), log.memory.read()
    # A database from before the succession may have been restored: then the files are the new log's already.
    if shown is None or _is_other(shown, log.origin):
        log.shelf.put_away(last.note)
    if remembered is not None and _is_other(remembered, log.origin):
        log.memory.put_away()


def _is_other(text: str, origin: str) -> bool:
    """Say whether a checkpoint is of another log; one that cannot be read is what is left of the old one's."""
    said = _read(text)
    return said is None or said.origin != origin


def _read(text: str) -> CheckpointText | None:
    try:
        return read_checkpoint(text)
    except CheckpointError:
        return None


def _is_whole(last: CheckpointText, size: int, *, places: int) -> bool:
    """Say whether the database's first entries, after `places` others, are those that `last` was signed over."""
    if last.size > size:
        return False
    made = CompactRange()
    for piece in stored_entries(places, last.size + places):
        made.extend(leaf_hashes([taken_over(entry, -places) for entry in piece.entries]))
    return made.root() == last.root


def _why_not(last: CheckpointText, size: int) -> str:
    what = (
        f"{last.origin} was published with {last.size} entries, and this database has {size}"
        if last.size > size
        else f"this database has other entries than {last.origin} was published with, at {last.size}"
    )
    return (
        f"{what}: first try 'tocsin tally recover --from' a copy, under the old name;"
        " if there is none, say --incomplete, and everybody will see that entries are missing"
    )


def _move_entries(first: bytes) -> None:
    Entry.objects.update(index=F("index") + _FAR)
    Entry.objects.update(index=F("index") - (_FAR - 1))
    db.insert_many(_TABLE, ("index", "campaign", "kind", "entry"), [(0, 0, int(Kind.SUCCESSOR), first)])
    for some in _pieces(list(Entry.objects.filter(kind=Kind.WITHDRAW).values_list("index", flat=True))):
        rows = Entry.objects.in_bulk(some).values()
        for row in rows:
            row.entry = taken_over(bytes(row.entry))
        Entry.objects.bulk_update(rows, ["entry"])


def _move_waiting() -> None:
    """Let the withdrawals that wait name the new places; each lies where its own bytes say."""
    waiting = QueuedEntry.objects.filter(kind=Kind.WITHDRAW)
    rows = list(waiting.values_list("campaign", "entry", "ref"))
    waiting.delete()
    queue(
        Queued(campaign, Kind.WITHDRAW, taken_over(bytes(data)), None if ref is None else bytes(ref))
        for campaign, data, ref in rows
    )


def _pieces(indexes: Sequence[int]) -> Iterator[Sequence[int]]:
    for begin_at in range(0, len(indexes), _AT_ONCE):
        yield indexes[begin_at : begin_at + _AT_ONCE]
