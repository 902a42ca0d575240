"""Which scripts this server can print: those of the fonts that come along, and whatever else the machine has."""

import unicodedata
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

import typst

# Of the fonts that come along: Noto Sans with its Arabic and Hebrew, Libertinus Serif, Noto Naskh Arabic.
_OURS = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "MODIFIER", "FEMININE", "MASCULINE"})
# What joins pictures, and says how they are drawn: emoji have parts.
_OF_PICTURES = frozenset("\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_NOBODYS = "\U000ffff0"  # a private sign that no font has
FONTS = Path(__file__).resolve().parent.parent / "fonts"
_ONE_SIGN = b'#set page(width: auto, height: auto, margin: 0pt)\n#text(font: "Noto Sans", weight: 900, sys.inputs.sign)'


@cache
def fonts() -> typst.Fonts:
    """Return the fonts that kits are set in; finding the machine's own takes a moment, so once."""
    vault = resources.files("tocsin.vault")
    return typst.Fonts(font_paths=[str(FONTS), str(vault / "fonts")])


def unprintable(text: str) -> set[str]:
    """Return the names of the scripts in `text`, as Unicode has them, for which no font is on this machine."""
    samples = {script: sign for sign in text if (script := _script(sign)) not in _OURS and script}
    return {script for script, sign in samples.items() if not _has_sign(sign)}


def printable(text: str) -> str:
    """Return `text` without pictures (emoji), which fonts for print do not have."""
    return "".join(sign for sign in text if unicodedata.category(sign) != "So" and sign not in _OF_PICTURES).strip()


def _script(sign: str) -> str:
    """Return the script of a letter, or "" for what writing systems share; marks go with their letters."""
    if sign.isascii() or not unicodedata.category(sign).startswith("L"):
        return ""
    return unicodedata.name(sign, "").partition(" ")[0]


@lru_cache(maxsize=512)
def _has_sign(sign: str) -> bool:
    """Say whether a sign is drawn as anything but the box that stands for every sign a font lacks."""
    return _drawn(sign) != _drawn(_NOBODYS)


@lru_cache(maxsize=512)
def _drawn(sign: str) -> bytes:
    made = typst.compile(_ONE_SIGN, font_paths=fonts(), format="png", ppi=36.0, sys_inputs={"sign": sign})
    assert isinstance(made, bytes)  # noqa: S101  one page, one picture
    return made


def forget() -> None:
    """Forget what was drawn: the fonts have changed."""
    _has_sign.cache_clear()
    _drawn.cache_clear()
