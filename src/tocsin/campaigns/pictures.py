"""A campaign's picture, made afresh from what was given: no metadata, one format, a bounded size."""

import hashlib
from io import BytesIO
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

from tocsin.campaigns.refusals import Refusal, RefusedError

MAX_BYTES = 15_000_000
MAX_PIXELS = 50_000_000
LONGEST_SIDE = 2_000
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 82
_PAPER = (255, 255, 255)


def fresh_jpeg(upload: IO[bytes]) -> bytes:
    """Return the picture as a JPEG of at most 2,000 pixels a side, on white, upright.

    Raises RefusedError when it is too big or not a picture.
    """
    content = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise RefusedError.of(Refusal.PICTURE_TOO_BIG, "picture")
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:  # known from the header, before any pixel is read
                raise RefusedError.of(Refusal.PICTURE_TOO_BIG, "picture")
            return _encoded(image)
    except Image.DecompressionBombError as error:  # from 179 million pixels on, Pillow says it before we do
        raise RefusedError.of(Refusal.PICTURE_TOO_BIG, "picture") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise RefusedError.of(Refusal.PICTURE_UNREADABLE, "picture") from error


def name_of(content: bytes) -> str:
    """Return the file name of a picture: its content's hash, so that an address never changes its picture."""
    return f"{hashlib.sha256(content).hexdigest()[:20]}.jpg"


def size_of(fresh: bytes) -> tuple[int, int]:
    """Return the width and height, in pixels, of a picture that `fresh_jpeg` has made; its header alone is read."""
    with Image.open(BytesIO(fresh), formats=("JPEG",)) as image:
        return image.size


def _encoded(image: Image.Image) -> bytes:
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # lets a JPEG be read at a fraction of its size
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    paper = Image.new("RGB", upright.size, _PAPER)
    paper.paste(upright, mask=upright.getchannel("A"))
    out = BytesIO()
    paper.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()
