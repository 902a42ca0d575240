"""A checkpoint: which log, how many entries, which root (c2sp.org/tlog-checkpoint).

    log.example.org/tally
    3
    RGpXm1r…

`signed` puts the log's signature below it, and checks it.
"""

from typing import NamedTuple, Self

from tocsin.tlog.hashing import HASH_BYTES
from tocsin.tlog.text import SpellingError, from_base64, from_decimal, to_base64

_LINES = 3


class CheckpointTextError(ValueError):
    """A note's text is not a checkpoint's."""


class Checkpoint(NamedTuple):
    """A log at one size. `root` is 32 bytes."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()
    """Further lines that some logs write. Ours never does: nobody could audit them."""

    @property
    def text(self) -> str:
        """The note's text, three lines and the extensions; raises CheckpointTextError if it could not be read back."""
        lines = (self.origin, str(self.size), to_base64(self.root), *self.extensions)
        text = "".join(f"{line}\n" for line in lines)
        if type(self).from_text(text) != self:
            message = "an origin and each extension is one line with something in it"
            raise CheckpointTextError(message)
        return text

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return the checkpoint of a note's text; raises CheckpointTextError unless it is canonical."""
        if not text.endswith("\n"):
            message = "a checkpoint ends with a newline"
            raise CheckpointTextError(message)
        lines = text[:-1].split("\n")
        if len(lines) < _LINES or not all(lines):
            message = "a checkpoint is three lines or more, none of them empty"
            raise CheckpointTextError(message)
        try:
            text.encode()
            size, root = from_decimal(lines[1]), from_base64(lines[2])
        except (SpellingError, UnicodeEncodeError) as error:
            message = "a checkpoint's size is a decimal number, its root is base64, and all of it is Unicode"
            raise CheckpointTextError(message) from error
        if len(root) != HASH_BYTES:
            message = "a checkpoint's root is 32 bytes"
            raise CheckpointTextError(message)
        return cls(lines[0], size, root, tuple(lines[_LINES:]))
