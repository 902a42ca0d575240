"""Get files from a web server: a few connections kept open, a question on its way on each of them."""

import contextlib
import socket
import ssl
from collections.abc import Iterator, Sequence
from typing import Self
from urllib.parse import urlsplit

from tocsin.cli.audit.answers import Answer, AnswerError, AnswerReader
from tocsin.cli.audit.findings import AuditError, shown

_CONNECT_SECONDS = 15.0
_LINES = 8
MAX_FILE_BYTES = 2_000_000
"""Above any file of a log or its figures: 256 entries of 4 kB each are half of it."""
OK = 200
GONE = frozenset({404, 410})


class Web:
    """One server; `seconds` is how long an answer may take in all."""

    def __init__(self, address: str, *, seconds: float = 60.0) -> None:
        self.address = address.rstrip("/")
        self._seconds = seconds
        try:
            parts = urlsplit(self.address)
            port = parts.port
        except ValueError as error:
            raise _not_usable(address) from error
        if parts.scheme not in {"http", "https"} or not parts.hostname or not address.isascii():
            raise _not_usable(address)
        self._to = parts.hostname, port or (443 if parts.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._head = (
            f" HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\n"
            "User-Agent: tocsin-audit\r\nAccept: */*\r\nAccept-Encoding: identity\r\n\r\n"
        )
        self._prefix = parts.path
        self._lines: list[_Line] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, path: str = "", *, limit: int = MAX_FILE_BYTES) -> Answer:
        """Return what lies at `path` below the address; raises AuditError when there is no answer."""
        (answer,) = self.each([path], limit=limit)
        return answer

    def each(self, paths: Sequence[str], *, limit: int = MAX_FILE_BYTES) -> Iterator[Answer]:
        """Yield the answer of each path, in their order, while the next ones are on their way."""
        count = min(_LINES, len(paths))
        lines = [self._line(place) for place in range(count)]
        try:
            for line, path in zip(lines, paths, strict=False):
                with self._explained(path):
                    line.ask(self._question(path))
            for place, path in enumerate(paths):
                line, following = lines[place % count], paths[place + count : place + count + 1]
                with self._explained(path):
                    answer = line.answer(limit, self._seconds)
                    for later in following:
                        line.ask(self._question(later))
                yield answer
        except BaseException:
            self.close()  # a question that nobody waits for would be answered next time
            raise

    def close(self) -> None:
        """Close the connections."""
        for line in self._lines:
            line.close()

    def connected(self) -> socket.socket:
        """Return a new connection."""
        plain = socket.create_connection(self._to, timeout=_CONNECT_SECONDS)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._tls.wrap_socket(plain, server_hostname=self._to[0]) if self._tls else plain

    def url(self, path: str) -> str:
        """Return the whole address of a path below this one."""
        return f"{self.address}/{path}" if path else self.address

    def _question(self, path: str) -> bytes:
        target = f"{self._prefix}/{path}" if path else self._prefix or "/"
        return f"GET {target}{self._head}".encode("ascii")

    def _line(self, place: int) -> "_Line":
        while len(self._lines) <= place:
            self._lines.append(_Line(self))
        return self._lines[place]

    @contextlib.contextmanager
    def _explained(self, path: str) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            raise AuditError.unchecked(words=f"{self.url(path)} does not answer in time") from error
        except ssl.SSLError as error:
            raise AuditError.unchecked(
                words=f"{self.url(path)}: no safe connection ({shown(str(error.reason))})"
            ) from error
        except OSError as error:
            raise AuditError.unchecked(
                words=f"{self.url(path)} cannot be reached ({error.strerror or error})"
            ) from error
        except AnswerError as error:
            raise AuditError.unchecked(words=f"{self.url(path)}: {error}") from error


class _Line:
    """One connection, made when it is needed; on it one question at a time."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._socket: socket.socket | None = None
        self._question = b""
        self._is_fresh = False

    def ask(self, question: bytes) -> None:
        """Send a question."""
        self._question = question
        self._is_fresh = self._socket is None
        if self._socket is None:
            self._socket = self._web.connected()
        try:
            self._socket.sendall(question)
        except OSError:
            if self._is_fresh:
                raise
            self._ask_anew()

    def answer(self, limit: int, seconds: float) -> Answer:
        """Return the answer to it."""
        try:
            return self._read(limit, seconds)
        except (ConnectionError, AnswerError):
            # Servers close a kept connection whenever they like; what it asked changes nothing, so it may ask again.
            if self._is_fresh:
                raise
        self._ask_anew()
        return self._read(limit, seconds)

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask_anew(self) -> None:
        self.close()
        self.ask(self._question)

    def _read(self, limit: int, seconds: float) -> Answer:
        if self._socket is None:
            raise ConnectionResetError
        answer = AnswerReader(self._socket, limit=limit, seconds=seconds).read()
        if answer.is_last:
            self.close()
        return answer


def _not_usable(address: str) -> AuditError:
    return AuditError.unchecked(words=f"{shown(address)} is not an address: give https://…")
