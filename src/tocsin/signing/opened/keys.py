"""The private keys of an unlocked campaign, as the keeper holds them: one behind the other."""

from tocsin.seal.keyfile import PRIVATE_KEY_BYTES
from tocsin.vault import keeper


def read_keys(door: str) -> list[bytes]:
    """Return the private keys behind a door, none when it is locked or this process has no keeper."""
    try:
        held = keeper.get(door) or b"" if door else b""
    except keeper.KeeperMissingError:
        return []
    return [held[place : place + PRIVATE_KEY_BYTES] for place in range(0, len(held), PRIVATE_KEY_BYTES)]
