"""Pictures that the server makes: the card beside a shared link, the QR code, the theme's colours."""

import io
from pathlib import Path

import segno
import typst

from tocsin.website.colours import Accent, by_day, by_night

_HERE = Path(__file__).resolve().parent
_PIXELS_PER_POINT_INCH = 72.0


def card(
    *, title: str, by: str, number: str, words: str, percent: int | None, accent: str, language: str, direction: str
) -> bytes:
    """Return a PNG of 1200 by 630 pixels: the headline on the campaign's accent, the number and, with `percent`, a bar.

    Typst sets it, so that joining and right-to-left scripts come out right without any library
    of the system's; what was typed is handed over as data, never as markup.
    """
    colours = by_day(accent)
    data = {
        "title": title,
        "by": by,
        "number": number,
        "words": words,
        "percent": "" if percent is None else str(percent),
        "field": colours.field,
        "on_field": colours.on_field,
        "language": language.partition("-")[0],
        "direction": direction,
    }
    made = typst.compile(
        str(_HERE / "card.typ"),
        root=str(_HERE),
        font_paths=[str(_HERE / "fonts")],
        format="png",
        ppi=_PIXELS_PER_POINT_INCH,
        sys_inputs=data,
    )
    assert isinstance(made, bytes)  # noqa: S101  one page, one picture
    return made


def qr_code(address: str) -> bytes:
    """Return an SVG of the QR code of `address`, dark on white whatever the theme: cameras need that."""
    drawn = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(drawn, kind="svg", xmldecl=False, omitsize=True, border=3, dark="#000", light="#fff")
    return drawn.getvalue()


def theme_css(slug: str, accent: str) -> str:
    """Return the stylesheet with a campaign's accent, by day and by night, for what has its class."""
    day, night = _variables(by_day(accent)), _variables(by_night(accent))
    return f".theme-{slug}{{{day}}}\n@media (prefers-color-scheme:dark){{.theme-{slug}{{{night}}}}}\n"


def _variables(accent: Accent) -> str:
    return f"--accent:{accent.field};--on-accent:{accent.on_field};--accent-text:{accent.text}"
