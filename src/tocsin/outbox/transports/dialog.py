"""One conversation in SMTP (RFC 5321), with a deadline on everything.

smtplib sets a time limit on each read, so a server that drips a byte at a time holds it for
ever; and it waits for an answer to each command, where PIPELINING (RFC 2920) allows several.
"""

import base64
import socket
import ssl
import time
from typing import NamedTuple

_MAX_LINE = 2_000  # RFC 5321 allows 512; servers are chatty
_MAX_LINES = 100
_READ_BYTES = 16_384


class BrokenLineError(Exception):
    """The server is gone, too slow, or does not speak SMTP."""


class Reply(NamedTuple):
    """A reply: its code and its lines, which are read for extensions only and never logged."""

    code: int
    lines: tuple[str, ...]


class Dialog:
    """Sends commands and reads replies on one socket."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._read = b""

    def say(self, *commands: str, seconds: float) -> list[Reply]:
        """Send commands in one go, and return the reply to each."""
        for command in commands:
            if "\r" in command or "\n" in command:
                message = "a command is one line"
                raise ValueError(message)
        return self.send("".join(f"{command}\r\n" for command in commands).encode(), len(commands), seconds=seconds)

    def send(self, content: bytes, replies: int, *, seconds: float) -> list[Reply]:
        """Send bytes as they are, and return so many replies, all within `seconds`."""
        deadline = time.monotonic() + seconds
        try:
            self._line.settimeout(seconds)
            self._line.sendall(content)  # its time limit is on the whole
            return [self.hear(deadline) for _ in range(replies)]
        except OSError as error:
            raise BrokenLineError(_why(error)) from error

    def hear(self, deadline: float) -> Reply:
        """Return the next reply, of one line or more (RFC 5321, section 4.2)."""
        lines: list[str] = []
        while len(lines) < _MAX_LINES:
            line = self._next_line(deadline)
            if not line[:3].isdigit() or line[3:4] not in {"-", " ", ""}:
                message = "a reply that is not SMTP"
                raise BrokenLineError(message)
            lines.append(line[4:])
            if line[3:4] != "-":
                return Reply(int(line[:3]), tuple(lines))
        message = "a reply without an end"
        raise BrokenLineError(message)

    def begin_tls(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """Go on encrypted; what was read before belongs to nobody and is thrown away (RFC 3207, section 4.2)."""
        self._read = b""
        try:
            self._line.settimeout(seconds)
            self._line = context.wrap_socket(self._line, server_hostname=host)
        except (OSError, ssl.CertificateError) as error:
            message = f"TLS failed ({getattr(error, 'verify_message', '') or type(error).__name__})"
            raise BrokenLineError(message) from error

    def hang_up(self) -> None:
        """Close the line; never raises."""
        try:
            self._line.close()
        except OSError:
            return

    def _next_line(self, deadline: float) -> str:
        while b"\n" not in self._read:
            left = deadline - time.monotonic()
            if left <= 0 or len(self._read) > _MAX_LINE:
                message = "too slow" if left <= 0 else "a line that is too long"
                raise BrokenLineError(message)
            try:
                self._line.settimeout(left)
                more = self._line.recv(_READ_BYTES)
            except OSError as error:
                raise BrokenLineError(_why(error)) from error
            if not more:
                message = "the server hung up"
                raise BrokenLineError(message)
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        return line.rstrip(b"\r").decode("ascii", "replace")


def _why(error: OSError) -> str:
    return "too slow" if isinstance(error, TimeoutError) else error.strerror or type(error).__name__


def plain_login(user: str, password: str) -> str:
    """Return the command that signs in by AUTH PLAIN (RFC 4616)."""
    return "AUTH PLAIN " + base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")


def login_answers(user: str, password: str) -> tuple[str, str]:
    """Return the two answers of AUTH LOGIN, which some servers still want."""
    return base64.b64encode(user.encode()).decode("ascii"), base64.b64encode(password.encode()).decode("ascii")
