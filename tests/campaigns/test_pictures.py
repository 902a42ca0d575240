"""Pictures are made afresh: nothing but what can be seen is kept."""

import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tocsin.campaigns import domain, picture_process
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.pictures import LONGEST_SIDE, MAX_BYTES, fresh_jpeg
from tocsin.campaigns.refusals import Refusal, RefusedError


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **more: object) -> BytesIO:
    out = BytesIO()
    Image.new(mode, size, 0).save(out, kind, **more)
    out.seek(0)
    return out


@pytest.mark.parametrize("kind,mode", [("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "CMYK"), ("JPEG", "L"), ("WEBP", "RGB")])
def test_any_of_the_three_kinds_becomes_a_jpeg(kind: str, mode: str) -> None:
    with Image.open(BytesIO(fresh_jpeg(picture(kind, mode=mode)))) as made:
        assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (40, 20))


def test_what_is_see_through_stands_on_white() -> None:
    with Image.open(BytesIO(fresh_jpeg(picture(mode="RGBA")))) as made:
        assert made.getpixel((5, 5)) == (255, 255, 255)


def test_no_metadata_is_kept_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "taken at home"
    made = fresh_jpeg(picture("JPEG", exif=exif))
    assert b"taken at home" not in made
    with Image.open(BytesIO(made)) as image:
        assert image.size == (20, 40)
        assert not image.getexif()


def test_a_big_picture_becomes_smaller() -> None:
    with Image.open(BytesIO(fresh_jpeg(picture("JPEG", (4_000, 1_000))))) as made:
        assert made.size == (LONGEST_SIDE, LONGEST_SIDE // 4)


@pytest.mark.parametrize(
    "content,refusal",
    [
        (b"", Refusal.PICTURE_UNREADABLE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Refusal.PICTURE_UNREADABLE),
        (picture("GIF").getvalue(), Refusal.PICTURE_UNREADABLE),
        (picture("JPEG", (400, 400)).getvalue()[:400], Refusal.PICTURE_UNREADABLE),
        (picture("PNG", (8_000, 7_000), "1").getvalue(), Refusal.PICTURE_TOO_BIG),
        (b"\xff" * (MAX_BYTES + 1), Refusal.PICTURE_TOO_BIG),
    ],
    ids=["empty", "svg", "gif", "cut", "bomb", "bytes"],
)
def test_what_is_no_picture(content: bytes, refusal: Refusal) -> None:
    with pytest.raises(RefusedError) as caught:
        fresh_jpeg(BytesIO(content))
    assert [one.refusal for one in caught.value.refused] == [refusal]


def test_the_process_that_reads_a_strangers_picture_is_told_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead = tmp_path / "python"
    instead.write_text("#!/bin/sh\nexport -p\n", encoding="ascii")
    instead.chmod(0o700)
    monkeypatch.setenv("DATABASE_URL", "postgres://tocsin:secret@db.example/tocsin")
    monkeypatch.setattr(sys, "executable", str(instead))
    told = picture_process.bounded_jpeg(picture())
    assert b"PWD" in told
    assert b"secret" not in told


@pytest.mark.django_db(transaction=True)
def test_a_new_picture_takes_the_old_ones_place(settings: object) -> None:
    from tests import factories  # noqa: PLC0415  only this test stores

    campaign: Campaign = factories.CampaignFactory.create()
    domain.set_picture(campaign=campaign, upload=picture())
    first = Path(campaign.picture.path)
    assert first.is_file()
    domain.set_picture(campaign=campaign, upload=picture(size=(30, 30)))
    second = Path(campaign.picture.path)
    assert second.is_file()
    assert not first.exists()
    assert campaign.revision == 2
    domain.set_picture(campaign=campaign, upload=picture(size=(30, 30)))
    assert second.is_file()
    domain.remove_picture(campaign=campaign)
    assert not second.exists()
    assert not campaign.picture
