"""axe-core looks at the page that is open, as any test with a browser can ask it to."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

_AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_AT_REST = """() => Promise.allSettled(
  document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
    .map((one) => one.finished))"""

LOOKS = [("light", "en"), ("dark", "ar")]
"""Theme and language: colours hang on the one and order on the other, so each of both is seen, but not each pair."""

in_both_looks = pytest.mark.parametrize("theme, language", LOOKS)


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page that is open and has come to rest, one line a rule and place."""
    page.evaluate(_AT_REST)  # what still fades in has no contrast yet
    page.evaluate(_AXE)
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", _RULES)
    return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]
