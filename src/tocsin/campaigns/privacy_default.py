"""The privacy text that a new campaign begins with: what Tocsin does, in the team's languages."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

WRITTEN_IN = ("en", "es", "ar")


def default_privacy(languages: Iterable[str]) -> dict[str, str]:
    """Return the usual privacy text, {language: Markdown}, in those of `languages` that have one.

    A campaign in none of them begins with the English text, for its team to translate.
    """
    spoken = {code: _text(code.partition("-")[0]) for code in languages if code.partition("-")[0] in WRITTEN_IN}
    return spoken or {"en": _text("en")}


@cache
def _text(code: str) -> str:
    return (files("tocsin.campaigns") / "privacy_texts" / f"{code}.md").read_text(encoding="utf-8")
