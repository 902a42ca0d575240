"""Recounting: what the entries of a log say, added up by the rules and by nobody's word (docs/spec/recount.md).

A campaign's number is its signatures less its withdrawals. A withdrawal counts when it names an
earlier signature of the same campaign that no other has withdrawn; each one that does not is a
fault of the log, is named, and changes no number.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tocsin.tlog.entry import (
    EntryError,
    Reason,
    SealingKey,
    Sign,
    Successor,
    TextVersion,
    Withdraw,
    parse,
    sign,
)
from tocsin.tlog.hashing import HASH_BYTES
from tocsin.tlog.succession import MOST_LOGS


class LogFault(StrEnum):
    """What can be wrong with an entry."""

    MALFORMED = "malformed"
    WITHDRAWS_LATER = "withdraws-later"
    WITHDRAWS_BEYOND_SIZE = "withdraws-beyond-size"
    WITHDRAWS_NO_SIGNATURE = "withdraws-no-signature"
    WITHDRAWS_OTHER_CAMPAIGN = "withdraws-other-campaign"
    WITHDRAWS_TWICE = "withdraws-twice"
    SUCCESSOR_NOT_FIRST = "successor-not-first"


@dataclass(frozen=True, slots=True)
class Fault:
    """An entry that breaks the rules: where it stands, and which rule; `target` is the index a withdrawal names."""

    index: int
    fault: LogFault
    campaign: str = ""
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """A text's or a key's hash, 32 bytes, and the index of the entry that published it."""

    index: int
    digest: bytes


@dataclass(slots=True)
class Tally:
    """One campaign's figures."""

    signs: int = 0
    reasons: dict[Reason, int] = field(default_factory=lambda: dict.fromkeys(Reason, 0))
    texts: list[Published] = field(default_factory=list)
    keys: list[Published] = field(default_factory=list)

    @property
    def withdrawals(self) -> int:
        """How many signatures left the number, for whatever reason."""
        return sum(self.reasons.values())

    @property
    def count(self) -> int:
        """The campaign's number."""
        return self.signs - self.withdrawals


@dataclass(frozen=True, slots=True)
class Result:
    """What a log of `size` entries says: figures by campaign, the logs it follows, nearest first, and its faults."""

    size: int
    campaigns: dict[str, Tally]
    predecessors: tuple[Successor, ...]
    faults: list[Fault]


class Recount:
    """Adds up a log's entries, given from the first on in pieces of any length.

    Nearly all entries of a log are signatures, and building an object for each would take longer
    than the hashing. A signature is all of its bytes but the last 32: that much of it, once parsed
    strictly, is looked up from then on, and what is kept of it is four bytes, the campaign's number.
    """

    def __init__(self) -> None:
        # The number 0 says: no signature at this index. Four bytes an entry: a log of ten million fits in 40 MB.
        self._owners = array("I")
        self._names = [""]
        self._numbers: dict[bytes, int] = {}
        self._campaigns: dict[str, Tally] = {}
        self._withdrawn: set[int] = set()
        self._later: list[Fault] = []
        self._faults: list[Fault] = []
        self._predecessors: list[Successor] = []

    @property
    def size(self) -> int:
        """How many entries were added so far."""
        return len(self._owners)

    def add(self, entries: Sequence[bytes]) -> None:
        """Add the log's next entries."""
        numbers = self._numbers
        heads = [entry[:-HASH_BYTES] for entry in entries]
        try:
            self._owners.extend([numbers[head] for head in heads])
        except KeyError:  # something else than a signature of a campaign seen before
            for head, entry in zip(heads, entries, strict=True):
                self._owners.append(numbers.get(head) or self._other(entry))

    def result(self) -> Result:
        """Return what the entries so far say."""
        signs = self._signs()
        for name, tally in self._campaigns.items():
            tally.signs = signs.get(name, 0)
        faults = self._faults + [self._late(fault) for fault in self._later]
        campaigns = dict(sorted(self._campaigns.items()))
        return Result(self.size, campaigns, tuple(self._predecessors), sorted(faults, key=lambda fault: fault.index))

    def is_live(self, index: int) -> bool:
        """Say whether the entry at `index` is a signature that no other entry so far has withdrawn."""
        return 0 <= index < self.size and self._owners[index] > 0 and index not in self._withdrawn

    def _signs(self) -> dict[str, int]:
        counts = [0] * len(self._names)
        for number in self._owners:
            counts[number] += 1
        return dict(zip(self._names[1:], counts[1:], strict=True))

    def _other(self, data: bytes) -> int:
        """Take in an entry that is not a signature of a campaign seen before; return what stands in `_owners`."""
        index = self.size
        try:
            entry = parse(data)
        except EntryError:
            self._faults.append(Fault(index, LogFault.MALFORMED))
            return 0
        match entry:
            case Sign(campaign):
                return self._number(campaign)
            case Withdraw():
                self._withdraw(index, entry)
            case TextVersion(campaign, digest):
                self._tally(campaign).texts.append(Published(index, digest))
            case SealingKey(campaign, digest):
                self._tally(campaign).keys.append(Published(index, digest))
            case Successor():
                self._follow(index, entry)
        return 0

    def _number(self, campaign: str) -> int:
        head = sign(campaign, bytes(HASH_BYTES))[:-HASH_BYTES]
        self._tally(campaign)
        self._names.append(campaign)
        return self._numbers.setdefault(head, len(self._names) - 1)

    def _tally(self, campaign: str) -> Tally:
        return self._campaigns.setdefault(campaign, Tally())

    def _withdraw(self, index: int, entry: Withdraw) -> None:
        fault = self._fault_of(index, entry)
        if fault is None:
            self._withdrawn.add(entry.index)
            self._tally(entry.campaign).reasons[entry.reason] += 1
            return
        found = Fault(index, fault, entry.campaign, entry.index)
        (self._later if fault == LogFault.WITHDRAWS_LATER else self._faults).append(found)

    def _fault_of(self, index: int, entry: Withdraw) -> LogFault | None:
        if entry.index >= index:
            return LogFault.WITHDRAWS_LATER
        owner = self._owners[entry.index]
        if not owner:
            return LogFault.WITHDRAWS_NO_SIGNATURE
        if self._names[owner] != entry.campaign:
            return LogFault.WITHDRAWS_OTHER_CAMPAIGN
        return LogFault.WITHDRAWS_TWICE if entry.index in self._withdrawn else None

    def _follow(self, index: int, entry: Successor) -> None:
        # A log that follows one that had followed another has taken over that one's first entry (tlog.succession).
        if index == len(self._predecessors) < MOST_LOGS:
            self._predecessors.append(entry)
        else:
            self._faults.append(Fault(index, LogFault.SUCCESSOR_NOT_FIRST))

    def _late(self, fault: Fault) -> Fault:
        # Only at the end is it known whether what a withdrawal names came later, or never.
        is_beyond = fault.target is not None and fault.target >= self.size
        return replace(fault, fault=LogFault.WITHDRAWS_BEYOND_SIZE) if is_beyond else fault


def recount(entries: Iterable[bytes]) -> Result:
    """Return what a log of these entries, from the first on, says."""
    count = Recount()
    count.add(list(entries))
    return count.result()
