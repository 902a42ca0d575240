"""The witness over HTTP: one address to post to, and one page that says who this is."""

import http.server
import io
import socket
import threading
from http import HTTPStatus
from time import monotonic
from typing import Any

from tocsin.cli.witness.memory import SpoiledError
from tocsin.cli.witness.request import MAX_BYTES
from tocsin.cli.witness.witness import Reply, Witness

_HEAD_SECONDS = 30.0  # until a request is there but for its body, the waiting for it included
_BODY_SECONDS = 20.0
_ANSWER_SECONDS = 20.0
_MOST_CONNECTIONS = 64


class WitnessServer(http.server.ThreadingHTTPServer):
    """Serves one witness; `about` is the page at `/`."""

    # A thread that waits for an idle connection must not hold up the end: whatever was cosigned is on the disk.
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], witness: Witness, about: str) -> None:
        self.witness = witness
        self.about = about
        self._places = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)

    def process_request(self, request: object, client_address: object) -> None:
        """Answer a connection in a thread of its own; past the most there may be, close it."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)  # type: ignore[arg-type]  # typeshed's own union
        else:
            self.shutdown_request(request)  # type: ignore[arg-type]  # as above

    def process_request_thread(self, request: object, client_address: object) -> None:
        """Give the place back, however the connection ended."""
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]  # as above
        finally:
            self._places.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients who leave; no address of theirs is written anywhere."""


class _Bounded(io.RawIOBase):
    """What a client sends, until a time: one that sends a byte now and then must not hold a place for hours."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connection = connection
        self._until = 0.0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def allow(self, seconds: float) -> None:
        """Let what is read from now on take `seconds` in all."""
        self._until = monotonic() + seconds

    def readinto(self, buffer: Any) -> int:
        """Read what has come; raises TimeoutError when the time is over."""
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "tocsin-witness"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    server: WitnessServer

    def setup(self) -> None:
        """Read through a bound in time."""
        super().setup()
        self.rfile.close()
        self._given = _Bounded(self.connection)
        self.rfile = io.BufferedReader(self._given)

    def handle_one_request(self) -> None:
        """Give each request its time; who takes longer is hung up on."""
        self._given.allow(_HEAD_SECONDS)
        super().handle_one_request()

    def do_POST(self) -> None:
        """Answer add-checkpoint."""
        body = self._body()
        if body is None:
            return
        if self.path != "/add-checkpoint":
            self._reply(Reply(HTTPStatus.NOT_FOUND, "POST to /add-checkpoint\n"))
            return
        try:
            self._reply(self.server.witness.add_checkpoint(body))
        except (SpoiledError, OSError) as error:
            print(f"witness: {error}", flush=True)
            self._reply(Reply(HTTPStatus.INTERNAL_SERVER_ERROR, "this witness needs its operator\n"))

    def do_GET(self) -> None:
        """Say who this is."""
        is_there = self.path == "/"
        self._reply(Reply(HTTPStatus.OK, self.server.about) if is_there else Reply(HTTPStatus.NOT_FOUND, "not here\n"))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the standard library's
        """Write no addresses."""

    def _body(self) -> bytes | None:
        """Return the request's body; None when it was refused, and the connection ends."""
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdecimal() or "Transfer-Encoding" in self.headers:
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
            return None
        if len(length) > len(str(MAX_BYTES)) or int(length) > MAX_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return None
        self._given.allow(_BODY_SECONDS)
        body = self.rfile.read(int(length))
        if len(body) < int(length):  # the client has left
            self.close_connection = True
            return None
        return body

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self._reply(Reply(status, f"{status.phrase}\n"))

    def _reply(self, reply: Reply) -> None:
        if reply.about:
            print(f"witness: {reply.about}", flush=True)
        body = reply.body.encode()
        self.connection.settimeout(_ANSWER_SECONDS)
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
