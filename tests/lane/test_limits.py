"""lane.limits: too many from one network, mail domain or address are held; each counter fires by itself."""

from datetime import datetime, timedelta

import pytest

from tests.factories.signing import NOW
from tocsin.kit import addresses
from tocsin.lane.limits import LimitCounters, Limits
from tocsin.signing.states import Hold

MANY = 1000


class Visits:
    """Counters with small limits, and people who come."""

    def __init__(self, **limits: int) -> None:
        self.counters = LimitCounters(Limits(**({"network": MANY, "domain": MANY, "address": MANY} | limits)))

    def come(
        self, email: str = "ana@example.org", client: str = "192.0.2.1", *, seconds: int = 0, campaign: int = 1
    ) -> Hold | None:
        """Count one visit; return why it is held."""
        address = addresses.parse(email)
        assert address is not None
        now = NOW + timedelta(seconds=seconds)
        return self.counters.check(campaign=campaign, client=client, address=address, now=now)


def test_a_network_is_a_24_or_a_48() -> None:
    visits = Visits(network=2)
    came = [visits.come(f"a{n}@example.org", f"192.0.2.{n}") for n in range(3)]
    assert came == [None, None, Hold.NETWORK_RATE]
    assert visits.come("b@example.org", "192.0.3.1") is None
    six = [visits.come(f"c{n}@example.org", f"2001:db8:1:{n}::1") for n in range(3)]
    assert six == [None, None, Hold.NETWORK_RATE]
    assert visits.come("d@example.org", "2001:db8:2::1") is None


def test_a_mapped_address_is_its_ipv4_network() -> None:
    visits = Visits(network=1)
    assert visits.come("a@example.org", "192.0.2.1") is None
    assert visits.come("b@example.org", "::ffff:192.0.2.9") is Hold.NETWORK_RATE


def test_one_address_from_many_networks() -> None:
    visits = Visits(address=3)
    spellings = ["ana@gmail.com", "a.na@gmail.com", "ana+x@googlemail.com", "ANA@gmail.com"]
    came = [visits.come(email, f"192.0.{n}.1") for n, email in enumerate(spellings)]
    assert came == [None, None, None, Hold.ADDRESS_RATE]


def test_a_catch_all_domain_but_never_a_big_provider() -> None:
    visits = Visits(domain=2)
    small = [visits.come(f"a{n}@catch-all.example", f"192.0.{n}.1") for n in range(3)]
    assert small == [None, None, Hold.DOMAIN_RATE]
    assert [visits.come(f"a{n}@gmail.com", f"192.1.{n}.1") for n in range(5)] == [None] * 5


def test_the_next_window_and_another_campaign_begin_anew() -> None:
    visits = Visits(network=1)
    assert [visits.come(), visits.come(campaign=2)] == [None, None]
    assert visits.come() is Hold.NETWORK_RATE
    assert visits.come(seconds=300) is None


def test_visits_are_counted_by_what_for_and_by_network_until_the_window_ends() -> None:
    counters = LimitCounters(Limits(network=1, domain=1, address=1))

    def come(kind: str, client: str, now: datetime = NOW) -> int:
        return counters.visits(kind=kind, client=client, now=now)

    assert [come("a", "192.0.2.1"), come("a", "192.0.2.9"), come("a", "192.0.3.1")] == [1, 2, 1]
    assert come("b", "192.0.2.1") == 1
    assert come("a", "192.0.2.1", NOW + timedelta(seconds=300)) == 1


@pytest.mark.parametrize("client", ["", "unix", "1.2.3", "fe80::1%eth0", "::1"])
def test_a_strange_client_is_a_network_of_its_own(client: str) -> None:
    visits = Visits(network=1)
    assert [visits.come(client=client), visits.come(client=client)] == [None, Hold.NETWORK_RATE]


def test_the_memory_holds_no_address() -> None:
    visits = Visits()
    visits.come("ana@example.org", "192.0.2.77")
    held = repr(vars(visits.counters))
    assert not any(trace in held for trace in ("ana", "example", "192.0"))
