"""rallies.photos: what people send as a photo comes out as a fresh JPEG, or is refused with what to do."""

from io import BytesIO

import pytest
from PIL import Image

from tests.rallies.pictures import heic, huge_png, phone_photo, picture
from tocsin.rallies.photos import MAX_BYTES, SentPhoto, fresh_photo
from tocsin.rallies.refusals import Refusal, RefusedError

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def test_it_is_upright_and_says_nothing_of_where_and_with_what_it_was_taken() -> None:
    fresh = fresh_photo(BytesIO(phone_photo()))

    assert b"Maya" in phone_photo()
    assert b"Maya" not in fresh
    with Image.open(BytesIO(fresh)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (40, 60))
        assert dict(shown.getexif()) == {}
        assert shown.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


def test_what_hides_behind_a_picture_is_left_behind() -> None:
    hidden = b"<script>alert(1)</script>PK\x03\x04"
    for kind in ("JPEG", "PNG", "WEBP"):
        fresh = fresh_photo(BytesIO(picture(kind) + hidden))
        assert b"script" not in fresh
        assert fresh.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    "content, refusal",
    [
        (SVG, Refusal.PHOTO_UNREADABLE),
        (b"GIF89a" + SVG, Refusal.PHOTO_UNREADABLE),
        (picture("GIF"), Refusal.PHOTO_UNREADABLE),
        (picture(size=(600, 400))[:900], Refusal.PHOTO_UNREADABLE),
        (b"%PDF-1.7", Refusal.PHOTO_UNREADABLE),
        (heic(), Refusal.PHOTO_HEIC),
        (huge_png(), Refusal.PHOTO_BIG),
        (picture() + bytes(MAX_BYTES), Refusal.PHOTO_BIG),
    ],
    ids=["svg", "svg as gif", "gif", "cut off", "pdf", "heic", "900 megapixels", "13 MB"],
)
def test_what_is_no_photo_is_refused_with_a_mend(content: bytes, refusal: Refusal) -> None:
    with pytest.raises(RefusedError) as error:
        fresh_photo(BytesIO(content))

    assert [(one.field, one.refusal) for one in error.value.refused] == [("photo", refusal)]
    assert "%(" not in error.value.refused[0].mend


def test_what_went_wrong_on_the_way_is_what_is_said() -> None:
    with pytest.raises(RefusedError) as error:
        SentPhoto(None, Refusal.PHOTO_BUSY).made_afresh()

    assert error.value.refused[0].refusal is Refusal.PHOTO_BUSY
