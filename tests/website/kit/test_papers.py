"""The papers of a kit: read back as a camera, a reader of PDFs and a printer would."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from tests.website.kit.made import NOW, facts
from tocsin.website.kit.papers import PAPERS, Paper, pdf, picture

MILLIMETRES = {"a4": (210, 297), "a3": (297, 420), "letter": (216, 279)}
TITLES = {
    "en": "Bring back the night trains",
    "uk": "Поверніть нічні потяги",
    "el": "Φέρτε πίσω τα νυχτερινά τρένα",
    "ar": "أعيدوا القطارات الليلية",
    "he": "החזירו את רכבות הלילה",
}


def text_of(content: bytes) -> str:
    return " ".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())


def codes_in(png: bytes) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))]


@pytest.mark.parametrize("name", PAPERS)
def test_each_paper_is_one_page_of_its_size(name: str) -> None:
    (page,) = PdfReader(io.BytesIO(pdf(facts(about={"en": "word " * 500}), Paper(name)))).pages
    size = tuple(round(float(one) / 72 * 25.4) for one in (page.mediabox.width, page.mediabox.height))
    assert size == MILLIMETRES[name.partition("-")[2]]


@pytest.mark.parametrize("language", TITLES)
def test_a_camera_reads_the_rallys_address_off_the_poster(language: str) -> None:
    drawn = picture(facts(language, title=TITLES[language]), Paper("poster-a4"), ppi=100)
    assert codes_in(drawn) == [f"http://testserver/{language}/night-trains/rallies/kassel/"]


def test_a_series_has_the_address_of_its_date_and_four_flyers_hold_it_four_times() -> None:
    drawn = picture(facts(repeat="FREQ=WEEKLY"), Paper("flyer-a4"), ppi=150)
    assert codes_in(drawn) == ["http://testserver/en/night-trains/rallies/kassel/2026-06-06/"] * 4


@pytest.mark.parametrize(
    "language,day,hour,country_is_left_out",
    [
        ("en", "June 6", "6:00", "Germany"),
        ("uk", "6 червня", "18:00", "Німеччина"),
        ("el", "6 Ιουνίου", "6:00", "Γερμανία"),
    ],
)
def test_the_poster_says_when_and_where_in_its_own_language(
    language: str, day: str, hour: str, country_is_left_out: str
) -> None:
    said = text_of(pdf(facts(language, title=TITLES[language], held_by="Friends"), Paper("poster-a4")))
    for part in (*TITLES[language].split(), *day.split(), hour, "Königsplatz", "Kassel", "Friends", "testserver/"):
        assert part in said, part
    assert country_is_left_out not in said


def test_arabic_begins_at_the_right() -> None:
    drawn = Image.open(io.BytesIO(picture(facts("ar", title=TITLES["ar"]), Paper("poster-a4"), ppi=36))).convert("L")
    field = drawn.crop((0, drawn.height // 10, drawn.width, drawn.height // 2)).point(lambda value: 255 * (value > 200))
    left, _, right, _ = field.getbbox() or (0, 0, 0, 0)
    assert left > drawn.width - right


def test_a_long_headline_keeps_its_words_and_the_page() -> None:
    title = "Donaudampfschifffahrtsgesellschaftskapitäne fordern Nachtzüge in alle Hauptstädte Europas und zurück"
    said = text_of(pdf(facts("de", title=title), Paper("poster-letter")))
    assert "Donaudampfschifffahrtsgesellschaftskapitäne" in said
    assert "Königsplatz" in said


def test_what_was_typed_is_no_markup() -> None:
    said = text_of(pdf(facts(own="#panic() *bold* $x^2$ @home [x] \\"), Paper("poster-a4")))
    assert "#panic() *bold* $x^2$ @home [x] \\" in said


def test_pictures_in_a_title_are_left_out() -> None:
    assert text_of(pdf(facts(own="Pyjamas 🛌 tonight ❤️"), Paper("poster-a4"))).startswith("Bring back the night trains")
    assert "Pyjamas tonight" in text_of(pdf(facts(own="Pyjamas 🛌 tonight ❤️"), Paper("poster-a4"))).replace("  ", " ")


@pytest.mark.parametrize("name", PAPERS)
def test_a_private_address_is_on_no_paper(name: str) -> None:
    private: dict[str, Any] = {"is_address_private": True, "place": "The blue door"}
    said = text_of(pdf(facts(**private), Paper(name)))
    assert "blue door" not in said
    assert "Kassel" in said


def test_the_sheet_has_the_consent_and_lines_to_sign_on() -> None:
    said = text_of(pdf(facts(), Paper("sheet-a4")))
    assert "I sign the appeal “Bring back the night trains” as it stands at testserver/en/night-trains." in said
    for column in ("Name", "E-mail address", "Show my name", "Keep me informed", "17"):
        assert column in said


def test_the_checklist_counts_for_the_crowd_and_the_access_that_was_promised() -> None:
    said = text_of(pdf(facts(crowd=320, access=["step-free"]), Paper("checklist-a4")))
    assert "Find 7 marshals." in said
    assert "Find 2 people for first aid." in said
    assert "Walk the way without steps" in said
    assert "interpreter" not in said
    assert "Begin on time, at 6:00 PM, and say when it ends: 8:00 PM." in said.replace("\u202f", " ")
    asked = text_of(pdf(facts(crowd=320, duties={"marshal": 12}), Paper("checklist-a4")))
    assert "Find 12 marshals." in asked


def test_a_date_that_was_moved_has_its_own_day_and_place() -> None:
    usual = facts()
    usual.occurrence.held_on, usual.occurrence.wall_time = date(2026, 6, 7), time(11)
    usual.occurrence.starts_at = datetime(2026, 6, 7, 9, 0, tzinfo=UTC)
    usual.occurrence.place = "Town hall"
    said = text_of(pdf(replace(usual, now=NOW), Paper("poster-a4")))
    assert ("June 7" in said, "11:00" in said, "Town hall" in said, "Königsplatz" in said) == (True, True, True, False)
