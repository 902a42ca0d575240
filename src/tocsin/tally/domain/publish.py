"""Publish: write tiles, read them back, sign a checkpoint, remember it, store it, show it.

Crash points, each tried with kill -9 in tests/tally/test_kills.py. Whatever is done again is
done alike: an entry has its index for good, so the same tiles come out, and an Ed25519
signature over the same text is the same.

    tiles put       Files lie there that no checkpoint speaks for. The next run writes the same ones.
    tiles synced    As before.
    checked         As before.
    signed          A signature that nobody has seen is lost with the process.
    remembered      The file outside the database names a checkpoint that nobody has seen. Its entries
                    have their indexes, so the next run finds the same root and signs it, or a larger one.
    stored          Database and numbers speak for it; /tally/checkpoint is one behind until the next
                    run shows it, which is the first thing that does.
    shown           Done; partial tiles that a full one replaced may lie about until it is overwritten.

Remembered comes before stored: were it the other way round, a receipt could be handed out from
the database for a checkpoint that only the database knows, and a restored backup would sign
another one of that size.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import F

from tocsin import db
from tocsin.tally.domain.check import Standing, check, check_edge
from tocsin.tally.domain.tiling import drop_outgrown, write_tiles
from tocsin.tally.log import Log, OnStep, Step
from tocsin.tally.models import Checkpoint, Count, DayCount, Head
from tocsin.tally.ranges import pack, unpack
from tocsin.tally.refusals import LogRefusal, LogRefusedError
from tocsin.tally.shelf import CHECKPOINT, VKEY
from tocsin.tally.stored import PIECE, Piece, stored_entries
from tocsin.tally.turn import may_sequence
from tocsin.tlog import note
from tocsin.tlog.checkpoint import Checkpoint as CheckpointText
from tocsin.tlog.compact import CompactRange
from tocsin.tlog.entry import Kind
from tocsin.tlog.signed import sign_checkpoint

Kinds = Counter[tuple[int, int]]
"""How many entries came, by campaign and kind."""


class Publication(NamedTuple):
    """What one publishing did: the size that the checkpoint now speaks for, and how many entries are new in it."""

    size: int
    entries: int


def publish(*, log: Log, now: datetime, on_step: OnStep = lambda _: None) -> Publication:
    """Publish every entry that has an index; raises LogRefusedError when that must not be signed.

    The caller holds the sequencer's place. `now` says on which day the numbers moved, and
    nothing else: the log itself knows no time. `on_step` is told of each crash point.
    """
    standing = check(log)
    head = standing.head
    _show_again(log, standing.newest)
    if standing.newest is not None and head.size == head.published and _is_by(log, standing.newest):
        return Publication(head.size, 0)
    old = unpack(head.published, head.published_peaks)
    pieces = _pieces(head)
    came = _check_entries(head, old, pieces)
    grown = write_tiles(log, old, pieces, on_step)
    check_edge(log, head.size, grown)
    if pack(grown) != bytes(head.peaks):
        raise LogRefusedError(LogRefusal.ENTRY_DIFFERS, f"between {head.published} and {head.size}")
    on_step(Step.CHECKED)
    signed = sign_checkpoint(CheckpointText(log.origin, grown.size, grown.root()), log.signers)
    on_step(Step.SIGNED)
    log.memory.write(signed)
    on_step(Step.REMEMBERED)
    stored = store(standing, grown, signed, came, now.date())
    on_step(Step.STORED)
    show(log, stored)
    on_step(Step.SHOWN)
    drop_outgrown(log, head.published, grown.size)
    return Publication(grown.size, grown.size - head.published)


def store(standing: Standing, grown: CompactRange, signed: str, came: Kinds, today: date) -> Checkpoint:
    """Store a checkpoint and move the numbers to it, in one transaction that holds only from where it was read at."""
    with db.transaction():
        here = Head.objects.filter(published=standing.head.published, size__gte=grown.size)
        if not may_sequence() or not here.update(published=grown.size, published_peaks=pack(grown)):
            raise LogRefusedError(LogRefusal.MOVED)
        checkpoint, _ = Checkpoint.objects.update_or_create(
            size=grown.size, defaults={"root": grown.root(), "note": signed, "published_on": today}
        )
        _add_up(came, today)
    return checkpoint


def show(log: Log, checkpoint: Checkpoint) -> None:
    """Show a stored checkpoint to everybody, with what witnesses added, and the keys to check it with."""
    if log.shelf.text(VKEY) != log.vkeys:
        log.shelf.show(VKEY, log.vkeys)
    log.shelf.show(CHECKPOINT, checkpoint.note + checkpoint.cosignatures)


def kinds_of(piece: Piece, *, skip: int = 0) -> Kinds:
    """Count entries by campaign and kind, but for the first `skip`; the second byte of an entry is its kind."""
    first = max(0, skip)
    kinds = [entry[1] for entry in piece.entries[first:]]
    return Counter(zip(piece.campaigns[first:], kinds, strict=True))


def _show_again(log: Log, newest: Checkpoint | None) -> None:
    """Finish what a run that died had begun: whatever remembers less than the database, which is checked, learns it."""
    if newest is None:
        return
    if log.memory.read() is None:
        log.memory.write(newest.note)
    if (log.shelf.text(CHECKPOINT), log.shelf.text(VKEY)) != (newest.note + newest.cosignatures, log.vkeys):
        show(log, newest)


def _is_by(log: Log, newest: Checkpoint) -> bool:
    """Say whether a checkpoint bears the signatures of just the keys in use: an exchange shows at once."""
    return [one.key_id for one in note.parse(newest.note).signatures] == [one.key_id for one in log.signers]


class _Again:
    """Pieces that are read from the table each time they are asked for, so that few lie in memory."""

    def __init__(self, begin: int, end: int) -> None:
        self._range = begin, end

    def __iter__(self) -> Iterator[Piece]:
        return stored_entries(*self._range)


def _pieces(head: Head) -> Iterable[Piece]:
    """Return what is new: one piece is kept in memory, as nearly always; of more each is read when it is needed."""
    is_little = head.size - head.published <= PIECE
    return list(stored_entries(head.published, head.size)) if is_little else _Again(head.published, head.size)


def _check_entries(head: Head, old: CompactRange, pieces: Iterable[Piece]) -> Kinds:
    """Count what is new, and raise LogRefusedError unless it is what was given its indexes.

    Before a tile is written: what was served once stays in other people's caches.
    """
    grown, came = old.copy(), Kinds()
    for piece in pieces:
        came += kinds_of(piece, skip=head.counted - grown.size)
        grown.extend(piece.leaves)
    if pack(grown) != bytes(head.peaks):
        raise LogRefusedError(LogRefusal.ENTRY_DIFFERS, f"between {head.published} and {head.size}")
    return came


def _add_up(came: Kinds, today: date) -> None:
    for campaign in {campaign for campaign, kind in came if kind in {Kind.SIGN, Kind.WITHDRAW}}:
        signs, withdrawals = came[campaign, Kind.SIGN], came[campaign, Kind.WITHDRAW]
        more = {"signs": F("signs") + signs, "withdrawals": F("withdrawals") + withdrawals}
        if not Count.objects.filter(campaign=campaign).update(**more):
            Count.objects.create(campaign=campaign, signs=signs, withdrawals=withdrawals)
        if not DayCount.objects.filter(campaign=campaign, day=today).update(**more):
            DayCount.objects.create(campaign=campaign, day=today, signs=signs, withdrawals=withdrawals)
