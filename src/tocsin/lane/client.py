"""Who asks: the peer, or what a proxy that we trust says of it."""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network
_HOPS_READ = 20


class Networks:
    """Some networks, ready to be asked whether an address lies in one of them."""

    __slots__ = ("_all", "_ipv4")

    def __init__(self, networks: Iterable[Network]) -> None:
        self._all = tuple(networks)
        # Base address and mask as numbers: a visitor's address is asked about with every request.
        self._ipv4 = [(int(net.network_address), int(net.netmask)) for net in self._all if isinstance(net, IPv4Network)]

    def __bool__(self) -> bool:
        """Say whether there are any."""
        return bool(self._all)

    def __contains__(self, address: str) -> bool:
        """Say whether an address lies in one of them; what is no address does not."""
        number = _number(address)
        if number is not None:
            return any(number & mask == base for base, mask in self._ipv4)
        read = _read(address)
        return read is not None and any(read in network for network in self._all)


def client_of(peer: str, forwarded: str, trusted: Networks) -> str:
    """Return the rightmost address that is not one of our proxies; `forwarded` is X-Forwarded-For.

    What stands left of it was written by somebody we know nothing of.
    """
    if not trusted or peer not in trusted:
        return _plain(peer)
    client = peer
    for hop in reversed(forwarded.split(",")[-_HOPS_READ:]):
        address = _plain_or_none(hop.strip())
        if address is None:
            break  # the proxy next to it is the last thing we know
        client = address
        if client not in trusted:
            return client
    return _plain(client)


def _number(address: str) -> int | None:
    """Return an IPv4 address in its one spelling as a number; a tenth of what parsing it costs."""
    try:
        return int.from_bytes(socket.inet_pton(socket.AF_INET, address), "big")
    except (OSError, ValueError):  # another kind of address, or none
        return None


def _plain_or_none(text: str) -> str | None:
    """Return the address in `text` as we write it, or None when there is none."""
    if _number(text) is not None:
        return text
    read = _read(text)
    return None if read is None else str(read)


def _plain(address: str) -> str:
    if ":" not in address:
        return address  # IPv4 from the socket has one spelling
    return _plain_or_none(address) or address


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
