"""Signed notes: text, a blank line, and a line for each signature (c2sp.org/signed-note).

    log.example.org/tally
    3
    …
                                         (a blank line)
    — log.example.org/tally Az3grlg…

A note's text means nothing until `open_note` has checked it against keys one knows.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from tocsin.tlog.text import SpellingError, from_base64, to_base64

MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
"""Far above the 16 that everyone must read; a bound all the same on what a stranger can make us do."""
KEY_ID_BYTES = 4

_NEWLINE = ord("\n")
_LINE = re.compile(r"— (?P<name>\S+) (?P<value>\S+)\Z")


class NoteRefusal(StrEnum):
    """Why a note is not believed."""

    MALFORMED = "malformed"
    BAD_SIGNATURE = "bad-signature"
    UNKNOWN_KEYS = "unknown-keys"


class NoteError(ValueError):
    """A note was refused; `reason` says why."""

    def __init__(self, reason: NoteRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Verifier(Protocol):
    """A key that one knows, and what it is called."""

    @property
    def name(self) -> str:
        """The key's name, such as `log.example.org/tally`."""

    @property
    def key_id(self) -> bytes:
        """The four bytes that point from a signature to this key; they prove nothing."""

    def verify(self, text: bytes, value: bytes) -> bool:
        """Say whether `value`, a signature without its key id, is this key's over a note's text."""


class Signer(Protocol):
    """Whoever can sign a note's text."""

    @property
    def name(self) -> str:
        """The key's name."""

    @property
    def key_id(self) -> bytes:
        """The key's four bytes."""

    def sign(self, text: bytes) -> bytes:
        """Return the signature over a note's text, without the key id."""


class Signature(NamedTuple):
    """One signature line: whose key (by name and four bytes), and the rest."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line with its newline, as it stands in a note."""
        return f"— {self.name} {to_base64(self.key_id + self.value)}\n"


class Note(NamedTuple):
    """A note as it was read, nothing checked yet; `text` ends with its newline."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}"


class Vouched(NamedTuple):
    """A signature that was checked, and the key that it was checked with."""

    verifier: Verifier
    signature: Signature


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Return a key's four bytes: SHA-256(name ‖ 0A ‖ signature type ‖ public key), cut."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:KEY_ID_BYTES]


def is_key_name(name: str) -> bool:
    """Say whether a key may be called so: something, in Unicode, without spaces, plus or control characters."""
    # A lone surrogate is what Python makes of bytes that are no UTF-8; it could not be hashed.
    odd = (char.isspace() or char < " " or "\ud800" <= char <= "\udfff" for char in name)
    return bool(name) and "+" not in name and not any(odd)


def parse(data: str | bytes) -> Note:
    """Return a note unchecked; raises NoteError unless it is spelled as the specification has it."""
    raw, whole = _both(data)
    if len(raw) > MAX_NOTE_BYTES or any(byte < 32 and byte != _NEWLINE for byte in raw):  # noqa: PLR2004  U+0020
        raise NoteError(NoteRefusal.MALFORMED)
    # The last empty line is the separator: the text may hold others.
    text, blank, block = whole.rpartition("\n\n")
    if not blank or not block.endswith("\n"):
        raise NoteError(NoteRefusal.MALFORMED)
    lines = block[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(NoteRefusal.MALFORMED)
    return Note(f"{text}\n", tuple(map(parse_signature, lines)))


def parse_signature(line: str) -> Signature:
    """Return the signature of one line, given without its newline; raises NoteError."""
    match = _LINE.match(line)
    if match is None or not is_key_name(match["name"]):
        raise NoteError(NoteRefusal.MALFORMED)
    try:
        raw = from_base64(match["value"])
    except SpellingError as error:
        raise NoteError(NoteRefusal.MALFORMED) from error
    if len(raw) <= KEY_ID_BYTES:
        raise NoteError(NoteRefusal.MALFORMED)
    return Signature(match["name"], raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])


def sign(text: str, signers: Iterable[Signer]) -> str:
    """Return `text`, which ends with a newline, as a note signed by each of `signers`."""
    if not text.endswith("\n"):
        message = "a note's text ends with a newline"
        raise ValueError(message)
    made = [Signature(signer.name, signer.key_id, signer.sign(text.encode())) for signer in signers]
    note = str(Note(text, tuple(made)))
    parse(note)
    return note


def add_signatures(note: str, signatures: Iterable[Signature]) -> str:
    """Return a note with more signature lines at its end; one that is there already is not repeated."""
    old = parse(note)
    new = [signature for signature in signatures if signature not in old.signatures]
    return str(Note(old.text, (*old.signatures, *new)))


def check(note: Note, verifiers: Sequence[Verifier]) -> tuple[Vouched, ...]:
    """Return the signatures of a note by known keys; raises NoteError when one of them is wrong, or there is none.

    Signatures by unknown keys, or of unknown types, are passed over: that is how keys are
    exchanged and witnesses added without anybody's checker failing.
    """
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    text = note.text.encode()
    vouched = []
    for signature in note.signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is None:
            continue
        if not verifier.verify(text, signature.value):
            raise NoteError(NoteRefusal.BAD_SIGNATURE)
        vouched.append(Vouched(verifier, signature))
    if not vouched:
        raise NoteError(NoteRefusal.UNKNOWN_KEYS)
    return tuple(vouched)


def open_note(data: str | bytes, verifiers: Sequence[Verifier]) -> tuple[Note, tuple[Vouched, ...]]:
    """Return a note and who of `verifiers` signed it, at least one; raises NoteError."""
    note = parse(data)
    return note, check(note, verifiers)


def _both(data: str | bytes) -> tuple[bytes, str]:
    try:
        return (data.encode(), data) if isinstance(data, str) else (data, data.decode())
    except UnicodeError as error:
        raise NoteError(NoteRefusal.MALFORMED) from error
