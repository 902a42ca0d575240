"""Rendered bytes with slots: split once, filled as often as wanted."""

import html
import re
from collections.abc import Mapping
from typing import Self

from django.utils.safestring import SafeData

# A page that shows several campaigns says whose number it means, and in which language: count:7:es.
_SENTINEL = re.compile(rb"@@slot:([a-z_]+(?::[0-9]{1,19}:[a-z]+(?:-[a-z]+)?)?)@@")


class Template:
    """A page as bytes, cut at its slots.

    >>> Template(b"<b>@@slot:count@@</b>").fill({"count": "12,345"})
    b'<b>12,345</b>'
    """

    __slots__ = ("_parts", "names")

    def __init__(self, rendered: bytes) -> None:
        # re.split puts the names it found at the odd places.
        self._parts: list[bytes | str] = [
            piece.decode("ascii") if place % 2 else piece for place, piece in enumerate(_SENTINEL.split(rendered))
        ]
        self.names = frozenset(part for part in self._parts if isinstance(part, str))

    @classmethod
    def whole(cls, body: bytes) -> Self:
        """Return the template of bytes that have no slots, whatever they look like: a picture, say."""
        template = cls(b"")
        template._parts = [body]
        return template

    def fill(self, values: Mapping[str, str]) -> bytes:
        """Return the page, filled; what is not marked safe is escaped, what is missing stays empty."""
        return b"".join([_escaped(values.get(part, "")) if isinstance(part, str) else part for part in self._parts])


def _escaped(value: str) -> bytes:
    """Do what django.utils.html.conditional_escape does, without first asking whether the value is a promise."""
    return (value if isinstance(value, SafeData) else html.escape(value)).encode()
