"""Which entries a sample audit opens: derived from a public seed, so that anyone draws the same ones.

    draw i  = SHA-256( lp("tocsin/v1/sample", campaign, u64 size, root, seed, u64 i) ), as a number
    place i = draw i mod n; a draw at or above the highest multiple of n is passed over
    sample  = the first k different places of the campaign's n live signatures, in the order of the log

Live are sign entries below `size` that no withdrawal below `size` names. Pure; docs/organise/audit.md
shows it by example.
"""

from array import array
from collections.abc import Iterable
from itertools import count
from math import ceil, log
from typing import Final

from tocsin.kit.framing import dh
from tocsin.tlog.entry import Sign, Withdraw, parse

SAMPLES: Final = 149
_DRAWS: Final = 2**256


def live_indexes(entries: Iterable[tuple[int, bytes]], campaign: str) -> "array[int]":
    """Return the indexes of a campaign's signatures that were not withdrawn, rising; eight bytes each.

    `entries` are (index, bytes) in the order of the log.
    """
    signed = array("Q")
    gone: set[int] = set()
    for index, data in entries:
        match parse(data):
            case Sign(name, _) if name == campaign:
                signed.append(index)
            case Withdraw(name, withdrawn, _) if name == campaign:
                gone.add(withdrawn)
            case _:
                pass
    return array("Q", (index for index in signed if index not in gone)) if gone else signed


def draw(*, campaign: str, size: int, root: bytes, seed: str, population: int, samples: int) -> list[int]:
    """Return up to `samples` different places below `population`, in the order they were drawn."""
    wanted = min(samples, population)
    places: dict[int, None] = {}
    bound = _DRAWS - _DRAWS % population if population else 0
    for number in count():
        if len(places) == wanted:
            break
        digest = dh("sample", campaign.encode(), _u64(size), root, seed.encode(), _u64(number))
        drawn = int.from_bytes(digest, "big")
        if drawn < bound:
            places[drawn % population] = None
    return list(places)


def would_show(share: float, samples: int) -> float:
    """Return how likely a sample holds at least one forged entry when `share` of all are forged."""
    return 1 - (1 - share) ** samples


def samples_for(share: float, likelihood: float) -> int:
    """Return how many samples show a forged `share` with at least this likelihood: 149 for 2 % and 95 %."""
    return ceil(log(1 - likelihood) / log(1 - share))


def _u64(number: int) -> bytes:
    return number.to_bytes(8, "big")
