"""The slot: how what an operator or keyholder opened gets into a sealed server that runs.

A socket in the key folder, 0600 in 0700, like the slot of a letterbox: it takes, and gives
nothing back but yes or no. It takes two things: the root key, which must be the right one, and a
campaign key for `tocsin resend`, for some minutes. Whoever can reach it can read the key
folder anyway, and there everything is sealed.
"""

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

from tocsin.vault.keeper import Keeper
from tocsin.vault.keeper.wire import BadFrameError, Question, Verb, pack, receive, send, unpack
from tocsin.vault.sealed.folder import is_root
from tocsin.vault.sealed.store import ROOT

_log = logging.getLogger(__name__)
RESEND = "resend/"
_RESEND_SECONDS = 900.0
_NAME = "slot"
_PATIENCE_SECONDS = 10.0
_YES, _NO = b"\x01", b"\x00"


class NoServerError(Exception):
    """No sealed server runs with these keys."""


class Slot:
    """The server's side; it lives in the process that has the keeper."""

    def __init__(self, folder: Path, keeper: Keeper) -> None:
        self._folder = folder
        self._keeper = keeper
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with _short(folder) as path:
            path.unlink(missing_ok=True)  # a killed server's: the folder's lock says that there is no other
            self._socket.bind(str(path))
            path.chmod(0o600)
        self._socket.listen(8)
        threading.Thread(target=self._listen, name="slot", daemon=True).start()

    def close(self) -> None:
        """Take nothing any more."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        (self._folder / _NAME).unlink(missing_ok=True)

    def _listen(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            with line, contextlib.suppress(OSError, BadFrameError):
                line.settimeout(_PATIENCE_SECONDS)
                frame = receive(line)
                send(line, _YES if frame is not None and self._take(unpack(frame)) else _NO)

    def _take(self, given: Question) -> bool:
        if given.verb is Verb.LEFT and given.name.startswith(RESEND):
            return self._keeper.left(given.name) is not None
        if given.verb is not Verb.PUT:
            return False
        if given.name == ROOT and is_root(self._folder, given.secret):
            self._keeper.put(ROOT, given.secret)
            _log.warning("the keys were opened: signatures are taken and mail goes out again")
            return True
        if given.name.startswith(RESEND):
            self._keeper.put(given.name, given.secret, _RESEND_SECONDS)
            return True
        return False


def push(folder: Path, name: str, secret: bytes) -> bool:
    """Hand something opened to the server that runs with these keys; False when it does not take it.

    Raises NoServerError.
    """
    return _ask(folder, Question(Verb.PUT, name, secret))


def is_held(folder: Path, name: str) -> bool:
    """Say whether the server still works with a campaign key that was pushed; raises NoServerError."""
    return _ask(folder, Question(Verb.LEFT, name))


def _ask(folder: Path, question: Question) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line, _short(folder) as path:
            line.settimeout(_PATIENCE_SECONDS)
            line.connect(str(path))
            send(line, pack(question))
            return receive(line) == _YES
    except OSError as error:
        message = "no sealed server runs here: 'tocsin serve --sealed' starts it"
        raise NoServerError(message) from error


@contextlib.contextmanager
def _short(folder: Path) -> Iterator[Path]:
    """Give the slot's path in a form that fits a socket's 108 bytes, wherever the folder lies."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        by_handle = Path(f"/proc/self/fd/{handle}")
        yield (by_handle if by_handle.exists() else folder) / _NAME
    finally:
        os.close(handle)
