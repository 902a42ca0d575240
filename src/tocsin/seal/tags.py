"""Tags: how the database sees that an address has signed, without knowing the address.

A tag is an HMAC under the campaign's pepper. The same address in two campaigns gives two
tags that share nothing; with the pepper destroyed nobody can make one again.
"""

from functools import lru_cache

from tocsin.kit.framing import lp, mac

PEPPER_BYTES = 32
TAG_BYTES = 16  # half an HMAC-SHA-256: 128 bits (RFC 2104, section 5), half the index
# Raise when the folding rules of kit.addresses change: old tags then no longer match, on purpose.
NORM_VERSION = b"1"


def address_tag(pepper: bytes, campaign: str, folded_address: str) -> bytes:
    """Return the 16-byte tag of a folded address within one campaign."""
    return _tag(pepper, b"address", campaign, folded_address)


def name_tag(pepper: bytes, campaign: str, folded_address: str, folded_name: str) -> bytes:
    """Return the 16-byte tag of address and name: tells two people of one mailbox apart."""
    return _tag(pepper, b"name", campaign, folded_address, folded_name)


def _tag(pepper: bytes, what: bytes, campaign: str, *words: str) -> bytes:
    return mac(pepper, _head(what, campaign) + lp(*[word.encode() for word in words]))[:TAG_BYTES]


@lru_cache(maxsize=256)
def _head(what: bytes, campaign: str) -> bytes:
    """Return what stands before the address: the same for all of a campaign's tags."""
    return lp(b"tocsin/v1/tag", what, NORM_VERSION, campaign.encode())
