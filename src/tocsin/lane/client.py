"""Who asks: the peer, or what a proxy that we trust says of it."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from tocsin.lane.http import Header

Network = IPv4Network | IPv6Network
_FORWARDED = b"x-forwarded-for"
_HOPS_READ = 20
# Proxies are few and ask often; reading an address takes longer than all the rest.
_MOST_PROXIES = 64
_proxies: set[tuple[str, tuple[Network, ...]]] = set()


def client_of(peer: str, headers: Iterable[Header], trusted: tuple[Network, ...]) -> str:
    """Return the rightmost address that is not one of our proxies.

    What stands left of it was written by somebody we know nothing of.
    """
    if not trusted or not is_within(peer, trusted):
        return _plain(peer)
    said = b",".join([value for name, value in headers if name == _FORWARDED])
    client = peer
    for hop in reversed(said.decode("latin-1").split(",")[-_HOPS_READ:]):
        address = _read(hop.strip())
        if address is None:
            break  # the proxy next to it is the last thing we know
        client = str(address)
        if not any(address in network for network in trusted):
            return client
    return _plain(client)


def is_within(address: str, networks: tuple[Network, ...]) -> bool:
    """Say whether `address` lies in one of `networks`."""
    if (address, networks) in _proxies:
        return True
    read = _read(address)
    if read is None or not any(read in network for network in networks):
        return False  # a visitor: not to be remembered
    if len(_proxies) < _MOST_PROXIES:
        _proxies.add((address, networks))
    return True


def _plain(address: str) -> str:
    if ":" not in address:
        return address  # IPv4 from the socket has one spelling; parsing it would cost more than all the rest here
    read = _read(address)
    return address if read is None else str(read)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address in `text`, as IPv4 where it is one; a port behind it is let go."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        read = ip_address(text)
    except ValueError:
        return None
    return read.ipv4_mapped or read if isinstance(read, IPv6Address) else read
