"""E-mail addresses: read what was typed, fold it for the tag, ask about a likely slip.

Pure string work, no DNS. The folded form feeds tags (seal.tags) and limits; mail goes to the address as
it was typed. When the folding rules change, seal.tags.NORM_VERSION must move.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

import idna

from tocsin.kit.edits import is_one_edit
from tocsin.kit.mail_domains import (
    DISPOSABLE,
    IGNORED_IN_LOCAL,
    OFTEN_MISTYPED,
    PROVIDER_OF,
    REAL_NEIGHBOURS,
    SAME_MAILBOX,
    SLIPPED_ENDINGS,
)

MAX_CHARS = 254  # of a whole address (RFC 5321, section 4.5.3.1.3, less the angle brackets)
_MAX_LOCAL_BYTES = 64  # RFC 5321, section 4.5.3.1.1
OTHER_PROVIDER = "other"

# An address as nearly everybody types it: ASCII, a dot-atom (RFC 5322, section 3.2.3) and host
# labels, no quoted strings, no address literals. Each class excludes the dot, so matching is linear.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ORDINARY: Final = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9]))")
_ATSIGNS: Final = re.compile("[@＠﹫]")
_DOTS: Final = str.maketrans("。．｡", "...")
_ASCII_ATOM: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~-.")


class Address(NamedTuple):
    """An address that could receive mail."""

    typed: str
    """As typed, without the spaces around it: what mail is written to."""
    folded: str
    """One form for all that may be spellings of one mailbox: for tags and limits, never to tell who somebody is."""
    domain: str
    """The domain in lower case and ASCII (A-labels)."""

    @property
    def mailbox(self) -> str:
        """One form for those spellings that are one mailbox for certain: who has the one may see what the other has.

        What large providers do with `+`, dots and other names of theirs is known. Anywhere else `maya+x@` may be
        somebody else's than `maya@`, and letters outside ASCII that fold to the same may be two people's.
        """
        if self.typed.isascii() and self.domain in PROVIDER_OF:
            return self.folded
        local = unicodedata.normalize("NFC", _ATSIGNS.split(self.typed)[0])
        return f"{local.lower()}@{self.domain}"


def parse(raw: str) -> Address | None:
    """Return the address in `raw`, or None when no mail could reach it."""
    typed = raw.strip()
    if len(typed) > MAX_CHARS:
        return None
    ordinary = _ORDINARY.fullmatch(typed)
    if ordinary is None:
        return _parse_international(typed)
    local, domain = ordinary.groups()
    domain = domain.lower()
    if len(local) > _MAX_LOCAL_BYTES or "xn--" in domain:
        return _parse_international(typed)
    return Address(typed, _fold(local.lower(), domain), domain)


def wire_form(typed: str) -> str | None:
    """Return an address as SMTP takes it: the local part as typed, the domain in ASCII (RFC 6531).

    A local part outside ASCII still needs a server that speaks SMTPUTF8.
    """
    address = parse(typed)
    if address is None:
        return None
    local = _ATSIGNS.split(address.typed)[0]
    return f"{local}@{address.domain}"


def likely_slip(address: Address) -> str | None:
    """Return the address somebody probably meant, or None when nothing looks mistyped.

    Depends on nothing but the address, so asking reveals nothing that is stored.
    """
    domain = _meant_domain(address.domain)
    # Full-width letters come from an input method left on; nobody's mailbox is named so.
    typed = address.typed
    narrow = typed if typed.isascii() else unicodedata.normalize("NFKC", typed).translate(_DOTS)
    if domain is not None:
        return f"{narrow.partition('@')[0]}@{domain}"
    return narrow if narrow.isascii() and narrow != typed else None


def is_disposable(domain: str) -> bool:
    """Say whether mailboxes of `domain`, or of a domain above it, are made to be thrown away."""
    if domain in PROVIDER_OF:
        return False
    while domain:
        if domain in DISPOSABLE:
            return True
        domain = domain.partition(".")[2]
    return False


def provider_of(domain: str) -> str:
    """Return the name of the well-known provider that runs `domain`, or "other"."""
    return PROVIDER_OF.get(domain, OTHER_PROVIDER)


def _fold(local: str, domain: str) -> str:
    """Return the folded address; both halves come in lower case, `domain` in ASCII."""
    domain = SAME_MAILBOX.get(domain, domain)
    if "+" in local:
        # An address that is all suffix keeps it: there would be nothing left.
        local = local.partition("+")[0] or local
    ignored = IGNORED_IN_LOCAL.get(domain)
    if ignored is not None:
        for char in ignored:
            local = local.replace(char, "")
    return f"{local}@{domain}"


def _parse_international(typed: str) -> Address | None:
    """Parse an address with letters outside ASCII in either half, or with an A-label in its domain."""
    halves = _ATSIGNS.split(typed)
    if len(halves) != 2:  # noqa: PLR2004  one sign, two halves
        return None
    local, domain = halves
    folded_local = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", local).casefold())
    ascii_domain = _ascii_domain(domain)
    if ascii_domain is None or not _is_local_part(local, folded_local):
        return None
    return Address(typed, _fold(folded_local, ascii_domain), ascii_domain)


def _is_local_part(local: str, folded: str) -> bool:
    """Say whether a local part is a dot-atom of ASCII and of letters, marks and digits (RFC 6531, section 3.3)."""
    try:
        size = len(local.encode())
    except UnicodeEncodeError:  # a lone surrogate
        return False
    if not 0 < size <= _MAX_LOCAL_BYTES or folded.startswith(".") or folded.endswith(".") or ".." in folded:
        return False
    return all(char in _ASCII_ATOM if char.isascii() else unicodedata.category(char)[0] in "LMN" for char in folded)


def _ascii_domain(domain: str) -> str | None:
    """Return a domain as A-labels (UTS 46, non-transitional), or None when it is not one."""
    try:
        encoded = idna.encode(domain.translate(_DOTS), uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None
    return encoded if _ORDINARY.fullmatch(f"a@{encoded}") else None


@lru_cache(maxsize=4096)
def _meant_domain(domain: str) -> str | None:
    """Return the domain somebody meant who typed `domain`, or None when it stands as it is."""
    if domain in PROVIDER_OF or domain in REAL_NEIGHBOURS or domain in OFTEN_MISTYPED:
        return None
    for known in OFTEN_MISTYPED:
        if is_one_edit(domain, known) and not _is_other_country(domain, known):
            return known
    name, _, ending = domain.rpartition(".")
    if ending in SLIPPED_ENDINGS:
        mended = f"{name}.{SLIPPED_ENDINGS[ending]}"
        return _meant_domain(mended) or mended
    return None


def _is_other_country(domain: str, known: str) -> bool:
    """Say whether only the ending differs, and might be meant: yahoo.be is no slip of yahoo.de."""
    name, _, ending = domain.partition(".")
    known_name, _, known_ending = known.partition(".")
    return name == known_name and known_ending != "com" and ending not in SLIPPED_ENDINGS
