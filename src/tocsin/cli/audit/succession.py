"""A log that follows another: whether all of the old one is in it, and all that we had seen of it."""

from typing import NamedTuple

from tocsin.cli.audit.findings import AuditError, shown
from tocsin.cli.audit.rebuild import Rebuilt
from tocsin.tlog.checkpoint import Checkpoint
from tocsin.tlog.entry import Successor
from tocsin.tlog.signed import SignedCheckpoint


class Followed(NamedTuple):
    """A log that this one follows, and whether this one holds just what that one's last checkpoint was signed over."""

    log: Successor
    is_whole: bool


def look(rebuilt: Rebuilt) -> list[Followed]:
    """Return the logs that were taken over, the nearest first; each one's root was made again from the entries."""
    over = rebuilt.taken_over
    return [Followed(log, over.root(places, log.size) == log.root) for places, log in enumerate(over.logs, start=1)]


def check_seen(rebuilt: Rebuilt, seen: SignedCheckpoint, whose: str) -> None:
    """Raise AuditError unless the log holds the entries of a checkpoint of a log that it follows.

    The checkpoint was asked for (`TakenOver.ask`) before the log was rebuilt. Only so is a new name believed:
    whoever shows another log has to show the old one within it.
    """
    old = seen.checkpoint
    places = places_of(rebuilt, old)
    if places is None:
        words = f"this is another log than {shown(old.origin)} {whose}, and does not say that it follows that"
        raise AuditError.wrong(words=words)
    if rebuilt.taken_over.root(places, old.size) != old.root:
        words = f"this log follows {shown(old.origin)}, and lacks or changes some of its {old.size:,} entries {whose}"
        raise AuditError.wrong(words=words)


def places_of(rebuilt: Rebuilt, old: Checkpoint) -> int | None:
    """Return how many places further the entries of an older log stand in this one; None when it is none of those."""
    logs = rebuilt.taken_over.logs
    return next((at for at, log in enumerate(logs, start=1) if log.origin == old.origin), None)
