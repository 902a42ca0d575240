"""The offline checker of receipts: one HTML file, put together from the parts that lie here.

    check.mjs   the checks themselves, pure: tested in Node too, and by itself a second implementation
    page.mjs    what takes a receipt in and says what came of it
    page.css    the looks, after the site's own tokens
    words.py    every sentence, in every language at once

The file must still work when it is opened from a disk, years later and without a network. So its
script and its style stand inside it, alone among our pages, and the policy in its head names the
two by their hashes and forbids everything else: it cannot send anything anywhere.
"""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import mark_safe

from tocsin.website.verify.words import in_every_language

_FOLDER = Path(__file__).parent
_TOKENS = _FOLDER.parent / "static" / "website" / "tokens.css"
_IMPORT = re.compile(r"^import .*\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=async function|function|const|class)", re.MULTILINE)


class Checker(NamedTuple):
    """The page, and the policy that it is served with."""

    html: str
    policy: str


def checker(*, origin: str, vkeys: Sequence[str]) -> Checker:
    """Return the page for the log called `origin`, with its keys filled in."""
    script, style, words = _script(), _style(), in_every_language()
    policy = (
        f"default-src 'none'; script-src '{_source(script)}'; style-src '{_source(style)}'; base-uri 'none'; "
        "form-action 'none'"
    )
    context = {
        "policy": mark_safe(policy),  # noqa: S308  our own words and two hashes
        "script": mark_safe(script),  # noqa: S308  our own files
        "style": mark_safe(style),  # noqa: S308  our own files
        "words": words[settings.LANGUAGE_CODE],
        "language": settings.LANGUAGE_CODE,
        "languages": list(words),
        "origin": origin,
        "vkeys": "\n".join(vkeys),
        "rows": 1 + len(vkeys),
    }
    return Checker(get_template("website/verify.html").render(context), f"{policy}; frame-ancestors 'none'")


@cache
def _script() -> str:
    """Return both scripts as one, which imports nothing: a page opened from a disk cannot."""
    parts = [(_FOLDER / name).read_text(encoding="utf-8") for name in ("check.mjs", "page.mjs")]
    bare = "\n".join(_EXPORT.sub("", _IMPORT.sub("", part)) for part in parts)
    words = json.dumps(in_every_language(), ensure_ascii=False).replace("<", "\\u003c")
    script = f"\nconst WORDS = {words};\n{bare}"
    if "</script" in script.lower():
        message = "a script cannot hold the end of its own element"
        raise ValueError(message)
    return script


@cache
def _style() -> str:
    parts = (_TOKENS, _FOLDER / "page.css")
    return "\n" + "\n".join(part.read_text(encoding="utf-8") for part in parts)


def _source(text: str) -> str:
    """Return how a policy names an inline script or style (CSP level 3, section 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
