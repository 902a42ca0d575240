"""SpeakOut's shortcodes, so that pages moved from WordPress keep working.

Their values are data, never markup: whoever expands one gets plain strings and numbers, and a
template escapes them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Name(StrEnum):
    """Every shortcode that is understood (SpeakOut 4.4.1)."""

    FORM = "emailpetition"
    LIST = "signaturelist"
    COUNT = "signaturecount"
    GOAL = "signaturegoal"
    TITLE = "petitiontitle"
    MESSAGE = "petitionmessage"
    TOTAL = "signaturestotal"


# Forms, lists and whole texts stand between paragraphs; numbers and titles stand inside them.
BLOCKS = frozenset({Name.FORM, Name.LIST, Name.MESSAGE})

ATTRIBUTES: Mapping[Name, frozenset[str]] = {
    Name.FORM: frozenset({"id", "width", "height", "progresswidth", "class"}),
    Name.LIST: frozenset(
        {"id", "rows", "dateformat", "firstbuttontext", "prevbuttontext", "nextbuttontext", "lastbuttontext"}
    ),
    Name.COUNT: frozenset({"id"}),
    Name.GOAL: frozenset({"id"}),
    Name.TITLE: frozenset({"id"}),
    Name.MESSAGE: frozenset({"id"}),
    Name.TOTAL: frozenset({"hideunconfirmed"}),
}

_MAX_VALUE = 200
_SHORTCODE = re.compile(rf"\[({'|'.join(Name)})((?:\s[^\[\]]{{0,1000}})?)\s?/?\]", re.IGNORECASE)
# WordPress takes name="value", name='value' and name=value.
_ATTRIBUTE = re.compile(r"""([a-z]{1,20})\s?=\s?(?:"([^"]*)"|'([^']*)'|([^\s"'<>=`]+))""", re.IGNORECASE)
_CLASS = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}\Z")


@dataclass(frozen=True, slots=True)
class Shortcode:
    """One shortcode as it stands in a text; of its attributes only the known ones."""

    name: Name
    attributes: Mapping[str, str]

    @property
    def identifier(self) -> str:
        """The `id` given, or ""; queries.meant_by says which campaign it means."""
        return self.attributes.get("id", "")

    @property
    def is_block(self) -> bool:
        """Whether what it stands for goes between paragraphs."""
        return self.name in BLOCKS

    def number(self, attribute: str, *, low: int, high: int, usual: int) -> int:
        """Return an attribute as a whole number between `low` and `high`; `usual` when it is none."""
        given = self.attributes.get(attribute, "")
        return min(max(int(given), low), high) if given.isascii() and given.isdigit() else usual

    @property
    def classes(self) -> tuple[str, ...]:
        """The `class` names that are harmless ones, each to be prefixed by whoever uses them."""
        return tuple(word for word in self.attributes.get("class", "").split() if _CLASS.match(word))


def shortcode_at(text: str, position: int) -> tuple[Shortcode, int] | None:
    """Return the shortcode that begins at `position` and where it ends, or None."""
    found = _SHORTCODE.match(text, position)
    if found is None:
        return None
    name = Name(found[1].lower())
    given: dict[str, str] = {}
    for key, double, single, bare in _ATTRIBUTE.findall(found[2] or ""):
        if key.lower() in ATTRIBUTES[name]:
            given.setdefault(key.lower(), (double or single or bare)[:_MAX_VALUE])
    return Shortcode(name, given), found.end()
