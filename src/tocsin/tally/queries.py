"""What can be asked of the log. Numbers speak for the published size, and name it."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Subquery

from tocsin.tally.log import own_shelf
from tocsin.tally.models import Checkpoint, Count, DayCount, Entry, Head, QueuedEntry, Witness
from tocsin.tally.reading import read_or_cut
from tocsin.tally.witnesses import own_witnesses
from tocsin.tlog import succession
from tocsin.tlog.entry import Kind, Reason, Sign, Successor, Withdraw, parse, withdraw
from tocsin.tlog.proofs import prove_consistency, prove_inclusion
from tocsin.tlog.tiles import nodes_of

_AT_ONCE = 5_000
_CHECKPOINT = Checkpoint._meta.db_table  # noqa: SLF001  the table's name is Django's to give


class CountAt(NamedTuple):
    """A campaign's numbers, and the size of the log they speak for."""

    signs: int
    withdrawals: int
    size: int

    @property
    def number(self) -> int:
        """The public number."""
        return self.signs - self.withdrawals


class LogStanding(NamedTuple):
    """How many entries have an index, how many are published, and why nothing is signed at present, if so."""

    size: int
    published: int
    refusal: str


class Published(NamedTuple):
    """The newest checkpoint: its size, its root (32 bytes), and the signed note with what witnesses added to it."""

    size: int
    root: bytes
    note: str


class ReceiptParts(NamedTuple):
    """What a receipt for one entry needs of the log: the inclusion proof, hash by hash, and the signed note."""

    proof: tuple[bytes, ...]
    note: str


class Cosigned(NamedTuple):
    """How far a witness has vouched for the log, and when it last did, by its own clock."""

    witness: str
    size: int
    at: datetime


class LoggedWithdrawal(NamedTuple):
    """A withdrawal in the log: of the signature at index `target`, whose entry says `commitment` (C, 32 bytes)."""

    target: int
    commitment: bytes
    reason: Reason


class Day(NamedTuple):
    """What was published on one day (UTC) of one campaign."""

    day: date
    signs: int
    withdrawals: int


def counts() -> dict[int, CountAt]:
    """Return the numbers of every campaign that has any, read at one moment."""
    size = Subquery(Head.objects.values("published")[:1])
    rows = Count.objects.annotate(log_size=size).values_list("campaign", "signs", "withdrawals", "log_size")
    return {campaign: CountAt(signs, withdrawals, at or 0) for campaign, signs, withdrawals, at in rows}


def count_of(campaign: int) -> CountAt:
    """Return one campaign's numbers."""
    return counts().get(campaign) or CountAt(0, 0, published_size())


def days_of(campaign: int) -> list[Day]:
    """Return what each day added to a campaign's number, oldest first; days on which nothing came are left out.

    The dates are this server's word: the log itself has none.
    """
    rows = DayCount.objects.filter(campaign=campaign).order_by("day")
    return [Day(*row) for row in rows.values_list("day", "signs", "withdrawals")]


def log_size() -> int:
    """Return how many entries have an index, published or not."""
    return Head.objects.values_list("size", flat=True).first() or 0


def published_size() -> int:
    """Return how many entries the newest checkpoint speaks for."""
    return Head.objects.values_list("published", flat=True).first() or 0


def published() -> Published | None:
    """Return the newest checkpoint; None before the first publishing."""
    with connection.cursor() as cursor:  # asked for each receipt: the ORM would take a fifth of the whole time
        cursor.execute(f'SELECT size, root, note, cosignatures FROM "{_CHECKPOINT}" ORDER BY size DESC LIMIT 1')  # noqa: S608  our own name
        row = cursor.fetchone()
    if row is None:
        return None
    size, root, note, cosignatures = row
    return Published(size, bytes(root), note + cosignatures)


def cosigned() -> list[Cosigned]:
    """Return the witnesses of the settings that have vouched for this log, furthest first; none: not yet witnessed.

    Compare `size` with the published one: a witness that is away stays behind, and catches up in one step.
    """
    names = [witness.name for witness in own_witnesses()]
    rows = Witness.objects.filter(name__in=names).order_by("-size", "name").values_list("name", "size", "cosigned_at")
    return [Cosigned(name, size, at) for name, size, at in rows if at is not None]


def consistency_proof(old: int, size: int) -> list[bytes]:
    """Return the proof that the published log of `size` entries begins with that of `old`, to be shown to a witness.

    Raises FileNotFoundError when this machine does not have the published files.
    """
    return prove_consistency(old, size, nodes_of(size, partial(read_or_cut, own_shelf())))


def receipt_parts(index: int) -> ReceiptParts | None:
    """Return the proof and note for the entry at `index`; None while no checkpoint speaks for it.

    Raises FileNotFoundError when this machine does not have the published files.
    """
    newest = published()
    if newest is None or not 0 <= index < newest.size:
        return None
    node = nodes_of(newest.size, partial(read_or_cut, own_shelf()))
    return ReceiptParts(tuple(prove_inclusion(index, newest.size, node)), newest.note)


def logged_withdrawals() -> Iterator[LoggedWithdrawal]:
    """Yield every withdrawal that has an index, in the order of the log; of a broken one nothing is said."""
    rows = Entry.objects.filter(kind=Kind.WITHDRAW).order_by("index").values_list("entry", flat=True)
    source = rows.iterator(chunk_size=_AT_ONCE)
    while some := list(islice(source, _AT_ONCE)):
        said = [one for one in map(parse, map(bytes, some)) if isinstance(one, Withdraw)]
        targets = Entry.objects.filter(index__in=[one.index for one in said], kind=Kind.SIGN)
        signed = {index: parse(bytes(data)) for index, data in targets.values_list("index", "entry")}
        for one in said:
            target = signed.get(one.index)
            if isinstance(target, Sign) and target.campaign == one.campaign:
                yield LoggedWithdrawal(one.index, target.commitment, one.reason)


def newest_entry(campaign: int, kind: Kind) -> bytes | None:
    """Return a campaign's newest entry of a rare kind (not of signing or withdrawing), waiting ones included."""
    waiting = QueuedEntry.objects.filter(campaign=campaign, kind=kind).values_list("entry", flat=True).first()
    if waiting is not None:
        return bytes(waiting)
    # "kind > 2" for the index, which holds only those.
    stored = Entry.objects.filter(campaign=campaign, kind__gt=Kind.WITHDRAW, kind=kind).order_by("-index")
    found = stored.values_list("entry", flat=True).first()
    return None if found is None else bytes(found)


def entry_at(index: int) -> bytes | None:
    """Return the entry that has this index, as its bytes; None past the log's end."""
    found = Entry.objects.filter(index=index).values_list("entry", flat=True).first()
    return None if found is None else bytes(found)


def predecessors() -> list[Successor]:
    """Return the logs that this one follows and has taken over, the nearest first; there is hardly ever one."""
    first = Entry.objects.filter(index__lt=succession.MOST_LOGS).order_by("index").values_list("entry", flat=True)
    return succession.predecessors([bytes(data) for data in first])


def places_further(origin: str) -> int | None:
    """Return how much further a log's entries stand in this one: 0 for itself, None when it does not follow that."""
    origins = [settings.LOG_ORIGIN, *(one.origin for one in predecessors())]
    return origins.index(origin) if origin in origins else None


def is_withdrawn(campaign: str, index: int) -> bool:
    """Say whether the log holds, or is about to hold, a withdrawal of the signature at `index`.

    Reads all that came after it: some seconds on a log of ten million entries.
    """
    spellings = [withdraw(campaign, index, reason) for reason in Reason]
    later = Entry.objects.filter(index__gt=index, kind=Kind.WITHDRAW, entry__in=spellings)
    return later.exists() or QueuedEntry.objects.filter(kind=Kind.WITHDRAW, entry__in=spellings).exists()


def waiting_entries() -> int:
    """Return how many entries wait for an index."""
    return QueuedEntry.objects.count()


def log_refusal() -> str:
    """Return why nothing is signed at present, a LogRefusal; "" when all is well."""
    return Head.objects.values_list("refusal", flat=True).first() or ""


def standing() -> LogStanding:
    """Return how far the log has come, read at one moment."""
    row = Head.objects.values_list("size", "published", "refusal").first()
    return LogStanding(*(row or (0, 0, "")))
