"""The published log, from the disk: checkpoint, tiles, bundles and the key to check them with (c2sp.org/tlog-tiles).

No database and no worker is needed for it. Anybody's page may read these files, which are made
to be checked by programs of others (docs/decisions/0024-the-log-may-be-read-from-anywhere.md).
"""

import re
from http import HTTPStatus

from tocsin.lane.http import Header, Response
from tocsin.tally.reading import read_or_cut
from tocsin.tally.shelf import BEFORE, CHECKPOINT, VKEY, Shelf
from tocsin.tlog.bundles import BundleError
from tocsin.tlog.tiles import TileError, parse_path

FIRST_PART = "tally"
_BELOW = f"/{FIRST_PART}/"
# Three digits, as tlog.succession.MOST_LOGS has.
_EARLIER = re.compile(rf"{BEFORE}/(?P<number>[1-9][0-9]{{0,2}})/(?P<name>.+)")
_FOR_ALL: list[Header] = [
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
]
_TEXT: Header = (b"content-type", b"text/plain; charset=utf-8")
_BYTES: Header = (b"content-type", b"application/octet-stream")
# Who compares checkpoints must not be shown an old one.
_A_MOMENT: Header = (b"cache-control", b"public, max-age=1")
_A_WHILE: Header = (b"cache-control", b"public, max-age=300")
_FOREVER: Header = (b"cache-control", b"public, max-age=31536000, immutable")


def log_file(path: str, shelf: Shelf) -> Response:
    """Return the published file at `path`, which begins with /tally/, or 404; reads the disk."""
    name = path.removeprefix(_BELOW)
    if (earlier := _EARLIER.fullmatch(name)) is not None:  # a log that this one follows, as it was when it ended
        name, shelf = earlier["name"], shelf.before(int(earlier["number"]))
    if name in {CHECKPOINT, VKEY}:
        text = shelf.text(name)
        if text is None:
            return Response(HTTPStatus.NOT_FOUND)
        return Response(HTTPStatus.OK, text.encode(), [_TEXT, _A_MOMENT if name == CHECKPOINT else _A_WHILE, *_FOR_ALL])
    try:
        # Only the one spelling of a tile's path is looked for, so no name climbs out of the folder.
        body = read_or_cut(shelf, parse_path(name))
    except (TileError, BundleError, FileNotFoundError, NotADirectoryError):
        return Response(HTTPStatus.NOT_FOUND)
    return Response(HTTPStatus.OK, body, [_BYTES, _FOREVER, *_FOR_ALL])
