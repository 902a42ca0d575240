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


def predecessors(entries: Sequence[bytes]) -> list[Successor]:
    """Return the logs that a log's first entries name, the nearest first."""
    found: list[Successor] = []
    for entry in entries:
        try:
            said = parse(entry)
        except EntryError:
            break
        if not isinstance(said, Successor):
            break
        found.append(said)
    return found
