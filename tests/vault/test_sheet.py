"""The recovery sheet: one page of paper from which everything comes back."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdf
import pytest
import zxingcpp
from django.utils import translation
from PIL import Image

from tests.factories import vault as factories
from tocsin.seal.epoch import begin_epoch
from tocsin.vault import queries, sheet
from tocsin.vault.models import Keyholder

pytestmark = pytest.mark.django_db
LONG_SLUG = "the-trains-that-run-at-night-from-here-to-the-sea-and-home-x"
LONG_URL = "https://petitions.an-organisation-with-a-long-name.example.org"
TITLE = "Bring back the night trains"
PAYLOAD = '{"email":"maya@example.org","name":"Maya Lindqvist"}'


@pytest.fixture
def keyholder() -> Keyholder:
    factories.campaign_key(7)
    return queries.keyholders(7)[0]


def print_sheet(keyholder: Keyholder, **other: str) -> pypdf.PdfReader:
    given = {
        "title": TITLE,
        "slug": "night-trains",
        "base_url": "https://petition.example.org",
        "passphrase": factories.PASSPHRASE,
        "language": "en",
    } | other
    return pypdf.PdfReader(io.BytesIO(sheet.recovery_sheet(keyholder=keyholder, **given)))


def between(text: str, first: str, last: str) -> str:
    start = text.index(first)
    return text[start : text.index(last, start) + len(last)] + "\n"


def test_the_sheet_says_whose_key_it_is(keyholder: Keyholder) -> None:
    (page,) = print_sheet(keyholder).pages
    text = page.extract_text()

    fingerprint = bytes(keyholder.key.fingerprint).hex()
    for said in (TITLE, "Noor", "night-trains", "https://petition.example.org", "2026-03-01", fingerprint[:4]):
        assert said in text


def test_the_paper_alone_opens_every_row_on_a_machine_without_tocsin(keyholder: Keyholder, tmp_path: Path) -> None:
    text = print_sheet(keyholder).pages[0].extract_text()
    lines = text.splitlines()
    passphrase = lines[lines.index("Passphrase") + 1]
    age_file = between(text, "-----BEGIN AGE", "END AGE ENCRYPTED FILE-----")
    program = between(text, '"""Open sealed rows', ".decode())")
    epoch = begin_epoch(factories.key_pair().public, "night-trains")
    rows = [{"epoch": epoch.id.hex(), "sealed": epoch.wrapped.hex()}]
    rows += [{"sealed": epoch.seal(bytes(32), PAYLOAD.encode()).hex()} for _ in range(3)]
    (tmp_path / "key.age").write_text(age_file, encoding="ascii")
    (tmp_path / "open.py").write_text(program, encoding="utf-8")
    (tmp_path / "rows.sealed").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="ascii")

    opened = subprocess.run(
        [sys.executable, "-I", "open.py", "night-trains", "key.age", "rows.sealed"],
        cwd=tmp_path,
        input=f"{passphrase}\n",
        capture_output=True,
        text=True,
        check=True,
        start_new_session=True,  # no terminal: the passphrase is read from the input
        timeout=120,
    )

    assert opened.stdout.splitlines() == [PAYLOAD] * 3


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_the_square_holds_the_key_file(keyholder: Keyholder, language: str) -> None:
    with translation.override(language):
        given = sheet.what_it_says(
            title=TITLE,
            slug="night-trains",
            base_url="https://petition.example.org",
            keyholder=keyholder,
            passphrase=factories.PASSPHRASE,
        )
    picture = Image.open(io.BytesIO(sheet.typeset(given, "png")))

    (square,) = zxingcpp.read_barcodes(picture)

    assert square.text == bytes(keyholder.age_file).decode("ascii").strip()


@pytest.mark.parametrize("language", ["en", "es", "ar"])
@pytest.mark.parametrize("passphrase", ["", factories.PASSPHRASE])
def test_it_fits_one_page_however_long_the_names(keyholder: Keyholder, language: str, passphrase: str) -> None:
    keyholder.label = "W" * 80
    longest = {"title": "A very long title " * 16, "slug": LONG_SLUG, "base_url": LONG_URL}
    printed = print_sheet(keyholder, language=language, passphrase=passphrase, **longest)

    assert len(printed.pages) == 1


def test_without_a_passphrase_there_is_a_line_to_write_it_on(keyholder: Keyholder) -> None:
    text = print_sheet(keyholder, passphrase="").pages[0].extract_text()

    assert "Write it here by hand" in text
    assert factories.PASSPHRASE not in text


def test_markup_in_a_title_is_only_letters(keyholder: Keyholder) -> None:
    title = '#panic() $x$ *bold* [x] \\ "quoted" <b> @x'

    assert title in print_sheet(keyholder, title=title).pages[0].extract_text()


def test_the_program_has_at_most_twenty_lines() -> None:
    assert len(sheet.opener().splitlines()) <= 20


def test_arabic_is_set_in_a_book_face(keyholder: Keyholder) -> None:
    (page,) = print_sheet(keyholder, language="ar", title="أعيدوا القطارات الليلية").pages

    resources: Any = page["/Resources"]
    fonts = {str(font.get_object()["/BaseFont"]) for font in resources["/Font"].values()}

    assert {name.partition("+")[2] for name in fonts} >= {"NotoNaskhArabic-Regular", "NotoNaskhArabic-Bold"}


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_the_name_of_a_file_is_never_broken(keyholder: Keyholder, language: str) -> None:
    """Spanish writes a second hyphen where a line breaks at one, and that would be another file."""
    (page,) = print_sheet(keyholder, language=language, slug=LONG_SLUG).pages
    steps = page.extract_text().partition(f"tocsin open {LONG_SLUG}\n")[2].partition("--age-file")[0]

    assert f"{LONG_SLUG}.age" in steps
