"""Keys per rally, beside the pepper: they seal its hosts, who comes, and a private address.

A key is destroyed a fortnight after the rally's last date (states.KEY_DAYS); from then on nothing
opens what lay under it, in no backup either.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from tocsin.kit import keyfiles
from tocsin.kit.addresses import Address
from tocsin.kit.framing import lp, mac, sub
from tocsin.seal.box import KEY_BYTES, Box

TAG_BYTES = 16
# A copy that somebody has put beside the keys, "12 (copy).key", is none of ours.
_NUMBER = re.compile(r"[1-9]\d{0,17}", re.ASCII)


class RallyKeyGoneError(Exception):
    """The rally's key was destroyed, or never lay on this machine: what it sealed cannot be opened."""


def folder() -> Path:
    """Return the folder of the rallies' keys."""
    return keyfiles.keys_dir() / "rally"


def seal(rally: int, purpose: str, content: Mapping[str, Any]) -> bytes:
    """Return `content` as JSON, sealed under the rally's key, which is made with the first use.

    Ask only for a rally that has dates to come: the key of one that is over must not be made again.
    """
    return _box(_key(rally)).seal(_purpose(rally, purpose), orjson.dumps(content))


def unseal(rally: int, purpose: str, sealed: bytes) -> dict[str, Any]:
    """Return what was sealed for the same rally and purpose; raises RallyKeyGoneError, or BoxBrokenError."""
    try:
        key = keyfiles.read(path_of(rally), KEY_BYTES)
    except FileNotFoundError as error:
        message = f"rally {rally} has no key on this machine"
        raise RallyKeyGoneError(message) from error
    content: dict[str, Any] = orjson.loads(_box(key).open(_purpose(rally, purpose), bytes(sealed)))
    return content


def rsvp_tag(rally: int, address: Address) -> bytes:
    """Return the 16 bytes that are the same for each RSVP of one mailbox to one rally, and end with its key."""
    return mac(sub(_key(rally), "rsvp-tag"), address.mailbox.encode())[:TAG_BYTES]


def host_tag(campaign: str, address: Address) -> bytes:
    """Return the 16 bytes by which a campaign knows a host again, in its other rallies."""
    return mac(keyfiles.server_key("rally-hosts"), lp(campaign.encode(), address.mailbox.encode()))[:TAG_BYTES]


def destroy(rally: int) -> bool:
    """Destroy a rally's key; False when there was none."""
    return keyfiles.destroy(path_of(rally))


def kept() -> list[int]:
    """Return the rallies whose keys lie here."""
    stems = [path.stem for path in keyfiles.paths(folder())]
    return sorted(int(stem) for stem in stems if _NUMBER.fullmatch(stem))


def path_of(rally: int) -> Path:
    """Return where a rally's key lies."""
    return folder() / f"{rally}.key"


def _key(rally: int) -> bytes:
    return keyfiles.read_or_make(path_of(rally), KEY_BYTES)


@lru_cache(maxsize=256)
def _box(key: bytes) -> Box:
    return Box(key)


def _purpose(rally: int, purpose: str) -> bytes:
    return f"rally/{rally}/{purpose}".encode()
