"""The recovery sheet: a page to print and lock away, which alone brings every sealed row back."""

import io
import json
import textwrap
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import segno
import typst
from django.utils import translation
from django.utils.translation import gettext as _

from tocsin.vault.labels import shown_labels
from tocsin.vault.models import Keyholder

_GROUP = 4
_TITLE_CHARS = 130  # two lines: the page has room for no more


def recovery_sheet(
    *, title: str, slug: str, base_url: str, keyholder: Keyholder, passphrase: str, language: str
) -> bytes:
    """Return the sheet as a PDF of one A4 page, in `language`.

    With an empty `passphrase` there is a line to write it on by hand. The PDF can open the vault:
    it is handed out once and kept nowhere.
    """
    with translation.override(language):
        said = what_it_says(title=title, slug=slug, base_url=base_url, keyholder=keyholder, passphrase=passphrase)
    return typeset(said, "pdf")


def what_it_says(*, title: str, slug: str, base_url: str, keyholder: Keyholder, passphrase: str) -> dict[str, Any]:
    """Return all that stands on the page, in the language that is active."""
    age_file = bytes(keyholder.age_file).decode("ascii").strip()
    return {
        "language": (translation.get_language() or "en").partition("-")[0],
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "title": textwrap.shorten(title, _TITLE_CHARS, placeholder="…"),
        "facts": _facts(slug, base_url, keyholder),
        "passphrase": passphrase,
        "age_file": age_file,
        "qr": _qr(age_file),
        "words": _words(),
        "steps": _steps(slug),
        "program": opener().strip(),
    }


def typeset(given: dict[str, Any], form: Literal["pdf", "png"]) -> bytes:
    """Return the page that says what is `given`; raises ValueError should it not fit on one."""
    made = typst.compile(
        str(Path(__file__).with_name("sheet.typ")),
        format=form,
        font_paths=[str(Path(__file__).parent / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"given": json.dumps(given)},
    )
    if not isinstance(made, bytes):
        message = "a recovery sheet is one page"
        raise ValueError(message)  # noqa: TRY004  no caller gave a wrong type
    return made


def _facts(slug: str, base_url: str, keyholder: Keyholder) -> list[dict[str, Any]]:
    made_on = keyholder.key.made_on.isoformat()
    named = (
        (_("Keyholder"), shown_labels([keyholder])[0], False),
        (_("Campaign"), slug, True),
        (_("Server"), base_url, True),
        (_("Key made on"), made_on, True),
        (_("Fingerprint of the key"), _grouped(bytes(keyholder.key.fingerprint).hex()), True),
    )
    return [{"name": name, "value": value, "code": is_code} for name, value, is_code in named]


def _words() -> dict[str, str]:
    return {
        "heading": _("Recovery sheet"),
        "warning": _("Whoever holds this page can read every name and address that people sign with."),
        "loss": _(
            "Lock it away, far from the server. If all keyholders lose both passphrase and sheet, nothing and nobody "
            "brings the names back."
        ),
        "passphrase": _("Passphrase"),
        "blank": _("Write it here by hand, or keep it in another place:"),
        "file": _("Key file"),
        "file_use": _(
            "The square and the letters beside it are the same file, in the format of the age tool; the passphrase "
            "opens it. Scan the square, or type the letters, all lines, and save them as plain text."
        ),
        "qr": _("The key file as a QR code"),
        "how": _("To read the names again"),
    }


def _steps(slug: str) -> list[dict[str, str]]:
    steps = (
        (_("On the server: run this, and type the passphrase when it asks."), f"tocsin open {slug}"),
        (
            _("Where Tocsin and a backup of the server are: save the key file as %(file)s, then run")
            % {"file": f"{slug}.age"},
            f"tocsin open {slug} --age-file {slug}.age",
        ),
        (
            _(
                "On a computer with nothing but Python: get the sealed rows, which needs no passphrase, with the first "
                "command where the server or its backup is; then type and run the program below."
            ),
            (
                f"tocsin open {slug} --format sealed --output {slug}.sealed\n"
                f"python open.py {slug} {slug}.age {slug}.sealed"
            ),
        ),
    )
    return [{"text": text, "command": command} for text, command in steps]


def opener() -> str:
    """Return the program of twenty lines that opens sealed rows without Tocsin."""
    return resources.files("tocsin.vault").joinpath("opener.txt").read_text(encoding="utf-8")


def _qr(text: str) -> str:
    """Return a QR code of `text` as SVG."""
    drawing = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawing, kind="svg", border=2)
    return drawing.getvalue().decode("utf-8")


def _grouped(digits: str) -> str:
    return " ".join(digits[place : place + _GROUP] for place in range(0, len(digits), _GROUP))
