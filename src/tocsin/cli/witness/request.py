"""The body of an add-checkpoint request (c2sp.org/tlog-witness).

old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=      the consistency proof, one hash a line
                                                   (a blank line)
…                                                  the signed checkpoint
"""

from typing import NamedTuple, Self

from tocsin.tlog.hashing import HASH_BYTES
from tocsin.tlog.text import SpellingError, from_base64, from_decimal, to_base64

MAX_BYTES = 64 * 1024
"""Of a request: 63 hashes are 3 kB, and a checkpoint with sixteen signatures of the long kind is less than the rest."""
_MAX_HASHES = 63
_OLD = "old "


class RequestError(ValueError):
    """The body is no add-checkpoint request; the message says why."""


class AddCheckpoint(NamedTuple):
    """A checkpoint to be cosigned, and the proof that it continues the one of `old` entries."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def to_bytes(self) -> bytes:
        """Return the request's body."""
        return "".join(
            [f"{_OLD}{self.old}\n", *[f"{to_base64(one)}\n" for one in self.proof], "\n", self.note]
        ).encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        """Return what a body says; raises RequestError unless it is spelled canonically. The note is not read."""
        try:
            head, blank, note = body.decode().partition("\n\n")
            first, *lines = head.split("\n")
            if not blank or not first.startswith(_OLD) or len(lines) > _MAX_HASHES:
                message = "not of the shape of an add-checkpoint request"
                raise RequestError(message)
            old, proof = from_decimal(first.removeprefix(_OLD)), tuple(map(from_base64, lines))
        except (SpellingError, UnicodeDecodeError) as error:
            message = "a number, a hash or the text is not spelled as it should be"
            raise RequestError(message) from error
        if any(len(one) != HASH_BYTES for one in proof):
            message = "a hash is 32 bytes"
            raise RequestError(message)
        return cls(old, proof, note)
