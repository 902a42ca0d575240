"""The keeper's own side: it lives in the parent of a server's processes and answers them.

A child connects without any name or path: it makes a pair of sockets and sends one of them
through the *door*, the one socket that it inherited (SCM_RIGHTS, unix(7)). So there is nothing
that another program could find and connect to.
"""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from tocsin.vault.keeper.wire import SECONDS, BadFrameError, Question, Verb, receive, send, unpack

DOOR = "TOCSIN_KEEPER"  # names, in a child's environment, the descriptor of its end of the door
KNOCK = b"k"
_NOTHING = b"\x00"
_SOMETHING = b"\x01"
_MOST_SECRETS = 10_000
_SWEEP_SECONDS = 1.0


class _Kept(NamedTuple):
    secret: bytearray
    ends_at: float | None  # by the keeper's own clock


class Keeper:
    """Holds secrets by name until their time is over, or it ends itself."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock  # monotonic: setting the machine's clock back must not give anybody more time
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()
        self._door, self._childs_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._ended = threading.Event()
        for work in (self._listen, self._sweep):
            threading.Thread(target=work, name="keeper", daemon=True).start()

    @property
    def descriptor(self) -> int:
        """The file descriptor to pass on to children, beside `environment`."""
        return self._childs_end.fileno()

    def environment(self) -> dict[str, str]:
        """Return what a child's environment needs to find the descriptor."""
        return {DOOR: str(self.descriptor)}

    def close(self) -> None:
        """Forget everything; who asks from now on is told that there is no keeper."""
        self._ended.set()
        with self._lock:
            for name in list(self._kept):
                self._forget(name)
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._childs_end.close()

    def put(self, name: str, secret: bytes, seconds: float | None = None) -> None:
        """Hold `secret` for `seconds`, or for as long as this process lives."""
        with self._lock:
            self._put(name, secret, seconds)

    def make(self, name: str, secret: bytes, seconds: float | None = None) -> bytes:
        """Hold `secret` unless there is one of this name already; return the one that is held now."""
        with self._lock:
            kept = self._living(name)
            if kept is not None:
                return bytes(kept.secret)
            self._put(name, secret, seconds)
            return secret

    def names(self, prefix: str) -> list[str]:
        """Return the names that begin with `prefix`, sorted."""
        with self._lock:
            return sorted(name for name in list(self._kept) if name.startswith(prefix) and self._living(name))

    def get(self, name: str) -> bytes | None:
        """Return a secret, None when there is none or its time is over."""
        with self._lock:
            kept = self._living(name)
            return None if kept is None else bytes(kept.secret)

    def left(self, name: str) -> float | None:
        """Return the seconds that a secret has left (infinity without an end), None when there is none."""
        with self._lock:
            kept = self._living(name)
            if kept is None:
                return None
            return float("inf") if kept.ends_at is None else kept.ends_at - self._clock()

    def drop(self, name: str) -> None:
        """Forget a secret."""
        with self._lock:
            self._forget(name)

    def drop_all(self, prefix: str) -> None:
        """Forget every secret whose name begins with `prefix`."""
        with self._lock:
            for name in [name for name in self._kept if name.startswith(prefix)]:
                self._forget(name)

    def _put(self, name: str, secret: bytes, seconds: float | None) -> None:
        if len(self._kept) >= _MOST_SECRETS and name not in self._kept:
            message = f"the keeper holds {_MOST_SECRETS} secrets already"
            raise BadFrameError(message)
        self._forget(name)
        self._kept[name] = _Kept(bytearray(secret), None if seconds is None else self._clock() + seconds)

    def _living(self, name: str) -> _Kept | None:
        kept = self._kept.get(name)
        if kept is not None and kept.ends_at is not None and kept.ends_at <= self._clock():
            self._forget(name)
            return None
        return kept

    def _forget(self, name: str) -> None:
        kept = self._kept.pop(name, None)
        if kept is not None:
            kept.secret[:] = bytes(len(kept.secret))

    def _sweep(self) -> None:
        """Forget what nobody asks for any more: its time is over in memory too, not only in answers."""
        while not self._ended.wait(_SWEEP_SECONDS):
            with self._lock:
                for name in list(self._kept):
                    self._living(name)

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                knock, descriptors, _, _ = socket.recv_fds(self._door, len(KNOCK), 1)
            except OSError:
                return
            if not knock:
                return
            for descriptor in descriptors:
                line = socket.socket(fileno=descriptor)
                threading.Thread(target=self._serve, args=(line,), name="keeper", daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        """Answer one process until it hangs up; who sends nonsense is hung up on."""
        with line, contextlib.suppress(OSError, BadFrameError):
            while (frame := receive(line)) is not None and not self._ended.is_set():
                send(line, self._answer(unpack(frame)))

    def _answer(self, question: Question) -> bytes:
        match question.verb:
            case Verb.PUT:
                self.put(question.name, question.secret, question.seconds)
            case Verb.MAKE:
                return _SOMETHING + self.make(question.name, question.secret, question.seconds)
            case Verb.NAMES:
                return _SOMETHING + "\n".join(self.names(question.name)).encode()
            case Verb.GET:
                secret = self.get(question.name)
                return _NOTHING if secret is None else _SOMETHING + secret
            case Verb.LEFT:
                left = self.left(question.name)
                return _NOTHING if left is None else _SOMETHING + SECONDS.pack(left)
            case Verb.DROP:
                self.drop(question.name)
            case Verb.DROP_ALL:
                self.drop_all(question.name)
        return _SOMETHING


def knock(door: int) -> socket.socket:
    """Return a line to the keeper behind the inherited descriptor `door`; raises OSError when it is gone."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # A copy, because closing this socket object must not close the inherited descriptor.
        with theirs, socket.socket(fileno=os.dup(door)) as way:
            socket.send_fds(way, [KNOCK], [theirs.fileno()])
    except BaseException:
        ours.close()
        raise
    return ours
