"""Pictures as people send them, good and bad."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **more: Any) -> bytes:
    """Return a picture of one colour; `more` goes to Pillow's encoder."""
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def phone_photo() -> bytes:
    """Return a JPEG that a phone took on its side: turned by a mark, and with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    exif[0x010F] = "Maya's phone"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 18.0, 52.0), 3: "E", 4: (9.0, 29.0, 45.0)})
    return picture(size=(60, 40), exif=exif)


def huge_png(side: int = 30_000) -> bytes:
    """Return a PNG of few bytes that says it has so many pixels a side."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(1_000)))


def heic() -> bytes:
    """Return the beginning of a file as an iPhone keeps its photos."""
    return struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"heic", 0, b"mif1", b"heic") + bytes(200)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
