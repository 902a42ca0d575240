"""Pictures of campaigns, from the media folder: only kinds that no browser runs."""

import re
from http import HTTPStatus
from pathlib import Path

from tocsin.lane.http import Response
from tocsin.rallies import photo_files

_KINDS = {".jpg": b"image/jpeg", ".jpeg": b"image/jpeg", ".png": b"image/png", ".webp": b"image/webp"}
# A photo of people may have to go again: no cache shows it for more than a minute after that.
_SHORT_CACHE = b"public, max-age=60, must-revalidate"
# Every other picture's name is its content's hash: another picture has another address.
_CACHE = b"public, max-age=86400, stale-while-revalidate=604800, stale-if-error=604800, immutable"
_NAME = re.compile(r"(?=.{1,200}\Z)(?:[A-Za-z0-9_][A-Za-z0-9_.-]*/)*[A-Za-z0-9_][A-Za-z0-9_.-]*")
_LARGEST = 8 * 1024 * 1024


def picture(name: str, *, root: Path) -> Response:
    """Return the picture `name` below `root`, or 404; reads the disk."""
    kind = _KINDS.get(Path(name).suffix.lower())
    file = root / name
    # No part of a name begins with a dot, so no name climbs; a link that does is refused too.
    if kind is None or not _NAME.fullmatch(name) or not file.resolve().is_relative_to(root.resolve()):
        return Response(HTTPStatus.NOT_FOUND)
    try:
        if file.stat().st_size > _LARGEST:
            return Response(HTTPStatus.NOT_FOUND)
        body = file.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return Response(HTTPStatus.NOT_FOUND)
    cache = _SHORT_CACHE if name.startswith(f"{photo_files.FOLDER}/") else _CACHE
    return Response(HTTPStatus.OK, body, [(b"content-type", kind), (b"cache-control", cache)])
