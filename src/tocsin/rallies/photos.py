"""A photo that shows how many came, made afresh from what somebody sent: no metadata, a bounded size, or a mend.

Where and when it was taken, and with which camera, is left out with all other metadata; what is turned by a
mark in the file is turned in its pixels (campaigns.pictures).
"""

from dataclasses import dataclass
from typing import IO, Final

from tocsin.campaigns import refusals as pictures
from tocsin.campaigns.picture_process import bounded_jpeg
from tocsin.rallies.refusals import Refusal, Refused, RefusedError

FIELD: Final = "photo"
SENT: Final = "tocsin.photo"  # in a request's META: the SentPhoto that came beside its form, or None
MAX_BYTES: Final = 12_000_000  # of one photo, as sent: a phone's have two to eight million
# The brands with which HEIF files begin (ISO/IEC 23008-12, annex B): phones' photos, and nothing our Pillow reads.
_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_BRAND: Final = slice(4, 12)


@dataclass(frozen=True, slots=True)
class SentPhoto:
    """A photo as it came with a form: a file, or why there is none."""

    file: IO[bytes] | None
    flaw: Refusal | None = None

    def made_afresh(self) -> bytes:
        """Return what `fresh_photo` does; raises RefusedError, for what was wrong on the way too."""
        if self.file is None:
            raise refused(self.flaw or Refusal.PHOTO_UNREADABLE)
        return fresh_photo(self.file)


def fresh_photo(upload: IO[bytes]) -> bytes:
    """Return the photo as a fresh JPEG of at most 2,000 pixels a side, made in a process of its own.

    Raises RefusedError, about `photo`, when it is too big, no picture, or none that we can read.
    """
    start = upload.read(_BRAND.stop)
    upload.seek(0, 2)
    size = upload.tell()
    upload.seek(0)
    if size > MAX_BYTES:
        raise refused(Refusal.PHOTO_BIG)
    if start[_BRAND][:4] == b"ftyp" and start[_BRAND][4:] in _HEIF_BRANDS:
        raise refused(Refusal.PHOTO_HEIC)
    try:
        return bounded_jpeg(upload)
    except pictures.RefusedError as error:
        is_big = error.refused[0].refusal is pictures.Refusal.PICTURE_TOO_BIG
        raise refused(Refusal.PHOTO_BIG if is_big else Refusal.PHOTO_UNREADABLE) from error


def lost() -> Refused:
    """Return what to say beside the field of a form that comes back: the photo that came with it is not kept."""
    return Refused(FIELD, Refusal.PHOTO_LOST)


def refused(refusal: Refusal) -> RefusedError:
    """Return the error that says what is wrong with a photo."""
    return RefusedError([Refused(FIELD, refusal)])
