"""Slots are what a template leaves open, and never what somebody typed."""

from html import unescape
from pathlib import Path

import pytest
from pytest_django import Settings

from tocsin.website.slots import render

PAGE = '{% load website %}<b>{% slot "count" %}</b><i>{{ typed }}</i>'


@pytest.fixture
def page(settings: Settings, tmp_path: Path) -> str:
    """Return the name of a template with one slot and one thing typed."""
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"DIRS": [tmp_path]}]
    return "page.html"


def test_a_slot_becomes_its_sentinel(page: str) -> None:
    assert render(page, {"typed": "Maya"}, language="en") == "<b>@@slot:count@@</b><i>Maya</i>"


@pytest.mark.parametrize("typed", ["@@sl@@slot:ot:count@@", "@@@slot:count@@", "@@slot:@@slot:count@@"])
def test_nobody_can_type_what_becomes_a_slot_when_one_is_taken_out(page: str, typed: str) -> None:
    rendered = render(page, {"typed": typed}, language="en")
    assert rendered.count("@@slot:") == 1
    assert unescape(rendered) == f"<b>@@slot:count@@</b><i>{typed}</i>"


def test_nobody_can_type_a_slot(page: str) -> None:
    rendered = render(page, {"typed": "@@slot:fields@@"}, language="en")
    assert rendered == "<b>@@slot:count@@</b><i>&#64;&#64;slot:fields@@</i>"
