"""Collect the words to translate: from src/tocsin into the .po file of each language.

`make messages` runs this. It needs no gettext tools: Babel reads the Python, and Django turns its
templates into something that Babel reads. What is already translated stays; a message whose English
was changed is empty again, because a guess would be wrong in public.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import django
from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT: Final = Path(__file__).parent.parent
SOURCES: Final = ROOT / "src" / "tocsin"
LOCALE: Final = SOURCES / "locale"

_COMMENT: Final = "Translators:"
KEYWORDS: Final = DEFAULT_KEYWORDS | {
    "_now": None,  # gettext, where _ is gettext_lazy
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "ngettext_noop": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Of a language that is new; from then on the file's own head is kept as it is. It holds no date and
# no machine, which would change with every collecting and say less than git does.
_HEAD: Final = """\
# Tocsin's words. How they are translated: docs/translate.md
msgid ""
msgstr ""
"Project-Id-Version: Tocsin\\n"
"PO-Revision-Date: 2026-11-22 12:00+0000\\n"
"Last-Translator: The Tocsin founders\\n"
"Language-Team: {name}\\n"
"Language: {language}\\n"
"Plural-Forms: nplurals={forms}; plural={rule};\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def collected(folder: Path = SOURCES) -> Catalog:
    """Return every message of the sources in `folder`, with the files it stands in."""
    _make_django_read_templates()
    catalog = Catalog(charset="utf-8")
    for path in sorted(folder.rglob("*")):
        for ids, comments, context in _found_in(path):
            place = path.relative_to(ROOT if path.is_relative_to(ROOT) else folder).as_posix()
            catalog.add(ids, locations=[(place, 0)], auto_comments=comments, context=context)
    return catalog


def po_path(language: str) -> Path:
    """Return where the words of `language` are."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def translated(language: str) -> Catalog:
    """Return what the .po file of `language` holds; an empty catalog when there is none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, template: Catalog) -> Catalog:
    """Return the catalog of `language` with the messages of `template` and no others."""
    catalog = translated(language)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def written(language: str, catalog: Catalog) -> bytes:
    """Return `catalog` as a .po file: its head, and each message with the files it stands in."""
    path = po_path(language)
    head = path.read_text(encoding="utf-8").partition("\n\n")[0] if path.exists() else _new_head(language, catalog)
    body = BytesIO()
    write_po(body, catalog, width=100, omit_header=True, ignore_obsolete=True, include_lineno=False)
    return head.strip().encode() + b"\n\n" + body.getvalue().strip() + b"\n"


def messages(catalog: Catalog) -> list[Message]:
    """Return a catalog's messages without the header, which is a message with an empty id."""
    return [message for message in catalog if message.id]


def _new_head(language: str, catalog: Catalog) -> str:
    name = Locale.parse(language, sep="-").english_name
    return _HEAD.format(language=language, name=name, forms=catalog.num_plurals, rule=catalog.plural_expr)


def _make_django_read_templates() -> None:
    if not settings.configured:
        settings.configure()
        django.setup()


def _found_in(path: Path) -> Iterator[tuple[str | tuple[str, ...], list[str], str | None]]:
    if path.suffix == ".py":
        text = path.read_text(encoding="utf-8")
    elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
        # Parentheses, because in them Python does not look at how lines are indented.
        text = f"({templatize(path.read_text(encoding='utf-8'), origin=str(path))})"
    else:
        return
    for _line, ids, comments, context in extract("python", BytesIO(text.encode()), KEYWORDS, (_COMMENT,)):
        if any(ids):
            yield ids, comments, context


def main(languages: list[str]) -> int:
    """Write the .po and .mo files of `languages`, and say how much is left to do."""
    template = collected()
    for language in languages:
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(language, updated(language, template)))
        catalog = translated(language)
        with path.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, catalog)
        left = sum(not is_translated(message) for message in messages(catalog))
        print(f"{path.relative_to(ROOT)}: {len(messages(catalog))} messages, {left} to translate")
    return 0


def is_translated(message: Message) -> bool:
    """Say whether every form of `message` has its words, and nobody marked them as doubtful."""
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(texts) and not message.fuzzy


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or sorted(path.name for path in LOCALE.iterdir() if path.is_dir())))
