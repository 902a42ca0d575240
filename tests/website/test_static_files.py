"""The public pages' own files: nothing inline, nothing foreign, nothing that knows left from right."""

import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

import tocsin.website
from tests.factories.signing import NOW, open_campaign
from tocsin.tally.models import DayCount

ROOM = Path(tocsin.website.__file__).parent
STATIC = ROOM / "static" / "website"
# The offline checker must stand alone; what it may do is tests/promises/test_public_pages.py's.
TEMPLATES = sorted(path for path in (ROOM / "templates").rglob("*.html") if path.name != "verify.html")
STYLES = sorted([*STATIC.glob("*.css"), *(ROOM / "verify").glob("*.css")])
SCRIPTS = sorted([*STATIC.glob("*.js"), *(STATIC / "map").glob("*.js"), *(ROOM / "verify").glob("*.mjs")])
BUDGET = 60_000
LOADED = re.compile(rb'(?:<script[^>]*src|<link[^>]*rel="(?:stylesheet|icon)"[^>]*href|<img[^>]*src)="([^"]+)"')


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_anything_inline(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:|data:", text)


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_styles_are_logical_and_at_home(style: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)
    physical = r"(?:margin|padding|border|inset)-(?:left|right|top|bottom)|(?<![-\w])(?:left|right|top|bottom)\s*:"
    assert re.findall(physical, text) == []
    assert re.findall(r"(?<![-\w])(?:max-|min-)?(?:width|height)\s*:", re.sub(r"@media[^{]*", "", text)) == []
    assert "url(" not in text
    assert "@import" not in text


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_know_no_other_host_and_make_no_markup(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert "//" not in re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
    for forbidden in ("innerHTML", "insertAdjacentHTML", "document.write", "eval(", "cookie", "localStorage", ".style"):
        assert forbidden not in text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/en/night-trains/", "/ar/night-trains/numbers/"])
def test_a_page_keeps_to_its_budget(client: Client, collected_static: Path, path: str) -> None:
    campaign = open_campaign()
    for day in range(150):
        on = NOW.date() + timedelta(days=day)
        DayCount.objects.create(campaign=campaign.pk, day=on, signs=day * 7_919 % 1_000, withdrawals=day % 3)
    page = client.get(path).content
    loaded = LOADED.findall(page)
    total = len(gzip.compress(page))
    for file in (one.decode() for one in loaded):
        if file.startswith("/static/"):
            content = (collected_static / file.removeprefix("/static/")).read_bytes()
        else:
            content = client.get(file).content
        total += len(gzip.compress(content))
    assert len(loaded) >= 8
    assert total <= BUDGET
    assert b"altcha.min" not in b" ".join(loaded)
