"""The keeper as a server's processes see it: five verbs over one line, kept open and made anew when it breaks."""

import os
import socket
import threading

from tocsin.vault.keeper.server import DOOR, knock
from tocsin.vault.keeper.wire import SECONDS, BadFrameError, Question, Verb, pack, receive, send

# The keeper answers in microseconds; this long only when the machine hangs.
_PATIENCE_SECONDS = 30.0


class KeeperMissingError(Exception):
    """This process has no keeper: it was not started by `tocsin serve`, or that has ended."""

    def __init__(self) -> None:
        super().__init__("no keeper holds opened keys here: start this server with 'tocsin serve', not its parts alone")


class _Line:
    """This process's line to the keeper; a fork makes its own, threads take turns."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._end: tuple[int, str] = (0, "")  # whose line it is, and through which door

    def ask(self, question: Question) -> bytes | None:
        """Return the answer's content, None for "nothing there"; raises KeeperMissingError."""
        frame = pack(question)
        with self._lock:
            try:
                answer = self._exchange(frame)
            except (OSError, BadFrameError):
                self._hang_up()
                try:
                    answer = self._exchange(frame)  # once more: the line broke, the keeper may be there
                except (OSError, BadFrameError) as error:
                    self._hang_up()
                    raise KeeperMissingError from error
        return answer[1:] if answer[:1] == b"\x01" else None

    def _exchange(self, frame: bytes) -> bytes:
        line = self._open()
        send(line, frame)
        answer = receive(line)
        if answer is None:
            raise ConnectionResetError
        return answer

    def _open(self) -> socket.socket:
        door = os.environ.get(DOOR, "")
        end = os.getpid(), door
        if self._socket is None or self._end != end:
            self._hang_up()  # it led to another keeper
            if not door:
                raise KeeperMissingError
            self._socket, self._end = knock(int(door)), end
            self._socket.settimeout(_PATIENCE_SECONDS)
        return self._socket

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


_line = _Line()
os.register_at_fork(after_in_child=_line.__init__)  # type: ignore[misc]  # a fork's lock may be held by nobody


def is_there() -> bool:
    """Say whether a `tocsin serve` started this process."""
    return bool(os.environ.get(DOOR))


def put(name: str, secret: bytes, seconds: float | None = None) -> None:
    """Let the keeper hold `secret` for `seconds`, or for as long as the server runs."""
    _line.ask(Question(Verb.PUT, name, secret, seconds))


def make(name: str, secret: bytes, seconds: float | None = None) -> bytes:
    """Let the keeper hold `secret` unless it has one of this name; return the one that it holds now."""
    return _line.ask(Question(Verb.MAKE, name, secret, seconds)) or b""


def names(prefix: str) -> list[str]:
    """Return the names of what is held that begin with `prefix`, sorted."""
    return (_line.ask(Question(Verb.NAMES, prefix)) or b"").decode().split()


def get(name: str) -> bytes | None:
    """Return a secret, None when there is none or its time is over."""
    return _line.ask(Question(Verb.GET, name))


def left(name: str) -> float | None:
    """Return the seconds that a secret has left (infinity without an end), None when there is none."""
    answer = _line.ask(Question(Verb.LEFT, name))
    return None if answer is None else float(SECONDS.unpack(answer)[0])


def drop(name: str) -> None:
    """Forget a secret; none there is fine."""
    _line.ask(Question(Verb.DROP, name))


def drop_all(prefix: str) -> None:
    """Forget every secret whose name begins with `prefix`."""
    _line.ask(Question(Verb.DROP_ALL, prefix))
