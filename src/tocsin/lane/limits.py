"""How many signatures one network, one mail domain or one address may bring before they are held.

Held, not refused: the page and the mail are the same, so a robot learns nothing, and a school
class behind one address is released by an organiser. The counters live in memory only, under
a key that is thrown away each day; each process enforces its share of the limits.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from ipaddress import ip_address, ip_network

from tocsin.kit.addresses import OTHER_PROVIDER, Address, provider_of
from tocsin.signing.states import Hold

_IPV6_PREFIX = 48


@dataclass(frozen=True, slots=True)
class Limits:
    """How many signatures in one window; `window_seconds` is its length."""

    network: int
    domain: int
    address: int
    window_seconds: int = 300


class LimitCounters:
    """Counts what arrives; `check` says whether it is too much."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._day: date | None = None
        self._key = b""
        self._window = -1
        self._counted: dict[int, int] = {}

    def check(self, *, campaign: int | str, client: str, address: Address | None, now: datetime) -> Hold | None:
        """Count one signature and return why it should be held, if it should.

        All three counters move each time, so that each fires by itself. Posts of another kind are counted
        apart, under a name in the place of the campaign's number; one without an address by its network alone.
        """
        self._turn_over(now)
        place = str(campaign)
        network = self._count("network", place, network_of(client)) > self._limits.network
        if address is None:
            return Hold.NETWORK_RATE if network else None
        mailbox = self._count("address", place, address.folded) > self._limits.address
        # The big providers' domains say nothing: a tenth of all people have a mailbox there.
        is_own_domain = provider_of(address.domain) == OTHER_PROVIDER
        domain = is_own_domain and self._count("domain", place, address.domain) > self._limits.domain
        if network or mailbox:
            return Hold.NETWORK_RATE if network else Hold.ADDRESS_RATE
        return Hold.DOMAIN_RATE if domain else None

    def visits(self, *, kind: str, client: str, now: datetime) -> int:
        """Return how often a network has come for `kind` in this window, this time with it."""
        self._turn_over(now)
        return self._count(kind, network_of(client))

    def is_often(self, *, kind: str, client: str, now: datetime) -> bool:
        """Say whether a network has come for `kind` as often as it may in this window; this time is not counted."""
        self._turn_over(now)
        return self._counted.get(self._key_of(kind, network_of(client)), 0) >= self._limits.network

    def _count(self, *words: str) -> int:
        key = self._key_of(*words)
        count = self._counted[key] = self._counted.get(key, 0) + 1
        return count

    def _key_of(self, *words: str) -> int:
        # Python's own keyed hash (SipHash under a key of this process) over the day's key too: nobody
        # without this process's memory can tell what a number stands for, and it costs next to nothing.
        return hash((self._key, *words))

    def _turn_over(self, now: datetime) -> None:
        window = int(now.timestamp()) // self._limits.window_seconds
        if window == self._window:
            return
        self._window = window
        self._counted.clear()
        if now.date() != self._day:
            # Yesterday's key is gone, and with it the means to read anything that was swapped out.
            self._day, self._key = now.date(), secrets.token_bytes(32)


def network_of(client: str) -> str:
    """Return the /24 or /48 of an address: who shares a router shares a counter."""
    if "." in client and ":" not in client:
        return client.rpartition(".")[0]
    try:
        ip = ip_address(client)
    except ValueError:
        return client
    if ip.version == 6 and ip.ipv4_mapped is not None:  # noqa: PLR2004  the protocol's number
        return str(ip.ipv4_mapped).rpartition(".")[0]
    return str(ip_network((ip, _IPV6_PREFIX), strict=False).network_address)
