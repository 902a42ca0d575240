"""lane.static: hashed files for ever, plain names for a while, and nothing but what browsers load."""

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage

from tocsin.lane.copies import Variants
from tocsin.lane.static import static_files
from tocsin.website.headers import STRICT_HEADERS


@pytest.fixture
def files(collected_static: Path) -> dict[str, Variants]:
    return dict(static_files(collected_static, "/static/", STRICT_HEADERS))


def headers_of(variants: Variants) -> dict[bytes, bytes]:
    return dict(variants.zipped.headers)


def test_a_file_under_its_hashed_name_is_kept_for_ever(files: dict[str, Variants]) -> None:
    url = staticfiles_storage.url("website/base.css")
    headers = headers_of(files[url])

    assert url != "/static/website/base.css"
    assert headers[b"cache-control"] == b"public, max-age=31536000, immutable"
    assert headers[b"content-type"] == b"text/css; charset=utf-8"
    assert gzip.decompress(files[url].zipped.body) == files[url].plain.body


def test_a_file_under_its_plain_name_is_kept_for_a_while(files: dict[str, Variants]) -> None:
    assert headers_of(files["/static/website/base.css"])[b"cache-control"] == b"public, max-age=300"


def test_every_file_has_the_strict_headers(files: dict[str, Variants]) -> None:
    assert files
    for variants in files.values():
        assert dict(STRICT_HEADERS).items() <= headers_of(variants).items()


def test_scripts_can_run_and_the_manifest_is_nobodys_business(files: dict[str, Variants]) -> None:
    scripts = [variants for path, variants in files.items() if path.endswith(".js")]

    assert scripts
    assert {headers_of(script)[b"content-type"] for script in scripts} == {b"text/javascript; charset=utf-8"}
    assert "/static/staticfiles.json" not in files


def test_a_folder_that_nobody_collected_has_no_files(tmp_path: Path) -> None:
    (tmp_path / "notes.py").write_text("secret = 1", encoding="utf-8")

    assert dict(static_files(tmp_path, "/static/", ())) == {}
    assert dict(static_files(tmp_path / "nowhere", "/static/", ())) == {}
