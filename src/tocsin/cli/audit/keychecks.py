"""The sealing keys an organiser knows, beside those that the log and the server state."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tocsin.cli.audit.figures import Row
from tocsin.cli.audit.findings import AuditError

_FINGERPRINT_CHARS = 64
_FINGERPRINT = re.compile(r"[0-9a-f]{64}\Z")
_PUBLIC_BYTES = 1_216  # ML-KEM-768 ‖ X25519
_MOST_BYTES = 100_000


class KnownKey(NamedTuple):
    """A campaign and the fingerprint of the key its signatories' data must be sealed to."""

    campaign: str
    fingerprint: str


def parse_known_key(text: str) -> KnownKey:
    """Return what `SLUG=FINGERPRINT_OR_FILE` says; raises AuditError."""
    campaign, is_given, value = text.partition("=")
    if not campaign or not is_given or not value:
        raise AuditError.unchecked(words=f"--key {text}: give SLUG=FINGERPRINT or SLUG=FILE")
    plain = re.sub(r"[\s:]", "", value).lower()
    return KnownKey(campaign, plain if _FINGERPRINT.match(plain) else _fingerprint_of(Path(value)))


def wrongs(known: KnownKey, rows: Sequence[Row]) -> list[str]:
    """Return what does not fit a key that the organiser knows, in words; nothing if all does."""
    row = next((row for row in rows if row.campaign == known.campaign), None)
    if row is None:
        return [f"{known.campaign}: the log knows no such campaign"]
    keys = row.tally.keys
    found = []
    if not keys or keys[-1].digest.hex() != known.fingerprint:
        last = f"is {keys[-1].digest.hex()}, since entry {keys[-1].index:,}" if keys else "is none"
        found.append(f"{known.campaign}: the newest sealing key in the log {last}; yours is {known.fingerprint}")
    if row.stated is not None and row.stated.key and row.stated.key != known.fingerprint:
        found.append(f"{known.campaign}: the server seals to {row.stated.key}; yours is {known.fingerprint}")
    return found


def _fingerprint_of(path: Path) -> str:
    """Return the fingerprint that a file speaks of: a public key, bare or as `tocsin key new` writes it, or text."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES)
    except OSError as error:
        raise AuditError.unchecked(words=f"--key: {path} is neither a fingerprint nor a file one can read") from error
    if len(data) == _PUBLIC_BYTES:
        return hashlib.sha256(data).hexdigest()
    found = {hashlib.sha256(bytes.fromhex(public)).hexdigest() for public in _hex_of(2 * _PUBLIC_BYTES, data)}
    found = found or set(_hex_of(_FINGERPRINT_CHARS, data))
    if len(found) != 1:
        raise AuditError.unchecked(words=f"--key: {path} holds no public key and no fingerprint of one")
    return found.pop()


def _hex_of(length: int, data: bytes) -> list[str]:
    """Return what in `data` is hexadecimal and of just that length."""
    pattern = rb"(?<![0-9a-f])[0-9a-f]{%d}(?![0-9a-f])" % length
    return [match[0].decode() for match in re.finditer(pattern, data)]
