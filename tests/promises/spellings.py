"""The spellings in which a name or an address could lie somewhere, and the search for them."""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

_CHUNK = 1 << 20


def spellings(secret: str) -> dict[str, bytes]:
    """Return `secret` raw, in both UTF-16, hex, URL-encoded, JSON-escaped, and in each alignment of base64."""
    raw = secret.encode()
    return {
        "raw": raw,
        "lower case": secret.lower().encode(),
        "UTF-16 little": secret.encode("utf-16-le"),
        "UTF-16 big": secret.encode("utf-16-be"),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "URL": quote(secret, safe="").encode(),
        "form": quote_plus(secret, safe="").encode(),
        "JSON": secret.encode("ascii", "backslashreplace"),
        **{f"base64 at {shift}": _inside_base64(raw, shift) for shift in range(3)},
        **{
            f"base64url at {shift}": _inside_base64(raw, shift).replace(b"+", b"-").replace(b"/", b"_")
            for shift in range(3)
        },
    }


def _inside_base64(raw: bytes, shift: int) -> bytes:
    """Return the characters that `raw` always has in base64 when `shift` bytes come before it."""
    encoded = base64.b64encode(b"\0" * shift + raw)
    begin = 0 if shift == 0 else 4  # the first group mixes with what stood before
    end = (shift + len(raw)) // 3 * 4  # the last one with what follows
    return encoded[begin:end]


def found_in(folders: Iterable[Path], secrets: Iterable[str]) -> list[str]:
    """Return "file: spelling of secret" for each hit in any file below `folders`, and in the files' names."""
    needles = {
        needle: f"{spelling} of {secret}" for secret in secrets for spelling, needle in spellings(secret).items()
    }
    longest = max(map(len, needles))
    return [
        f"{path}: {what}"
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for what in sorted(_hits(path, needles, longest))
    ]


def _hits(path: Path, needles: dict[bytes, str], longest: int) -> set[str]:
    return {
        what
        for part in (str(path).encode(), *_parts(path, longest))
        for needle, what in needles.items()
        if needle in part
    }


def _parts(path: Path, overlap: int) -> Iterator[bytes]:
    """Yield a file's bytes in parts that overlap, so that nothing hides on a seam."""
    with path.open("rb") as file:
        kept = b""
        while part := file.read(_CHUNK):
            yield kept + part
            kept = part[-overlap:]
