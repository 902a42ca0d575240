"""Read what somebody typed who says how many came: what is wrong depends on that alone."""

import re
from collections.abc import Mapping
from typing import Final

from tocsin.rallies.domain.headcounts import MOST_PEOPLE, Reported, refusals_of_report, settled_report
from tocsin.rallies.refusals import Refusal, Refused
from tocsin.rallies.states import Source

# Whom a visitor can report for: only a host's own link speaks for the host.
OFFERED: Final = (Source.ATTENDEE, Source.PRESS, Source.POLICE)
# What people write between the digits of a thousand: space, dot, comma, apostrophe, in any script.
_SEPARATORS: Final = re.compile(r"(?<=\d)[\s.,'’٬·\u00a0\u202f](?=\d{3}(?!\d))")
_MOST_DIGITS: Final = 9


def read_report(values: Mapping[str, str]) -> Reported | tuple[Refused, ...]:
    """Return the form of somebody who was there or read of it, or everything that is wrong with it."""
    counts: dict[str, int] = {}
    refused: list[Refused] = []
    for name in ("low", "high"):
        number = _number(values.get(name, ""))
        if isinstance(number, Refusal):
            refused.append(Refused(name, number, f"0 – {MOST_PEOPLE}"))
        counts[name] = number if isinstance(number, int) else 0
    reported = settled_report(
        Reported(
            low=counts["low"],
            high=counts["high"],
            method=values.get("method", ""),
            source=values.get("source", ""),
            source_name=values.get("source_name", ""),
            url=values.get("url", ""),
            note=values.get("note", ""),
            photo_caption=values.get("photo_caption", ""),
            photo_credit=values.get("photo_credit", ""),
        )
    )
    if reported.source not in OFFERED:
        refused.append(Refused("source", Refusal.WRONG_CHOICE))
    # What is no number stands as 0 here: it is not smaller than the other one, it is wrong already.
    known = {one.field for one in refused}
    known |= {"high"} if "low" in known else set()
    refused.extend(one for one in refusals_of_report(reported) if one.field not in known)
    return tuple(refused) or reported


def _number(typed: str) -> int | Refusal:
    bare = typed.strip()
    while (joined := _SEPARATORS.sub("", bare)) != bare:
        bare = joined
    if not bare:
        return Refusal.EMPTY
    return int(bare) if bare.isdecimal() and len(bare) <= _MOST_DIGITS else Refusal.NUMBER_SHAPE
