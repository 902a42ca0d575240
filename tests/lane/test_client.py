"""lane.client: X-Forwarded-For is believed from our own proxies only, and only as far as they know."""

from ipaddress import ip_network

import pytest

from tocsin.lane.client import Networks, client_of

PROXIES = Networks([ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48"), ip_network("::1/128")])
NOBODY = Networks([])


def forwarded(*lines: str) -> str:
    """Return the lines of X-Forwarded-For as an arrival holds them."""
    return ",".join(lines)


def test_without_proxies_nobody_is_believed() -> None:
    assert client_of("192.0.2.7", forwarded("198.51.100.1"), NOBODY) == "192.0.2.7"


def test_a_stranger_is_not_believed_where_there_are_proxies() -> None:
    assert client_of("192.0.2.7", forwarded("198.51.100.1"), PROXIES) == "192.0.2.7"


@pytest.mark.parametrize(
    "lines,expected",
    [
        (["198.51.100.1"], "198.51.100.1"),
        (["203.0.113.9, 198.51.100.1"], "198.51.100.1"),  # what stands left of it, anybody can write
        (["198.51.100.1, 10.0.0.2"], "198.51.100.1"),  # two proxies of ours
        (["203.0.113.9", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),  # two header lines are one list
        (["198.51.100.1", "10.0.0.2"], "198.51.100.1"),
        (["203.0.113.9, rubbish, 10.0.0.2"], "10.0.0.2"),
        (["rubbish"], "10.0.0.1"),
        ([""], "10.0.0.1"),
        ([], "10.0.0.1"),
        (["198.51.100.1:4711"], "198.51.100.1"),
        (["[2001:db8::7]:4711"], "2001:db8::7"),
        (["2001:db8::7"], "2001:db8::7"),
        (["::ffff:198.51.100.1"], "198.51.100.1"),
        (["10.0.0.5, 10.0.0.6"], "10.0.0.5"),  # everybody is ours: the farthest
        (["1.1.1.1, " * 500 + "10.9.9.9"], "1.1.1.1"),
        (["198.51.100.1, 2001:db8:1::7"], "198.51.100.1"),
        (["198.51.100.1, 010.0.0.2"], "10.0.0.1"),  # some would read eight there, others ten
        (["198.51.100.1\n"], "198.51.100.1"),
    ],
)
def test_the_rightmost_address_that_is_not_ours(lines: list[str], expected: str) -> None:
    assert client_of("10.0.0.1", forwarded(*lines), PROXIES) == expected


def test_an_address_in_ipv6_clothes_is_an_ipv4_address() -> None:
    assert client_of("::ffff:10.0.0.1", forwarded("198.51.100.1"), PROXIES) == "198.51.100.1"
    assert client_of("::ffff:192.0.2.7", "", NOBODY) == "192.0.2.7"


def test_a_peer_without_an_address_is_a_peer_all_the_same() -> None:
    assert client_of("", forwarded("198.51.100.1"), PROXIES) == ""
