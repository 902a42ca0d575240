"""What a client accepts, and what it has already: Accept-Encoding and If-None-Match."""

from collections.abc import Set as AbstractSet
from functools import lru_cache

_SHOWN_BROWSERS = 256


@lru_cache(maxsize=_SHOWN_BROWSERS)
def takes_gzip(accept_encoding: str) -> bool:
    """Say whether gzip may be sent (RFC 9110, section 12.5.3); browsers send few different lines."""
    for choice in accept_encoding.split(","):
        coding, _, weight = choice.partition(";")
        if coding.strip().lower() in {"gzip", "*"}:
            return weight.replace(" ", "").lower() not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def has_already(if_none_match: str, tags: AbstractSet[str]) -> bool:
    """Say whether one of `tags` is among what the client has (RFC 9110, section 13.1.2: compared weakly)."""
    if if_none_match.strip() == "*":
        return bool(tags)
    return any(tag.strip().removeprefix("W/") in tags for tag in if_none_match.split(","))
