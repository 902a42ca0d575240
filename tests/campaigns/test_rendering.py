"""Markdown and shortcodes: everything WordPress pages hold works, nothing hostile does."""

from html.parser import HTMLParser

import pytest

from tests.hanging import no_hang
from tocsin.campaigns.rendering import render, shows_form, shows_list
from tocsin.campaigns.shortcodes import Name, Shortcode


def show(shortcode: Shortcode) -> str:
    """Stand for a template: a block element for blocks, a span for the rest."""
    tag = "form" if shortcode.is_block else "span"
    return f"<{tag}>{shortcode.name}</{tag}>"


def shortcodes_in(source: str) -> list[Shortcode]:
    shown: list[Shortcode] = []

    def note(shortcode: Shortcode) -> str:
        shown.append(shortcode)
        return ""

    render(source, note)
    return shown


def test_markdown_becomes_html_below_the_pages_own_headline() -> None:
    html = render("# Why\n\nBecause *we* can.\n\n1. one\n2. two\n", show)
    assert html == "<h2>Why</h2>\n<p>Because <em>we</em> can.</p>\n<ol>\n<li>one</li>\n<li>two</li>\n</ol>\n"


def test_a_right_to_left_text_stays_as_it_is() -> None:
    assert render("أعيدوا **القطارات** الليلية", show) == "<p>أعيدوا <strong>القطارات</strong> الليلية</p>\n"


@pytest.mark.parametrize("name", list(Name))
def test_every_shortcode_is_opened_up(name: Name) -> None:
    shown: list[Shortcode] = []

    def note(shortcode: Shortcode) -> str:
        shown.append(shortcode)
        return "HERE"

    assert "HERE" in render(f"[{name}]", note)
    assert shown == [Shortcode(name, {})]


def test_two_forms_on_one_page_keep_their_own_ids() -> None:
    shown: list[str] = []

    def note(shortcode: Shortcode) -> str:
        shown.append(shortcode.identifier)
        return f"<form>{len(shown)}</form>"

    html = render('One:\n\n[emailpetition id="1"]\n\nTwo:\n\n[emailpetition id="2"]\n', note)
    assert shown == ["1", "2"]
    assert html == "<p>One:</p>\n<form>1</form>\n<p>Two:</p>\n<form>2</form>\n"


def test_a_form_inside_a_paragraph_moves_behind_it() -> None:
    html = render('Please [emailpetition id="1"] sign with [signaturecount id="1"] others.', show)
    assert html == "<p>Please  sign with <span>signaturecount</span> others.</p>\n<form>emailpetition</form>\n"


def test_a_form_inside_emphasis_or_a_link_leaves_no_broken_markup() -> None:
    assert render("**[emailpetition]**", show) == "<form>emailpetition</form>\n"
    assert render("[a [emailpetition] b](https://example.org)", show) == (
        "<p>[a  b](https://example.org)</p>\n<form>emailpetition</form>\n"
    )
    assert render("## [emailpetition] Sign\n", show) == "<h3> Sign</h3>\n<form>emailpetition</form>\n"


def test_a_form_in_a_list_or_a_table_stays_in_its_place() -> None:
    assert render("- [emailpetition]\n- two\n", show) == (
        "<ul>\n<li>\n<form>emailpetition</form>\n</li>\n<li>two</li>\n</ul>\n"
    )
    assert "<td><form>emailpetition</form>\n</td>" in render("|a|\n|-|\n|[emailpetition]|\n", show)


@pytest.mark.parametrize(
    "source", ["`[emailpetition]`", "    [emailpetition]\n", "```\n[emailpetition]\n```\n", r"\[emailpetition]"]
)
def test_a_shortcode_that_is_only_spoken_of_stays_text(source: str) -> None:
    assert "<form>" not in render(source, show)
    assert "[emailpetition]" in render(source, show)
    assert not shows_form(source)


@pytest.mark.parametrize(
    "written",
    [
        '[signaturelist rows="20" id="1"]',
        "[signaturelist rows='20' id='1']",
        "[SignatureList rows=20 id=1]",
        "[signaturelist rows=20 id=1 /]",
        '[signaturelist\nrows="20"\nid="1"]',
    ],
)
def test_attributes_are_read_as_wordpress_writes_them(written: str) -> None:
    assert shortcodes_in(written) == [Shortcode(Name.LIST, {"rows": "20", "id": "1"})]


def test_unknown_attributes_are_left_out() -> None:
    assert shortcodes_in('[emailpetition onclick="alert(1)" style="x" id="3"]') == [Shortcode(Name.FORM, {"id": "3"})]


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "![x](https://elsewhere.example/pixel.png)",
        '[x](https://example.org "onmouseover=alert(1)")',
        '[emailpetition id="<script>alert(1)</script>"]',
        "[emailpetition class=\"x' onmouseover=alert(1) '\"]",
        '[emailpetition id="1" ]<iframe src="https://elsewhere.example">',
        "<svg/onload=alert(1)>",
        "<a href='https://example.org' style='position:fixed'>x</a>",
    ],
)
def test_hostile_text_is_inert(source: str) -> None:
    found = Elements()
    found.feed(render(source, show))
    assert found.tags <= {"p", "a", "form", "em"}
    assert found.attributes <= {"href", "title", "rel"}
    assert all(link.startswith("https://") for link in found.links)


class Elements(HTMLParser):
    """What a browser would make of some HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name == "href"}


def test_a_picture_from_elsewhere_is_only_a_link() -> None:
    html = render("![a bridge](https://elsewhere.example/bridge.png)", show)
    assert '<a href="https://elsewhere.example/bridge.png" rel="noopener nofollow">a bridge</a>' in html


def test_a_mark_cannot_be_typed() -> None:
    typed = "shortcode-0123456789abcdef-0- [signaturecount]"
    html = render(typed, lambda _: "7")
    assert html == "<p>shortcode-0123456789abcdef-0- 7</p>\n"


def test_many_shortcodes_do_not_run_into_one_another() -> None:
    numbers = iter(range(100))
    html = render(" ".join(["[signaturecount]"] * 12), lambda _: f"<{next(numbers)}>")
    assert html == "<p>" + " ".join(f"<{number}>" for number in range(12)) + "</p>\n"


def test_texts_that_show_each_other_come_to_an_end() -> None:
    def both_ways(shortcode: Shortcode) -> str:
        return render("inner [petitionmessage]", both_ways) if shortcode.name == Name.MESSAGE else ""

    assert render("[petitionmessage]", both_ways).split() == ["<p>inner", "</p>"]


def test_numbers_in_attributes_are_bounded() -> None:
    wild = Shortcode(Name.LIST, {"rows": "999999999"})
    assert wild.number("rows", low=1, high=100, usual=20) == 100
    assert Shortcode(Name.LIST, {"rows": "-5"}).number("rows", low=1, high=100, usual=20) == 20
    assert Shortcode(Name.LIST, {"rows": "٣"}).number("rows", low=1, high=100, usual=20) == 20
    assert Shortcode(Name.LIST, {}).number("rows", low=1, high=100, usual=20) == 20


def test_classes_are_plain_words() -> None:
    assert Shortcode(Name.FORM, {"class": "wide <b> x-1 9 'q'"}).classes == ("wide", "x-1")


def test_a_page_can_ask_what_a_text_places() -> None:
    assert shows_form("[emailpetition]")
    assert not shows_list("[emailpetition]")
    assert shows_list("x [signaturelist id=2] y")
    assert not shows_form("no")


@pytest.mark.parametrize(
    "source",
    [
        "[" * 50_000,
        "[emailpetition " * 4_000,
        '[emailpetition id="' * 3_000,
        "[emailpetition " + "a=" * 25_000,
        "*" * 50_000,
        ">" * 50_000,
        "- " * 25_000,
        "`" * 50_001 + "x",
    ],
)
def test_a_long_hostile_text_makes_it_not_hang(source: str) -> None:
    with no_hang():
        render(source, show)
