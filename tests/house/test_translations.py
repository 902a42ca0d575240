"""Every word that the program says is said in each of its languages, as it stands in the sources now."""

import re
from collections import Counter
from collections.abc import Iterator
from gettext import c2py
from pathlib import Path

import pytest
from babel.messages import Catalog
from django.conf import settings

import tocsin.campaigns
from tests import messages

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w+\}")
MARKS = re.compile("[\u064b-\u0652]")  # vowels and doubling, which are written or not
PRIVACY = Path(tocsin.campaigns.__file__).parent / "privacy_texts" / "ar.md"
ELEMENT = re.compile(r"</?\w+[^>]*>")
# What is written as it is in every language: addresses, commands, names of things.
NAME = re.compile(r"https?://\S+|\S+@\S+|\b[A-Z]{2,}\b|\b[tT]ocsin\S*|\S+\.\w+")
OPENS_ISOLATE, CLOSES_ISOLATE = "\u2066", "\u2069"


@pytest.fixture(scope="module")
def sources() -> Catalog:
    return messages.collected()


@pytest.fixture(scope="module", params=LANGUAGES)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    return messages.translated(request.param)


def ids(catalog: Catalog) -> set[tuple[object, object]]:
    return {(message.context, message.id) for message in messages.messages(catalog)}


def pairs(catalog: Catalog) -> Iterator[tuple[str, str, bool]]:
    """Yield each English text with its translation, and whether that one form serves a single number."""
    numbers = Counter(map(c2py(catalog.plural_expr), range(1001)))
    for message in messages.messages(catalog):
        if isinstance(message.id, str):
            yield message.id, str(message.string), False
        else:
            for form, text in enumerate(message.string or ()):
                yield message.id[1], text, numbers[form] == 1


def test_every_message_of_the_sources_is_there_and_no_other(catalog: Catalog, sources: Catalog) -> None:
    assert ids(catalog) == ids(sources), "type: make messages"


def test_every_message_is_translated(catalog: Catalog) -> None:
    left = [message.id for message in messages.messages(catalog) if not messages.is_translated(message)]

    assert left == []


def test_what_is_filled_in_later_is_the_same(catalog: Catalog) -> None:
    def is_wrong(english: str, text: str, *, is_for_one_number: bool) -> bool:
        wanted, found = Counter(PLACEHOLDER.findall(english)), Counter(PLACEHOLDER.findall(text))
        # "One signature" needs no number beside it.
        return not (found <= wanted if is_for_one_number else found == wanted)

    wrong = [text for english, text, single in pairs(catalog) if is_wrong(english, text, is_for_one_number=single)]

    assert wrong == []


def test_elements_are_the_same(catalog: Catalog) -> None:
    wrong = [text for english, text, _ in pairs(catalog) if ELEMENT.findall(english) != ELEMENT.findall(text)]

    assert wrong == []


def test_lines_and_spaces_at_the_ends_are_the_same(catalog: Catalog) -> None:
    def around(text: str) -> tuple[str, ...]:
        return tuple(text.partition(text.strip())[::2])

    wrong = [text for english, text, _ in pairs(catalog) if around(english) != around(text)]

    assert wrong == []


def test_what_reads_from_left_to_right_ends_where_it_should(catalog: Catalog) -> None:
    wrong = [text for _, text, _ in pairs(catalog) if text.count(OPENS_ISOLATE) != text.count(CLOSES_ISOLATE)]

    assert wrong == []


def test_arabic_has_one_word_for_public_when_it_says_log() -> None:
    """Two words for one thing make a reader look for two things: "السجل العلني" it is, as with key and number."""
    default = PRIVACY.read_text(encoding="utf-8")
    said = [default, *(text for _, text, _ in pairs(messages.translated("ar")))]
    other = re.compile(r"سجل\w*\s+(?:ال)?(?:عام|عمومي)\b")

    assert [text for text in said if other.search(MARKS.sub("", text))] == []
    assert "السجل العلني" in MARKS.sub("", default)


def test_arabic_is_written_in_arabic_letters() -> None:
    """Words of another language, pasted into the wrong file, are all there, and nobody here would see it."""

    def is_foreign(text: str) -> bool:
        ours = len(re.findall(r"[\u0600-\u06ff]", text))
        return ours < len(re.findall(r"[A-Za-zÀ-ÿ]", ELEMENT.sub("", PLACEHOLDER.sub("", NAME.sub("", text)))))

    assert [text for _, text, _ in pairs(messages.translated("ar")) if is_foreign(text)] == []


def test_each_number_has_its_form_in_arabic() -> None:
    form = c2py(messages.translated("ar").plural_expr)

    assert [form(number) for number in (0, 1, 2, 3, 10, 11, 99, 100, 102, 103, 111)] == [
        0,
        1,
        2,
        3,
        3,
        4,
        4,
        5,
        5,
        3,
        4,
    ]


def test_a_message_that_has_just_been_written_is_collected(tmp_path: Path) -> None:
    code = tmp_path / "some.py"
    code.write_text('from django.utils.translation import gettext as _\n_("Hello %(name)s")\n')
    page = tmp_path / "templates" / "some.html"
    page.parent.mkdir()
    page.write_text(
        "{% load i18n %}\n  <p>It's {% translate 'here' %}</p>\n{% blocktranslate count n=n %}one{% plural %}{{ n }}"
        "{% endblocktranslate %}"
    )

    found = messages.collected(tmp_path)

    assert ids(found) == {(None, "Hello %(name)s"), (None, "here"), (None, ("one", "%(n)s"))}


def test_a_message_whose_english_changed_is_empty_again() -> None:
    template = Catalog()
    template.add("Your signature is counted, thank you.")

    catalog = messages.updated("es", template)

    assert ids(catalog) == ids(template)
    assert [messages.is_translated(message) for message in messages.messages(catalog)] == [False]


def test_collecting_knows_every_name_we_give_to_gettext() -> None:
    named = re.compile(r"\bn?p?gettext(?:_lazy|_noop)? as (\w+)")
    names = {name for path in messages.SOURCES.rglob("*.py") for name in named.findall(path.read_text())}

    assert names - set(messages.KEYWORDS) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_is_written_as_it_was_read(language: str) -> None:
    """So that collecting changes only what the sources changed."""
    written = messages.written(language, messages.translated(language))

    assert written == messages.po_path(language).read_bytes()


def test_a_new_language_begins_with_its_plurals() -> None:
    template = Catalog()
    template.add(("%(n)s vote", "%(n)s votes"))

    head, _, body = messages.written("pl", messages.updated("pl", template)).decode().partition("\n\n")

    assert '"Language-Team: Polish\\n"' in head
    assert "nplurals=3; plural=(n==1 ? 0 :" in head
    assert body.count("msgstr[") == 3
