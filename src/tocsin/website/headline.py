"""A headline's words: a long or hyphenated one breaks only where it would not fit on a line of its own."""

import unicodedata

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_LONG = 14  # letters; a shorter word is broken by no browser of its own accord
_HYPHENS = "-\u2010/"


def unbroken(title: str) -> SafeString:
    """Return the title with each word that a browser might break needlessly in a box of its own, class `whole`.

    A box of its own counts as neither left-to-right nor right-to-left beside other words, so a
    title that runs both ways is left as it is.
    """
    ways = {unicodedata.bidirectional(letter) for letter in title}
    if "L" in ways and ways & {"R", "AL"}:
        return format_html("{}", title)
    return format_html_join(" ", "{}", ((_boxed(word),) for word in title.split()))


def _boxed(word: str) -> SafeString:
    if _may_break(word):
        return format_html('<span class="whole">{}</span>', word)
    return format_html("{}", word)


def _may_break(word: str) -> bool:
    if any(unicodedata.category(letter) == "Lo" and unicodedata.bidirectional(letter) == "L" for letter in word):
        return False  # Chinese, Thai and their like put no spaces between words: they must break
    return len(word) >= _LONG or any(hyphen in word[1:-1] for hyphen in _HYPHENS)
