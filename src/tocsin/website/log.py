"""What pages say of the log, read from what it has published: never from its private keys."""

from tocsin.tally.log import own_shelf
from tocsin.tally.shelf import VKEY


def vkeys() -> list[str]:
    """Return the log's public keys as text, the one in use for longer first; none before the first publishing."""
    return (own_shelf().text(VKEY) or "").split()
