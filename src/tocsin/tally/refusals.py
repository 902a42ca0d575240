"""Why the log is not signed; the names are also metrics and test ids."""

from enum import StrEnum


class LogRefusal(StrEnum):
    """What was found before signing. Each stops the count, and pages go on with the last number."""

    DATABASE_BEHIND = "database-behind"
    """A checkpoint was signed that is larger than this database: it was restored from a backup."""
    OTHER_HISTORY = "other-history"
    """A checkpoint was signed over other entries than this database has."""
    MEMORY_LOST = "memory-lost"
    """The database says that something was published; neither the tiles nor the last checkpoint do."""
    TILE_MISSING = "tile-missing"
    """A tile of the published log is not where it was written."""
    TILE_DIFFERS = "tile-differs"
    """A tile does not hold, read from the disk, what the log has there."""
    ENTRY_DIFFERS = "entry-differs"
    """An entry in the database is not what it was when it was given its index."""
    OTHER_KEY = "other-key"
    """The last checkpoint is not signed by this log's key, or under another name."""
    MOVED = "moved"
    """Another sequencer published meanwhile."""


_WORDS = {
    LogRefusal.DATABASE_BEHIND: "the database is older than the log that was published",
    LogRefusal.OTHER_HISTORY: "the database has other entries than the log that was published",
    LogRefusal.MEMORY_LOST: "the log's folder and its last checkpoint are gone",
    LogRefusal.TILE_MISSING: "a file of the published log is missing",
    LogRefusal.TILE_DIFFERS: "a file of the published log is not what it should be",
    LogRefusal.ENTRY_DIFFERS: "an entry in the database changed after it was given its index",
    LogRefusal.OTHER_KEY: "the last checkpoint is not signed by this log's key",
    LogRefusal.MOVED: "another sequencer is at work",
}
_RECOVER = "type 'tocsin tally recover'"
_MENDS = {
    LogRefusal.DATABASE_BEHIND: _RECOVER,
    LogRefusal.OTHER_HISTORY: "restore the database from its newest backup, then " + _RECOVER,
    LogRefusal.MEMORY_LOST: "bring back TOCSIN_TALLY, or type 'tocsin tally recover --from' with a copy's address",
    LogRefusal.TILE_MISSING: _RECOVER,
    LogRefusal.TILE_DIFFERS: _RECOVER,
    LogRefusal.ENTRY_DIFFERS: "restore the database from its newest backup, then " + _RECOVER,
    LogRefusal.OTHER_KEY: "bring back log.key into the keys folder, or the old name in TOCSIN_LOG_ORIGIN",
    LogRefusal.MOVED: "stop the other worker",
}


class LogRefusedError(Exception):
    """The log was not signed; `reason` says why, `about` where, and the message how it is mended."""

    def __init__(self, reason: LogRefusal, about: str = "") -> None:
        self.reason = reason
        self.about = about
        where = f" ({about})" if about else ""
        super().__init__(f"{_WORDS[reason]}{where}: {_MENDS[reason]}")


def words_of(refusal: str) -> str:
    """Return what a stored refusal means, and its mend."""
    return str(LogRefusedError(LogRefusal(refusal)))
