"""Markdown as safe HTML, with SpeakOut's shortcodes opened up inside it.

Three steps, each alone enough against hostile text: raw HTML is never passed through, what
comes out is cleaned by nh3, and shortcodes are only marks until the cleaning is done.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from tocsin.campaigns.shortcodes import Name, Shortcode, shortcode_at

Expand = Callable[[Shortcode], str]

_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_KIND = "shortcode"
_LOWEST_HEADING = 6
_CELL_ENDS = {"td_close", "th_close"}  # behind them there is only the next cell

# Whether a text is being rendered to be shown inside another one.
_inside: ContextVar[bool] = ContextVar("inside", default=False)


def render(source: str, expand: Expand) -> SafeString:
    """Return Markdown as HTML; `expand` gives the HTML that each shortcode stands for.

    What `expand` returns is trusted: it comes from a template that escapes the shortcode's
    values. A text shown inside a text (petitionmessage) shows no further one, so that two
    texts naming each other end.
    """
    marks: dict[str, Shortcode] = {}
    word = secrets.token_hex(8)  # what a text holds cannot look like a mark
    html = _markdown().render(source, {"marks": marks, "word": word})
    html = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener nofollow",
    )
    return mark_safe(_expanded(html, marks, expand))  # noqa: S308  cleaned by nh3 a line above


def shows_form(source: str) -> bool:
    """Say whether a text places the form itself, so that a page need not add one."""
    return Name.FORM in _names(source)


def shows_list(source: str) -> bool:
    """Say whether a text places the list of signatures itself."""
    return Name.LIST in _names(source)


def _names(source: str) -> set[Name]:
    marks: dict[str, Shortcode] = {}
    _markdown().render(source, {"marks": marks, "word": ""})
    return {shortcode.name for shortcode in marks.values()}


def _expanded(html: str, marks: Mapping[str, Shortcode], expand: Expand) -> str:
    def open_up(mark: re.Match[str]) -> str:
        shortcode = marks[mark[0]]
        return "" if shortcode.name == Name.MESSAGE and is_inside else expand(shortcode)

    if not marks:
        return html
    is_inside = _inside.get()
    token = _inside.set(True)
    try:
        return re.sub("|".join(map(re.escape, marks)), open_up, html)
    finally:
        _inside.reset(token)


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.disable("image")  # a picture from elsewhere would tell that place who reads the page
    parser.inline.ruler.before("link", _KIND, _find)
    parser.core.ruler.push("shortcode_blocks", _lift_blocks)
    parser.core.ruler.push("lower_headings", _lower_headings)
    parser.add_render_rule(_KIND, _mark)
    return parser


def _find(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  markdown-it's own signature
    """Take the shortcode at this place as one token (an inline rule of markdown-it)."""
    if state.src[state.pos] != "[" or (found := shortcode_at(state.src, state.pos)) is None:
        return False
    shortcode, state.pos = found
    if not silent:
        token = state.push(_KIND, "", 0)
        token.meta["shortcode"] = shortcode
    return True


def _mark(_renderer: object, tokens: list[Token], index: int, _options: object, env: dict[str, object]) -> str:
    """Put a mark where the shortcode will be opened up (a render rule of markdown-it)."""
    marks = env["marks"]
    assert isinstance(marks, dict)  # noqa: S101  render() put it there
    mark = f"shortcode-{env['word']}-{len(marks)}-"
    marks[mark] = tokens[index].meta["shortcode"]
    return f"{mark}\n" if _is_block(tokens[index]) else mark


def _lift_blocks(state: StateCore) -> None:
    """Put each form, list or text between paragraphs: HTML has no place for one inside."""
    lifted: list[Token] = []
    waiting: list[Token] = []
    for token in state.tokens:
        if token.type == "inline" and token.children and any(map(_is_block, token.children)):
            waiting += [child for child in token.children if _is_block(child)]
            token.children = [child for child in token.children if not _is_block(child)]
        if token.type in _CELL_ENDS:
            lifted += waiting
            waiting = []
        lifted.append(token)
        if waiting and token.nesting == -1:
            lifted += waiting
            waiting = []
    state.tokens = _without_empty_paragraphs(lifted)


def _is_block(token: Token) -> bool:
    return token.type == _KIND and token.meta["shortcode"].is_block


def _without_empty_paragraphs(tokens: list[Token]) -> list[Token]:
    kept: list[Token] = []
    for token in tokens:
        if token.type == "paragraph_close" and kept[-1].type == "inline" and not _has_words(kept[-1]):
            del kept[-2:]
            continue
        kept.append(token)
    return kept


def _has_words(inline: Token) -> bool:
    return any(child.content.strip() or child.type == _KIND for child in inline.children or ())


def _lower_headings(state: StateCore) -> None:
    """Move headings down one step: the page's own title is its only h1."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, _LOWEST_HEADING)}"
