"""Clocks by name: one that this machine does not know is no reason to fail."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from tocsin.kit.zones import zone_of


def test_a_known_zone_is_itself() -> None:
    assert zone_of("Asia/Tokyo") == ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize("name", ["Nowhere/At_All", "", "Europe", "/etc/passwd", "../../etc/passwd", "a\0b", "x" * 300])
def test_what_this_machine_knows_no_clock_for_is_utc(name: str) -> None:
    assert zone_of(name) is UTC
