"""The time, read at the website's door, and told in a campaign's own zone."""

from datetime import UTC, datetime

from tocsin.kit.zones import zone_of


def clock() -> datetime:
    """Return the time; views and pages read it here and hand it on."""
    return datetime.now(UTC)


def in_zone(at: datetime, zone: str) -> datetime:
    """Return the same moment on the clocks of `zone`, or in UTC when there is no such zone."""
    return at.astimezone(zone_of(zone))
