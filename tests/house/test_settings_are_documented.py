"""Whoever runs Tocsin finds a sentence for each thing that can be set, and none that cannot."""

import re
from pathlib import Path

from tocsin.config.env import SETTINGS

PAGE = Path(__file__).parents[2] / "docs" / "run" / "settings.md"
LEAST_WORDS = 6


def described(page: str) -> dict[str, str]:
    """Return each setting's heading with the text below it."""
    parts = re.split(r"^### `([A-Z_]+)`\n", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_setting_has_a_sentence() -> None:
    texts = described(PAGE.read_text(encoding="utf-8"))
    assert [s.name for s in SETTINGS if len(texts.get(s.name, "").split()) < LEAST_WORDS] == []


def test_the_page_describes_nothing_that_cannot_be_set() -> None:
    assert set(described(PAGE.read_text(encoding="utf-8"))) - {s.name for s in SETTINGS} == set()


def test_the_page_states_every_default() -> None:
    texts = described(PAGE.read_text(encoding="utf-8"))
    unsaid = [s.name for s in SETTINGS if s.default and f"Default: `{s.default}`" not in texts.get(s.name, "")]
    assert unsaid == []


def test_a_heading_without_words_does_not_count() -> None:
    assert described("### `TOCSIN_X`\n\n### `TOCSIN_Y`\nSays what it does.\n") == {
        "TOCSIN_X": "\n",
        "TOCSIN_Y": "Says what it does.\n",
    }
