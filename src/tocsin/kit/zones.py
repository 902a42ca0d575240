"""Clocks of the world by name, as the campaign's own machine knew them."""

from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


# ZoneInfo itself holds on to eight zones: a calendar of the whole world would read its files 10,000 times.
@lru_cache(maxsize=1024)
def zone_of(name: str) -> tzinfo:
    """Return the zone that `name` stands for, or UTC where this machine knows none of that name.

    A zone is checked when a campaign is written, but the page may be made on a machine with older time zone data.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: "Europe" is a folder, and a name may be too long
        return UTC
