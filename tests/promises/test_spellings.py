"""The search itself: it finds each spelling wherever it lies, or its silence would say nothing."""

import base64
from pathlib import Path

import pytest

from tests.promises import spellings as subject

SECRET = "maya.canary@example.org"
WITH_ACCENTS = "Ürsula Canarÿ"


@pytest.mark.parametrize("secret", [SECRET, WITH_ACCENTS])
@pytest.mark.parametrize("spelling", subject.spellings(SECRET))
def test_each_spelling_is_found(tmp_path: Path, secret: str, spelling: str) -> None:
    (tmp_path / "wal").write_bytes(b"\x00\xff" * 50 + subject.spellings(secret)[spelling] + b"\x00" * 50)
    assert subject.found_in([tmp_path], [secret])


@pytest.mark.parametrize("before", range(7))
def test_base64_is_found_in_the_middle_of_other_bytes(tmp_path: Path, before: int) -> None:
    (tmp_path / "spool").write_bytes(base64.b64encode(b"x" * before + SECRET.encode() + b"and more"))
    assert subject.found_in([tmp_path], [SECRET])


def test_a_secret_across_a_seam_is_found(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"." * ((1 << 20) - 5) + SECRET.encode() + b"." * 100)
    assert subject.found_in([tmp_path], [SECRET])


def test_a_secret_in_a_files_name_is_found(tmp_path: Path) -> None:
    (tmp_path / SECRET).touch()
    assert subject.found_in([tmp_path], [SECRET])


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "database").write_bytes(b"maya.cannery@example.org" * 100)
    assert subject.found_in([tmp_path], [SECRET, WITH_ACCENTS]) == []
