"""The kit's papers as PDF: poster, flyers, sheet, checklist. Set by typst; what was typed is data, never markup."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import segno
import typst
from django.utils.translation import gettext as _
from django.utils.translation import override

from tocsin.campaigns.languages import language_of_text_direction, spoken
from tocsin.website.colours import by_day
from tocsin.website.kit.checklist import checklist
from tocsin.website.kit.facts import Facts
from tocsin.website.kit.letters import fonts, printable

_HERE: Final = Path(__file__).resolve().parent
# In millimetres (ISO 216; ANSI Y14.1).
_SIZES: Final = {"a4": (210.0, 297.0), "a3": (297.0, 420.0), "letter": (215.9, 279.4)}
_KINDS: Final = {
    "poster": ("a4", "a3", "letter"),
    "flyer": ("a4", "letter"),
    "sheet": ("a4", "letter"),
    "checklist": ("a4", "letter"),
}
PAPERS: Final = tuple(f"{kind}-{size}" for kind, sizes in _KINDS.items() for size in sizes)
_ABOUT_CHARS: Final = 600


@dataclass(frozen=True, slots=True)
class Paper:
    """One PDF of the kit, by the name in its address: "poster-a4"."""

    name: str

    @property
    def kind(self) -> str:
        """What it is: the template's name."""
        return self.name.partition("-")[0]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        return _SIZES[self.name.partition("-")[2]]


def pdf(facts: Facts, paper: Paper) -> bytes:
    """Return a paper of the kit as PDF."""
    made = _compile(facts, paper, "pdf")
    assert isinstance(made, bytes)  # noqa: S101  a PDF is one file
    return made


def picture(facts: Facts, paper: Paper, *, ppi: float = 60.0) -> bytes:
    """Return the first page of a paper as PNG."""
    made = _compile(facts, paper, "png", ppi=ppi)
    return made[0] if isinstance(made, list) else bytes(made or b"")


def _compile(facts: Facts, paper: Paper, form: Any, **more: Any) -> Any:
    return typst.compile(
        str(_HERE / f"{paper.kind}.typ"),
        root=str(_HERE),
        font_paths=fonts(),
        format=form,
        sys_inputs={"given": json.dumps(_given(facts, paper))},
        **more,
    )


def _given(facts: Facts, paper: Paper) -> dict[str, Any]:
    colours = by_day(facts.campaign.accent)
    width, height = paper.size
    given = {
        "width": width,
        "height": height,
        "language": facts.locale.partition("_")[0],
        "direction": facts.direction,
        "field": colours.field,
        "on_field": colours.on_field,
        "text": colours.text,
        "over": facts.over_headline,
        "headline": facts.headline,
        "weekday": facts.weekday,
        "date": facts.date,
        "begins": facts.begins,
        "ends": facts.ends,
        "spot": facts.spot,
        "town": facts.town,
        "place": facts.place,
        "until": facts.until,
        "held_by": facts.rally.held_by,
        "about": _shortened(facts.about),
        "url": facts.bare_url,
    }
    given = {key: printable(value) if isinstance(value, str) else value for key, value in given.items()}
    return given | {"qr": _qr(facts.url), "words": _words(facts, paper)}


def _words(facts: Facts, paper: Paper) -> dict[str, Any]:
    """Return the program's own words, in the language that it speaks to the kit's, and which way they run."""
    language = spoken(facts.language)
    with override(language):
        words: dict[str, Any] = {
            "language": language.partition("-")[0],
            "direction": language_of_text_direction(language),
        }
        if paper.kind == "sheet":
            words |= _sheet_words(facts)
        if paper.kind == "checklist":
            words |= {"heading": _("The day, step by step"), "parts": checklist(facts)}
    return words


def _sheet_words(facts: Facts) -> dict[str, Any]:
    told = {"title": printable(facts.campaign_title), "url": facts.campaign_url.partition("://")[2].rstrip("/")}
    return {
        "heading": _("I sign"),
        "consent": _(
            "I sign the appeal “%(title)s” as it stands at %(url)s. I agree that the people behind it keep my name and "
            "address sealed, to count me and for nothing else, and I know that a signature may show a political "
            "opinion. I get one mail with a link: only when I press its button am I counted, and with it I can "
            "withdraw whenever I like."
        )
        % told,
        "columns": [_("Name"), _("E-mail address"), _("Town"), _("Show my name"), _("Keep me informed")],
        "keep": _("Whoever collects this sheet types it in, and then destroys it. Leave it with nobody else."),
    }


def _shortened(about: str) -> str:
    return about if len(about) <= _ABOUT_CHARS else about[:_ABOUT_CHARS].rsplit(" ", 1)[0] + "…"


def _qr(address: str) -> str:
    """Return the QR code of an address as SVG, dark on white, with the quiet zone that readers need."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, border=4, dark="#000", light="#fff"
    )
    return drawn.getvalue().decode()
