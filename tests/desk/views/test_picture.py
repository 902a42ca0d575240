"""The picture: only what a bounded process made of an upload is ever stored."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from tocsin.campaigns.models import Campaign


def picture_of(campaign: Campaign) -> str:
    return reverse("desk:picture", args=[campaign.slug])


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    """Return a picture with a place in its metadata."""
    exif = Image.Exif()
    exif[0x010E] = "taken at home, 52.5 N 13.4 E"
    out = io.BytesIO()
    Image.new("RGB", size, "#9a3412").save(out, kind, exif=exif)
    return out.getvalue()


def bomb(side: int) -> bytes:
    """Return a PNG of a few hundred bytes that says it holds a great many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(999))) + chunk(b"IEND", b"")


def upload(content: bytes, name: str = "p.jpg") -> dict[str, object]:
    return {"picture": SimpleUploadedFile(name, content), "picture_text.en": "A train at night"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_stored_afresh_and_says_nothing_of_where_it_was_taken(
    campaign: Campaign, desk: Client, settings: Settings, kind: str
) -> None:
    assert desk.post(picture_of(campaign), upload(photo(kind))).status_code == 303
    campaign.refresh_from_db()
    stored = (Path(settings.MEDIA_ROOT) / str(campaign.picture.name)).read_bytes()
    assert campaign.picture_text == {"en": "A train at night"}
    with Image.open(io.BytesIO(stored)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (60, 40), {})
    assert b"taken at home" not in stored


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "The submitted file is empty."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "JPEG, PNG or WebP"),
        (b"GIF89a" + bytes(40), "JPEG, PNG or WebP"),
        (photo()[:200], "JPEG, PNG or WebP"),
        (bomb(8_000), "at most 15 MB and 50 million pixels"),
        (bomb(30_000), "at most 15 MB and 50 million pixels"),
        (bytes(15_000_001), "at most 15 MB and 50 million pixels"),
    ],
    ids=["empty", "svg", "gif", "cut", "64-megapixels", "900-megapixels", "too-big"],
)
def test_what_is_no_picture_is_refused_and_the_words_about_it_are_kept(
    campaign: Campaign, desk: Client, content: bytes, said: str
) -> None:
    answer = desk.post(picture_of(campaign), upload(content))
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, ["picture"])
    assert said in form.errors["picture"][0]
    assert form["picture_text.en"].value() == "A train at night"
    campaign.refresh_from_db()
    assert not campaign.picture


def test_a_picture_can_be_taken_away(campaign: Campaign, desk: Client) -> None:
    desk.post(picture_of(campaign), upload(photo()))
    desk.post(picture_of(campaign), {"remove": "1"})
    campaign.refresh_from_db()
    assert not campaign.picture


def test_words_change_without_a_new_picture(campaign: Campaign, desk: Client) -> None:
    desk.post(picture_of(campaign), upload(photo()))
    desk.post(picture_of(campaign), {"picture_text.en": "A sleeper train"})
    campaign.refresh_from_db()
    assert (bool(campaign.picture), campaign.picture_text) == (True, {"en": "A sleeper train"})
