"""Copies of the published log to recover from: this server's own folder, another folder, or a web address.

What they hold is believed only once it was checked against a signed checkpoint.
"""

import http.client
import urllib.error
import urllib.request
from pathlib import Path
from typing import Protocol

from tocsin.tally.reading import read_or_cut
from tocsin.tally.shelf import Shelf
from tocsin.tlog.tiles import Tile

_SECONDS = 20.0
# 256 entries of the largest size, each behind its length, are less.
_MOST_BYTES = 256 * (0xFFFF + 2)


class CopyError(Exception):
    """A copy of the log cannot be read, or is not of this log; the message says what is wrong with it."""


class LogCopy(Protocol):
    """Where the files of a published log can be read."""

    @property
    def place(self) -> str:
        """Where it is, in words for a terminal."""

    def text(self, name: str) -> str | None:
        """Return a text beside the tiles; None when there is none."""

    def read(self, tile: Tile) -> bytes:
        """Return a tile's bytes; raises CopyError."""


class FolderCopy:
    """A log in a folder."""

    def __init__(self, folder: Path) -> None:
        self._shelf = Shelf(folder)

    @property
    def place(self) -> str:
        """The folder."""
        return str(self._shelf.folder)

    def text(self, name: str) -> str | None:
        """Return a text beside the tiles; None when there is none."""
        return self._shelf.text(name)

    def read(self, tile: Tile) -> bytes:
        """Return a tile's bytes; raises CopyError."""
        try:
            return read_or_cut(self._shelf, tile)
        except OSError as error:
            message = f"{tile.path} cannot be read in {self.place} ({error.strerror})"
            raise CopyError(message) from error


class WebCopy:
    """A log behind a web address, as this server or a mirror of it shows it."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("https://", "http://")):
            message = f"{url} is neither a folder here nor an address that begins with https://"
            raise CopyError(message)
        self._url = url.rstrip("/")

    @property
    def place(self) -> str:
        """The address."""
        return self._url

    def text(self, name: str) -> str | None:
        """Return a text beside the tiles; None when there is none."""
        body = self._fetch(name)
        try:
            return None if body is None else body.decode()
        except UnicodeDecodeError as error:
            message = f"{self._url}/{name} is no text"
            raise CopyError(message) from error

    def read(self, tile: Tile) -> bytes:
        """Return a tile's bytes; raises CopyError."""
        body = self._fetch(tile.path)
        if body is None:
            message = f"{self._url}/{tile.path} is not there"
            raise CopyError(message)
        return body

    def _fetch(self, name: str) -> bytes | None:
        try:
            with urllib.request.urlopen(f"{self._url}/{name}", timeout=_SECONDS) as answer:  # noqa: S310  http only, see above
                body: bytes = answer.read(_MOST_BYTES + 1)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == http.HTTPStatus.NOT_FOUND:
                return None
            message = f"{self._url}/{name} answers {error.code}"
            raise CopyError(message) from error
        except (OSError, http.client.HTTPException) as error:
            message = f"{self._url} cannot be reached ({type(error).__name__})"
            raise CopyError(message) from error
        if len(body) > _MOST_BYTES:
            message = f"{self._url}/{name} is larger than any file of a log"
            raise CopyError(message)
        return body


def copy_at(place: str) -> LogCopy:
    """Return the copy at a folder's path or a web address; raises CopyError when it is neither."""
    return FolderCopy(Path(place)) if Path(place).is_dir() else WebCopy(place)
