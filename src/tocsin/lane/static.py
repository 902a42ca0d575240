"""Static files under their hashed names: read once, compressed once, kept by every cache for a year."""

import json
from collections.abc import Iterator
from pathlib import Path

from tocsin.lane.copies import WORTH_ZIPPING, Variants, zip_bytes
from tocsin.lane.http import Header

_BEST = 9
_FOREVER = b"public, max-age=31536000, immutable"
# Under its plain name a file may change with the next version.
_A_WHILE = b"public, max-age=300"
_KINDS = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".mjs": b"text/javascript; charset=utf-8",
    ".json": b"application/json",
    ".webmanifest": b"application/manifest+json",
    ".svg": b"image/svg+xml",
    ".txt": b"text/plain; charset=utf-8",
    ".png": b"image/png",
    ".jpg": b"image/jpeg",
    ".webp": b"image/webp",
    ".ico": b"image/x-icon",
    ".woff2": b"font/woff2",
}
_PACKED = frozenset({".png", ".jpg", ".webp", ".woff2"})


def static_files(root: Path, url: str, strict: tuple[Header, ...]) -> Iterator[tuple[str, Variants]]:
    """Yield the path and the ready answer of each collected file; `url` is what they lie below."""
    hashed = _hashed_names(root)
    for file in sorted(root.rglob("*")):
        kind = _KINDS.get(file.suffix.lower())
        if kind is None or not file.is_file():
            continue  # what has no kind here is not for browsers
        name = file.relative_to(root).as_posix()
        if name == "staticfiles.json":
            continue
        cache = _FOREVER if name in hashed else _A_WHILE
        headers = [(b"content-type", kind), (b"cache-control", cache), *strict]
        yield url + name, _variants(file.read_bytes(), headers, is_packed=file.suffix.lower() in _PACKED)


def _hashed_names(root: Path) -> frozenset[str]:
    try:
        manifest = json.loads((root / "staticfiles.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return frozenset()
    return frozenset(manifest["paths"].values())


def _variants(body: bytes, headers: list[Header], *, is_packed: bool) -> Variants:
    zipped = None if is_packed or len(body) < WORTH_ZIPPING else zip_bytes(body, _BEST)
    return Variants(headers, body, zipped=zipped)
