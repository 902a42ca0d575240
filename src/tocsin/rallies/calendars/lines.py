"""Content lines of iCalendar: escaped, folded, ended (RFC 5545, sections 3.1 and 3.3.11).

Our own, since the `icalendar` package takes half a millisecond an event and a campaign may have
10,000; it reads in the tests what is written here.
"""

import re
from collections.abc import Iterable
from typing import Final

MOST_OCTETS: Final = 75  # of a line, without its end
_SPECIAL: Final = re.compile(r"[\\;,\x00-\x1f\x7f]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")
_ESCAPED: Final = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
_CONTINUES = 0b1000_0000  # how every byte of a character but its first begins in UTF-8
_MASK = 0b1100_0000


def text(value: str) -> str:
    """Return a value of type TEXT: its line ends stay, other control characters go."""
    if _SPECIAL.search(value) is None:
        return value
    return _SPECIAL.sub(lambda found: _ESCAPED.get(found[0], ""), value)


def uri(value: str) -> str:
    """Return a value of type URI; nothing in it may end the line."""
    return _CONTROL.sub("", value)


def parameter(value: str) -> str:
    """Return a parameter's value in quotes; a quote inside becomes ^' (RFC 6868)."""
    return '"' + _CONTROL.sub(" ", value).replace("^", "^^").replace('"', "^'") + '"'


def written(lines: Iterable[str]) -> bytes:
    """Return content lines as bytes, each folded at 75 octets and ended with CRLF."""
    # Most lines are short and ASCII, and are encoded all at once.
    folded = [line if len(line) <= MOST_OCTETS and line.isascii() else _folded(line) for line in lines]
    return ("\r\n".join(folded) + "\r\n").encode() if folded else b""


def _folded(line: str) -> str:
    raw = line.encode()
    if len(raw) <= MOST_OCTETS:
        return line
    pieces, start, room = [], 0, MOST_OCTETS
    while start < len(raw):
        end = start + room
        while end < len(raw) and raw[end] & _MASK == _CONTINUES:
            end -= 1  # never within a character: not every reader unfolds before it decodes
        pieces.append(raw[start:end])
        start, room = end, MOST_OCTETS - 1  # the space before a continued line counts
    return b"\r\n ".join(pieces).decode()
