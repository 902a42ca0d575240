"""What goes over the keeper's socket: small frames with bounds, asked and answered one at a time.

    question = length (uint32) ‖ verb (1) ‖ seconds (float64, NaN for none) ‖ name length (uint16) ‖ name ‖ secret
    answer   = length (uint32) ‖ 00 nothing there, or 01 ‖ content

Numbers are big-endian. Both ends are this program, of one version.
"""

import math
import socket
import struct
from enum import Enum
from typing import NamedTuple

NAME_BYTES = 200
SECRET_BYTES = 4_096
_NAMES_BYTES = 65_536  # of all names in one answer
_LENGTH = struct.Struct(">I")
_HEAD = struct.Struct(">cdH")
SECONDS = struct.Struct(">d")
_FRAME_BYTES = max(_HEAD.size + NAME_BYTES + SECRET_BYTES, 1 + _NAMES_BYTES)


class Verb(Enum):
    """What can be asked of the keeper."""

    PUT = b"p"
    MAKE = b"m"
    GET = b"g"
    LEFT = b"l"
    DROP = b"d"
    DROP_ALL = b"a"
    NAMES = b"n"


class BadFrameError(Exception):
    """Bytes that are no question: too long, cut, or of no known verb."""


class Question(NamedTuple):
    """One question; `seconds` is None for what lives as long as the keeper."""

    verb: Verb
    name: str
    secret: bytes = b""
    seconds: float | None = None


def pack(question: Question) -> bytes:
    """Return a question as it is sent; raises ValueError for a name or a secret that is too long."""
    name = question.name.encode()
    if not 0 < len(name) <= NAME_BYTES or len(question.secret) > SECRET_BYTES:
        message = f"the keeper takes names of 1 to {NAME_BYTES} bytes and secrets of {SECRET_BYTES} at the most"
        raise ValueError(message)
    seconds = math.nan if question.seconds is None else float(question.seconds)
    return _HEAD.pack(question.verb.value, seconds, len(name)) + name + question.secret


def unpack(frame: bytes) -> Question:
    """Return the question in `frame`; raises BadFrameError."""
    try:
        verb, seconds, length = _HEAD.unpack_from(frame)
        body = frame[_HEAD.size :]
        if not 0 < length <= min(NAME_BYTES, len(body)) or len(body) - length > SECRET_BYTES:
            raise BadFrameError
        return Question(Verb(verb), body[:length].decode(), body[length:], None if math.isnan(seconds) else seconds)
    except (struct.error, ValueError) as error:
        raise BadFrameError from error


def send(line: socket.socket, frame: bytes) -> None:
    """Send one frame; raises OSError when the line is broken."""
    line.sendall(_LENGTH.pack(len(frame)) + frame)


def receive(line: socket.socket) -> bytes | None:
    """Return the next frame, None at the end of the line; raises BadFrameError for one that is too long."""
    head = _exactly(line, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > _FRAME_BYTES:
        raise BadFrameError
    return _exactly(line, length)


def _exactly(line: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = line.recv(size - len(parts))
        if not part:
            return None
        parts += part
    return bytes(parts)
