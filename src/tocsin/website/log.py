"""What pages say of the log, read from what it has published: never from its private keys."""

from datetime import UTC, datetime
from typing import NamedTuple

from tocsin.tally.log import own_shelf
from tocsin.tally.shelf import VKEY
from tocsin.tlog import note
from tocsin.tlog.checkpoint import Checkpoint
from tocsin.tlog.cosignature import timestamp_of


class Witness(NamedTuple):
    """Somebody else who vouches for a checkpoint, and when they saw it, by their own clock."""

    name: str
    at: datetime


def vkeys() -> list[str]:
    """Return the log's public keys as text, the one in use for longer first; none before the first publishing."""
    return (own_shelf().text(VKEY) or "").split()


def witnesses_of(text: str) -> list[Witness]:
    """Return the witnesses whose signatures stand below a checkpoint of ours.

    They were checked before they were added to it; here they are only read.
    """
    parsed = note.parse(text)
    origin = Checkpoint.from_text(parsed.text).origin
    return [
        Witness(one.name, datetime.fromtimestamp(timestamp_of(one.value), UTC))
        for one in parsed.signatures
        if one.name != origin
    ]
