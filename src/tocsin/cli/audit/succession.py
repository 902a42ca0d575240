"""A log that follows another: whether all of the old one is in it, and all that we had seen of it."""

from itertools import islice
from typing import NamedTuple

from tocsin.cli.audit.findings import AuditError, shown
from tocsin.cli.audit.rebuild import Rebuilt
from tocsin.tlog.checkpoint import Checkpoint
from tocsin.tlog.entry import Successor
from tocsin.tlog.signed import SignedCheckpoint
from tocsin.tlog.succession import Predecessor

_AT_ONCE = 8_192


class Followed(NamedTuple):
    """A log that this one follows, and whether this one holds just what that one's last checkpoint was signed over."""

    log: Successor
    is_whole: bool


def look(rebuilt: Rebuilt) -> list[Followed]:
    """Return the logs that were taken over, the nearest first; each one's root is made again from the entries."""
    logs = enumerate(rebuilt.recount.result().predecessors, start=1)
    return [Followed(log, _root(rebuilt, places, log.size) == log.root) for places, log in logs]


def check_seen(rebuilt: Rebuilt, seen: SignedCheckpoint, whose: str) -> None:
    """Raise AuditError unless the log holds the entries of a checkpoint of a log that it follows.

    Only so is a new name believed: whoever shows another log has to show the old one within it.
    """
    old = seen.checkpoint
    places = places_of(rebuilt, old)
    if places is None:
        words = f"this is another log than {shown(old.origin)} {whose}, and does not say that it follows that"
        raise AuditError.wrong(words=words)
    if _root(rebuilt, places, old.size) != old.root:
        words = f"this log follows {shown(old.origin)}, and lacks or changes some of its {old.size:,} entries {whose}"
        raise AuditError.wrong(words=words)


def places_of(rebuilt: Rebuilt, old: Checkpoint) -> int | None:
    """Return how many places further the entries of an older log stand in this one; None when it is none of those."""
    logs = rebuilt.recount.result().predecessors
    return next((at for at, log in enumerate(logs, start=1) if log.origin == old.origin), None)


def _root(rebuilt: Rebuilt, places: int, size: int) -> bytes | None:
    """Return the older log's root over `size` entries as it comes out of this one; None when that is too short."""
    if places + size > rebuilt.size:
        return None
    made = Predecessor(places)
    entries = (entry for _, entry in rebuilt.entries(places, places + size))
    while some := list(islice(entries, _AT_ONCE)):
        made.add(some)
    return made.root()
