"""A log that follows another one: it names it first, and then takes over all of its entries, in their order.

    new log    0                   successor of (origin, size, root)
               1 … size            the old log's entries 0 … size - 1, each one place further
               from size + 1 on    what came after

An entry taken over is the same bytes, but for a withdrawal: it names the place that its signature has
now. So whoever has the new log makes the old one's root again, and needs neither its files nor its key
(docs/spec/succession.md). A log that had followed another begins with that one's name: of three logs
the third begins with two such entries, the nearest first.
"""

from collections.abc import Iterable, Sequence

from tocsin.tlog.compact import CompactRange
from tocsin.tlog.entry import EntryError, Kind, Successor, Withdraw, parse, withdraw
from tocsin.tlog.hashing import leaf_hashes

MOST_LOGS = 100
"""So many a log can follow, far above what happens: a bound for whoever makes their roots again."""
_WITHDRAW = bytes([1, Kind.WITHDRAW])


def taken_over(entry: bytes, places: int = 1) -> bytes:
    """Return an entry of the old log as it stands in the new one, `places` further; with -places, the way back."""
    if not entry.startswith(_WITHDRAW):
        return entry
    try:
        said = parse(entry)
    except EntryError:
        return entry  # a fault is taken over as it is, and every audit goes on naming it
    if not isinstance(said, Withdraw) or said.index + places < 0:
        return entry
    return withdraw(said.campaign, said.index + places, said.reason)


class Predecessor:
    """The root of a log that was taken over, made again from its successor's entries; `places` is 1 for the nearest."""

    def __init__(self, places: int = 1) -> None:
        self._places = places
        self._made = CompactRange()

    @property
    def size(self) -> int:
        """How many of its entries were added so far."""
        return self._made.size

    def add(self, entries: Iterable[bytes]) -> None:
        """Add the next entries, as they stand in the successor, beginning with the one at index `places`."""
        self._made.extend(leaf_hashes([taken_over(entry, -self._places) for entry in entries]))

    def root(self) -> bytes:
        """Return the root over what was added, 32 bytes."""
        return self._made.root()


class TakenOver:
    """The logs that a log follows, nearest first, and their roots, made again in one pass over its entries.

    Of each one the root is made at the size that it is said to have ended with, and at those that were `asked` for.
    """

    def __init__(self) -> None:
        self.logs: list[Successor] = []
        self._made: list[Predecessor] = []
        self._sizes: list[list[int]] = []  # those still to be reached, of each log
        self._asked: list[tuple[str, int]] = []
        self._roots: dict[tuple[int, int], bytes] = {}
        self._size = 0

    def ask(self, origin: str, size: int) -> None:
        """Make a log's root at another size too, should it be one of these; asked before any entry is added."""
        self._asked.append((origin, size))

    def add(self, entries: Sequence[bytes]) -> None:
        """Take in the log's next entries."""
        if self._size == len(self.logs):  # nothing but names until now
            for log in predecessors(entries)[: MOST_LOGS - len(self.logs)]:
                self._begin(log)
        for places, sizes in enumerate(self._sizes, start=1):
            if sizes:
                self._feed(places, sizes, entries[max(0, places - self._size) :])
        self._size += len(entries)

    def root(self, places: int, size: int) -> bytes | None:
        """Return the root (32 bytes) of the log whose entries stand `places` further; None: so many are not there."""
        return self._roots.get((places, size))

    def _begin(self, log: Successor) -> None:
        self.logs.append(log)
        self._made.append(Predecessor(len(self.logs)))
        self._sizes.append(sorted({log.size, *(size for origin, size in self._asked if origin == log.origin)}))

    def _feed(self, places: int, sizes: list[int], entries: Sequence[bytes]) -> None:
        made = self._made[places - 1]
        while sizes and (missing := sizes[0] - made.size) <= len(entries):
            made.add(entries[:missing])
            self._roots[places, sizes.pop(0)] = made.root()
            entries = entries[missing:]
        if sizes:
            made.add(entries)


def predecessors(entries: Sequence[bytes]) -> list[Successor]:
    """Return the logs that a log's first entries name, the nearest first, MOST_LOGS at the most."""
    found: list[Successor] = []
    for entry in entries[:MOST_LOGS]:
        try:
            said = parse(entry)
        except EntryError:
            break
        if not isinstance(said, Successor):
            break
        found.append(said)
    return found
