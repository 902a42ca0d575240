"""lane.media: pictures of the media folder, and nothing else on the disk."""

from http import HTTPStatus
from pathlib import Path

import pytest

from tocsin.lane.media import picture
from tocsin.rallies import photo_files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    (folder / "campaigns").mkdir(parents=True)
    (folder / "campaigns" / "0f3a.jpg").write_bytes(b"\xff\xd8 a picture")
    (folder / "campaigns" / "page.html").write_text("<script>", encoding="utf-8")
    (folder / "campaigns" / "drawing.svg").write_text("<svg onload=x>", encoding="utf-8")
    (folder / ".hidden.jpg").write_bytes(b"\xff\xd8")
    (tmp_path / "outside.jpg").write_bytes(b"\xff\xd8 not yours")
    (folder / "link.jpg").symlink_to(tmp_path / "outside.jpg")
    return folder


def test_a_picture(root: Path) -> None:
    answer = picture("campaigns/0f3a.jpg", root=root)

    assert (answer.status, answer.body) == (HTTPStatus.OK, b"\xff\xd8 a picture")
    assert dict(answer.headers)[b"content-type"] == b"image/jpeg"
    assert dict(answer.headers)[b"cache-control"].startswith(b"public, ")


def test_a_photo_of_people_is_kept_by_no_cache_for_longer_than_a_minute(root: Path) -> None:
    (root / photo_files.FOLDER / "7").mkdir(parents=True)
    (root / photo_files.FOLDER / "7" / "0f3a.jpg").write_bytes(b"\xff\xd8 people")

    answer = picture(f"{photo_files.FOLDER}/7/0f3a.jpg", root=root)

    assert dict(answer.headers)[b"cache-control"] == b"public, max-age=60, must-revalidate"


@pytest.mark.parametrize(
    "name",
    [
        "campaigns/page.html",
        "campaigns/drawing.svg",
        "campaigns/none.jpg",
        "campaigns",
        "campaigns/",
        "campaigns/0f3a.jpg/",
        "campaigns/0f3a.jpg/x.jpg",
        "",
        ".hidden.jpg",
        "../outside.jpg",
        "campaigns/../../outside.jpg",
        "campaigns/..%2f..%2foutside.jpg",
        "/etc/passwd.jpg",
        "link.jpg",
        "campaigns//0f3a.jpg",
        "campaigns/0f3a.jpg\n",
        "campaigns\\0f3a.jpg",
        "x" * 5000 + ".jpg",
    ],
)
def test_anything_else_is_not_there(root: Path, name: str) -> None:
    assert picture(name, root=root).status == HTTPStatus.NOT_FOUND


def test_a_file_too_large_for_a_page_is_not_there(root: Path) -> None:
    with (root / "huge.png").open("wb") as file:
        file.truncate(9 * 1024 * 1024)

    assert picture("huge.png", root=root).status == HTTPStatus.NOT_FOUND
