"""Recover: bring the log's entries back from its public tiles into a database that is older than they are.

Nothing of the copy is believed. Every entry is hashed, and the roots at the size of the
database, at each checkpoint this server remembers and at the copy's own must come out before a
row is written. Then the entries come in by pieces, each in one transaction with the log's new
size: dying anywhere and starting anew goes on behind the last piece.

A signature that the restored database has as waiting gets the index that the log gave it then:
its queued entry is the same bytes. So it is counted once, and not a second time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tocsin import db
from tocsin.tally.copies import CopyError, LogCopy
from tocsin.tally.domain.advance import Indexed, move_head
from tocsin.tally.domain.check import Standing, open_own
from tocsin.tally.domain.publish import Kinds, kinds_of, store
from tocsin.tally.domain.queue import take_waiting_of
from tocsin.tally.log import Log
from tocsin.tally.models import Checkpoint, Entry, Head
from tocsin.tally.ranges import pack, unpack
from tocsin.tally.refusals import LogRefusal, LogRefusedError
from tocsin.tally.shelf import CHECKPOINT
from tocsin.tally.stored import PIECE, stored_entries
from tocsin.tlog import bundles, note
from tocsin.tlog.bundles import BundleError
from tocsin.tlog.checkpoint import Checkpoint as CheckpointText
from tocsin.tlog.compact import CompactRange
from tocsin.tlog.entry import Entry as AnyEntry
from tocsin.tlog.entry import EntryError, Kind, Sign, Successor, parse
from tocsin.tlog.hashing import leaf_hashes
from tocsin.tlog.tiles import ENTRIES, TILE_WIDTH, tile_of

_TABLE = Entry._meta.db_table  # noqa: SLF001  the table's name is Django's to give


@dataclass(frozen=True, slots=True)
class Plugs:
    """What the features above know and the log does not.

    `campaign_of` gives a campaign's number by its name, or None; `count` and `restore` run in
    the transaction that brings entries in. The one is told of entries that waited here, as when
    they are counted; the other of commitments (32 bytes) of signatures that are in the log at
    an index and did not wait here, and returns how many rows it found for them.
    """

    campaign_of: Callable[[str], int | None]
    count: Callable[[Sequence[Indexed]], None]
    restore: Callable[[Mapping[bytes, int]], int]


class Recovered(NamedTuple):
    """What came back: the log's size, new entries, signatures whose rows were found, names of unknown campaigns."""

    size: int
    entries: int
    rows: int
    unknown: frozenset[str]


class _Brought(NamedTuple):
    rows: int
    unknown: frozenset[str]


def recover(*, log: Log, copy: LogCopy, plugs: Plugs, now: datetime) -> Recovered:
    """Bring in what `copy` has and this database has not; the caller holds the sequencer's place.

    Raises CopyError when the copy will not do, and LogRefusedError when the database itself is
    not the beginning of the log.
    """
    text = copy.text(CHECKPOINT)
    if text is None:
        message = f"there is no checkpoint in {copy.place}: give a copy of the log with --from"
        raise CopyError(message)
    signed = open_own(log, text)
    head, _ = Head.objects.get_or_create(id=1)
    ends = _verify(log, copy, signed, head)
    before = head.size
    rows, unknown = 0, frozenset[str]()
    while head.size < signed.size:
        brought = _bring(copy, head, ends, plugs)
        rows, unknown = rows + brought.rows, unknown | brought.unknown
        head = Head.objects.get()
    if head.published < signed.size:
        _take_checkpoint(log, head, signed, text, now)
    return Recovered(signed.size, max(0, signed.size - before), rows, unknown)


def _verify(log: Log, copy: LogCopy, signed: CheckpointText, head: Head) -> dict[int, bytes]:
    """Return the packed range at the end of each piece, once the whole copy was checked."""
    known = {signed.size: signed.root}
    for remembered in _remembered(log):
        if remembered.size > signed.size:
            message = f"{copy.place} ends at {signed.size} entries, and {remembered.size} were published"
            raise CopyError(message)
        if known.setdefault(remembered.size, remembered.root) != remembered.root:
            raise CopyError(_other(copy, remembered.size))
    here = unpack(head.size, head.peaks)
    grown, ends = CompactRange(), {}
    stops = sorted({*known, *range(PIECE, signed.size, PIECE), *([head.size] if head.size <= signed.size else [])})
    for stop in stops:
        for entries in _entries(copy, grown.size, stop, signed.size):
            grown.extend(leaf_hashes(entries))
        ends[stop] = pack(grown)
        if stop in known and grown.root() != known[stop]:
            raise CopyError(_other(copy, stop))
    # Only now: until the copy has shown that it is the log, a difference is its fault.
    if ends.get(head.size, pack(here)) != pack(here):
        raise LogRefusedError(LogRefusal.OTHER_HISTORY, f"at {head.size} entries")
    return ends


def _remembered(log: Log) -> list[CheckpointText]:
    texts = (log.memory.read(), log.shelf.text(CHECKPOINT))
    return [open_own(log, text) for text in texts if text is not None]


def _other(copy: LogCopy, size: int) -> str:
    return f"what {copy.place} holds is not what was signed at {size} entries: take another copy with --from"


def _entries(copy: LogCopy, begin: int, end: int, size: int) -> Iterator[list[bytes]]:
    """Yield the entries from `begin` to `end` of a copy of `size` entries."""
    while begin < end:
        tile = tile_of(ENTRIES, begin, size)
        try:
            found = bundles.decode(copy.read(tile), width=tile.width)
        except BundleError as error:
            message = f"{tile.path} in {copy.place} is no bundle: {error}"
            raise CopyError(message) from error
        stop = min(end, tile.begin + TILE_WIDTH)
        yield found[begin - tile.begin : stop - tile.begin]
        begin = stop


def _bring(copy: LogCopy, head: Head, ends: Mapping[int, bytes], plugs: Plugs) -> _Brought:
    """Bring in the entries up to the next end, if they still are what was verified."""
    end = min(stop for stop in ends if stop > head.size)
    size = max(ends)
    entries = [entry for some in _entries(copy, head.size, end, size) for entry in some]
    grown = unpack(head.size, head.peaks)
    grown.extend(leaf_hashes(entries))
    if pack(grown) != ends[end]:
        raise CopyError(_other(copy, end))
    names = [_name_of(entry) for entry in entries]
    campaigns = {name: plugs.campaign_of(name) or 0 for name in set(names) - {""}} | {"": 0}
    with db.transaction():
        kinds = [entry[1] for entry in entries]
        rows = [(head.size + at, campaigns[names[at]], kinds[at], entry) for at, entry in enumerate(entries)]
        db.insert_many(_TABLE, ("index", "campaign", "kind", "entry"), rows)
        move_head(head, entries)
        found = _tell(head.size, entries, plugs)
    return _Brought(found, frozenset(name for name, campaign in campaigns.items() if name and not campaign))


def _tell(begin: int, entries: Sequence[bytes], plugs: Plugs) -> int:
    """Take what waited out of the queue, and let the rows learn their indexes; return how many did."""
    waited = take_waiting_of(entries)
    indexed, others = [], {}
    for index, entry in enumerate(entries, start=begin):
        if (queued := waited.get(entry)) is not None:
            indexed.append(Indexed(index, queued.campaign, queued.kind, queued.ref))
        elif isinstance(said := _read(entry), Sign):
            others[said.commitment] = index
    plugs.count(indexed)
    return len([one for one in indexed if one.kind is Kind.SIGN]) + plugs.restore(others)


def _take_checkpoint(log: Log, head: Head, signed: CheckpointText, text: str, now: datetime) -> None:
    """Take over the copy's checkpoint: remembered first, then stored, as when it was signed."""
    came, grown = Kinds(), unpack(head.published, head.published_peaks)
    for piece in stored_entries(head.published, signed.size):
        came += kinds_of(piece, skip=head.counted - grown.size)
        grown.extend(piece.leaves)
    ours = {(key.name, key.key_id) for key in log.verifiers}
    parsed = note.parse(text)
    own = tuple(one for one in parsed.signatures if (one.name, one.key_id) in ours)
    own_note = str(note.Note(parsed.text, own))
    log.memory.write(own_note)
    newest = store(Standing(head, None), grown, own_note, came, now.date())
    others = "".join(one.line for one in parsed.signatures if one not in own)
    Checkpoint.objects.filter(pk=newest.pk).update(cosignatures=others)


def _name_of(entry: bytes) -> str:
    """Return the campaign that an entry names; "" when it names none."""
    said = _read(entry)
    return "" if said is None or isinstance(said, Successor) else said.campaign


def _read(data: bytes) -> AnyEntry | None:
    try:
        return parse(data)
    except EntryError:
        return None  # a fault of the log that every audit names; it keeps its place
