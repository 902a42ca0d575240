"""Draw docs/architecture.svg from docs/architecture.mmd.

    .venv/bin/python docs/draw.py PATH/TO/mermaid.min.js

The script is in the npm package `mermaid` (dist/mermaid.min.js). The picture says which source it
was drawn from, and a test compares the two, so a changed source without a new picture is noticed.
"""

import hashlib
import re
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
OPTIONS = {
    "startOnLoad": False,
    "theme": "neutral",
    "htmlLabels": False,
    "flowchart": {"htmlLabels": False, "wrappingWidth": 320, "useMaxWidth": True},
    "fontFamily": "system-ui, sans-serif",
}


def draw(source: str, script: Path) -> str:
    """Return the picture of `source` as SVG."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content("<!doctype html><meta charset=utf-8><body>")
        page.add_script_tag(path=script)
        svg = page.evaluate(
            """async ([source, options]) => {
                mermaid.initialize(options);
                return (await mermaid.render("drawing", source)).svg;
            }""",
            [source, OPTIONS],
        )
        browser.close()
    return str(svg)


def slim(svg: str) -> str:
    """Return `svg` on paper of its own, without the editor's data and with one decimal."""
    svg = re.sub(r' data-[\w-]+="[^"]*"', "", svg).replace("<br>", "<br/>")
    svg = re.sub(r"(\d+\.\d)\d+", r"\1", svg)
    return svg.replace('style="max-width', 'style="background:#fff;max-width', 1)


def stamp(source: str) -> str:
    """Return the comment that ties a picture to its source."""
    return f"<!-- drawn from {hashlib.sha256(source.encode()).hexdigest()} -->"


if __name__ == "__main__":
    text = (HERE / "architecture.mmd").read_text(encoding="utf-8")
    picture = slim(draw(text, Path(sys.argv[1])))
    (HERE / "architecture.svg").write_text(f"{picture}\n{stamp(text)}\n", encoding="utf-8")
