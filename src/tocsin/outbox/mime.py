"""Messages from a template that was rendered once: slots are filled, everything else is bytes already.

A message is plain text first, small HTML second (RFC 2046, section 5.1.4). Nothing that a
person typed reaches a header but their address, and that only in the one form that
kit.addresses lets through; nothing typed reaches a body but on one line, without control
characters, and escaped in HTML.
"""

import binascii
import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from typing import NamedTuple

from tocsin.kit.chance import random_bytes

# Nobody can write what nobody can guess: no text, whoever typed it and whatever is cut from it, forms a slot.
_MARK = f"@@slot-{random_bytes(16).hex()}:"
_SLOT = re.compile(f"{_MARK}([a-z_]+)@@")
# C0, DEL, C1, line and paragraph separators, lone surrogates.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CRLF = "\r\n"
_BASE64_BYTES = 57  # of the content on one line, which makes 76 characters (RFC 2045, section 6.8)
# Above this share of bytes outside ASCII, base64 is the shorter encoding.
_QUOTED_PRINTABLE_SHARE = 1 / 6
_QUOTED_CHARS = 76  # on one line, the mark of a soft break among them
_SOFT_BREAK = b"=\r\n"
_TOKENS = [bytes([byte]) if 32 <= byte < 127 and byte != ord("=") else b"=%02X" % byte for byte in range(256)]  # noqa: PLR2004  printable ASCII
# What needs no encoding and fits on a line: our own links, and nearly every address and name.
_PLAIN = re.compile(r"[!-<>-~](?:[ -<>-~]{0,72}[!-<>-~])?")
_PLAIN_WORD = re.compile(r"[!-<>-~]+")  # a link too long for a line: it may be cut anywhere
_MARKUP = re.compile("[&<>\"']")  # what html.escape changes
# Neither encoding can contain "=_", so no body can end its part early (RFC 2045, section 6.7).
_BOUNDARY = "=_tocsin"
_OUTER_BOUNDARY = "=_with"  # of a mail with a file; neither may begin like the other (RFC 2046, section 5.1.2)
_HEADER_CHARS = 75


class UnsafeHeaderError(ValueError):
    """A header's value with a line end or another control character: refused, never mended."""


def slot(name: str) -> str:
    """Return the mark that a template leaves where `name` will be filled in; each process has marks of its own."""
    return f"{_MARK}{name}@@"


def header(name: str, value: str) -> bytes:
    """Return one header line, folded; words outside ASCII are encoded (RFC 2047).

    Raises UnsafeHeaderError for control characters: those a caller lets through would begin
    headers of somebody else's choosing.
    """
    _refuse_controls(name, value)
    charset = "us-ascii" if value.isascii() else "utf-8"
    written = Header(value, charset, maxlinelen=_HEADER_CHARS, header_name=name).encode(linesep=_CRLF)
    return f"{name}: {written}{_CRLF}".encode("ascii")


def exact_header(name: str, value: str) -> bytes:
    """Return a header whose value is neither folded nor encoded: an address, a link, an id.

    UTF-8 stays as it is: an address outside ASCII goes to servers with SMTPUTF8 only (RFC 6532).
    """
    _refuse_controls(name, value)
    return f"{name}: {value}{_CRLF}".encode()


def _refuse_controls(name: str, value: str) -> None:
    if _CONTROLS.search(value):
        message = f"the header {name} may not hold line ends or control characters"
        raise UnsafeHeaderError(message)


def from_header(sender: str) -> bytes:
    """Return From for an address with or without a name, as in 'Night trains <a@example.org>'."""
    name, address = parseaddr(sender)
    return exact_header("From", formataddr((name, address)))


def one_line(value: str) -> str:
    """Return typed text for a mail's body: one line, no control or direction characters."""
    if value.isprintable():  # nearly every value, our own links among them
        return value
    kept = "".join(" " if char.isspace() else char for char in value if _is_kept(char))
    return " ".join(kept.split())


def _is_kept(char: str) -> bool:
    # Cf holds the marks that turn direction; joiners (in Persian, in emoji) are of it, and stay.
    return char.isspace() or char in "\u200c\u200d" or unicodedata.category(char)[0] != "C"


@lru_cache(maxsize=8)  # all mails of a batch are of one moment
def _date_header(now: datetime) -> bytes:
    return f"Date: {format_datetime(now)}{_CRLF}".encode()


class Attached(NamedTuple):
    """A file that comes with a mail."""

    name: str
    """Its file name, in ASCII."""
    media_type: str
    """With its parameters, as in 'text/calendar; charset=utf-8; method=PUBLISH'."""
    content: bytes


_ALTERNATIVE = f'Content-Type: multipart/alternative; boundary="{_BOUNDARY}"{_CRLF}'.encode()


def _with_files(words: bytes, attached: Sequence[Attached]) -> bytes:
    """Return a mail's words as the first part, and each file as one behind it (RFC 2046, section 5.1.3)."""
    return b"".join(
        [
            f'Content-Type: multipart/mixed; boundary="{_OUTER_BOUNDARY}"{_CRLF}{_CRLF}'.encode(),
            f"--{_OUTER_BOUNDARY}{_CRLF}".encode(),
            words,
            *map(_file, attached),
            f"--{_OUTER_BOUNDARY}--{_CRLF}".encode(),
        ]
    )


def _file(attached: Attached) -> bytes:
    return b"".join(
        [
            f"--{_OUTER_BOUNDARY}{_CRLF}".encode(),
            exact_header("Content-Type", attached.media_type),
            exact_header("Content-Disposition", f'attachment; filename="{attached.name}"'),
            f"Content-Transfer-Encoding: base64{_CRLF}{_CRLF}".encode(),
            _base64_lines(attached.content),
        ]
    )


class MailTemplate:
    """One mail in one language, but for its slots: made once, filled many times."""

    def __init__(self, *, subject: str, text: str, html_text: str, sender: str, headers: Mapping[str, str]) -> None:
        self._id_domain = parseaddr(sender)[1].rpartition("@")[2]
        self._head = b"".join(
            [
                from_header(sender),
                header("Subject", one_line(subject)),
                *(exact_header(name, value) for name, value in headers.items()),
                b"MIME-Version: 1.0\r\n",
            ]
        )
        self._text = _part("text/plain", text, is_html=False)
        self._html = _part("text/html", html_text, is_html=True)

    def fill(
        self,
        *,
        to: str,
        values: Mapping[str, str],
        headers: Mapping[str, str],
        now: datetime,
        attached: Sequence[Attached] = (),
    ) -> bytes:
        """Return the message to one address, its slots filled with `values`, with files beside it if need be.

        `headers` are the ones that differ from mail to mail, List-Unsubscribe for one. The
        Message-ID is random: it tells nobody which letter or signature a mail belongs to.
        """
        typed = _Typed(values)
        words = b"".join(
            [
                _ALTERNATIVE,
                b"\r\n",
                self._text.fill(typed),
                self._html.fill(typed),
                f"--{_BOUNDARY}--{_CRLF}".encode(),
            ]
        )
        return b"".join(
            [
                exact_header("To", to),
                _date_header(now),
                f"Message-ID: <{random_bytes(16).hex()}@{self._id_domain}>{_CRLF}".encode(),
                *(exact_header(name, value) for name, value in headers.items()),
                self._head,
                _with_files(words, attached) if attached else words,
            ]
        )


def _part(media_type: str, text: str, *, is_html: bool) -> "_QuotedPart | _Base64Part":
    """Return one of the two bodies, in whichever encoding is the shorter."""
    # Split puts pieces of text at even places, and names of slots at odd ones.
    pieces = _SLOT.split((text.strip() + "\n").replace("\r\n", "\n").replace("\n", _CRLF))
    size = len(text.encode())
    is_quoted = (size - len(text)) <= size * _QUOTED_PRINTABLE_SHARE
    encoding = "quoted-printable" if is_quoted else "base64"
    head = (
        f"--{_BOUNDARY}{_CRLF}Content-Type: {media_type}; charset=utf-8{_CRLF}"
        f"Content-Transfer-Encoding: {encoding}{_CRLF}{_CRLF}"
    ).encode()
    return _QuotedPart(head, pieces, is_html=is_html) if is_quoted else _Base64Part(head, pieces, is_html=is_html)


class _Typed:
    """What fills the slots of one mail; nearly all of it is the same in both bodies, and encoded once."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = {name: one_line(value) for name, value in values.items()}
        self._quoted: dict[str, bytes] = {}

    def shown(self, name: str, *, is_html: bool) -> str:
        """Return a value as it stands in a body before that is encoded."""
        value = self._values[name]
        return html.escape(value) if is_html and _MARKUP.search(value) else value

    def quoted(self, name: str, *, is_html: bool) -> bytes:
        """Return a value in quoted-printable, with a soft line break behind it."""
        value = self._values[name]
        if is_html and _MARKUP.search(value):
            return _quoted_value(html.escape(value)) + _SOFT_BREAK
        if name not in self._quoted:
            self._quoted[name] = _quoted_value(value) + _SOFT_BREAK
        return self._quoted[name]


class _QuotedPart:
    """A body in quoted-printable, its pieces encoded beforehand, with a soft line break at both ends of each slot."""

    def __init__(self, head: bytes, pieces: Sequence[str], *, is_html: bool) -> None:
        self._is_html = is_html
        fixed = [_quoted(piece) for piece in pieces[::2]]
        fixed[0] = head + fixed[0]
        self._slots = [(piece + _SOFT_BREAK, name) for piece, name in zip(fixed, pieces[1::2], strict=False)]
        self._names = frozenset(pieces[1::2])
        self._last = fixed[-1]

    def fill(self, typed: _Typed) -> bytes:
        written = {name: typed.quoted(name, is_html=self._is_html) for name in self._names}
        parts: list[bytes] = []
        for encoded, name in self._slots:
            parts += (encoded, written[name])
        return b"".join([*parts, self._last])


class _Base64Part:
    """A body in base64, encoded anew each time: its pieces do not end at whole triples of bytes."""

    def __init__(self, head: bytes, pieces: Sequence[str], *, is_html: bool) -> None:
        self._is_html = is_html
        self._head = head
        self._pieces = list(pieces)

    def fill(self, typed: _Typed) -> bytes:
        pieces = self._pieces.copy()
        for place in range(1, len(pieces), 2):
            pieces[place] = typed.shown(pieces[place], is_html=self._is_html)
        return self._head + _base64_lines("".join(pieces).encode())


def _base64_lines(content: bytes) -> bytes:
    lines = [
        binascii.b2a_base64(content[start : start + _BASE64_BYTES], newline=False)
        for start in range(0, len(content), _BASE64_BYTES)
    ]
    return b"\r\n".join([*lines, b""])


def _quoted_value(value: str) -> bytes:
    """Return what fills a slot, the quick way where there is one: byte by byte costs more than all else of a mail."""
    if _PLAIN.fullmatch(value):
        return value.encode()
    if _PLAIN_WORD.fullmatch(value):
        raw, room = value.encode(), _QUOTED_CHARS - 1
        return _SOFT_BREAK.join([raw[at : at + room] for at in range(0, len(raw), room)])
    return _quoted(value)


def _quoted(text: str) -> bytes:
    """Return text in quoted-printable, each line with room for the mark of a soft break (RFC 2045, section 6.7)."""
    written: list[bytes] = []
    for line in text.encode().split(b"\r\n"):
        tokens = [_TOKENS[byte] for byte in line]
        if line[-1:] in {b" ", b"\t"}:  # what ends a line with a space may lose it on its way
            tokens[-1] = b"=%02X" % line[-1]
        room, start = _QUOTED_CHARS - 1, 0
        for place, token in enumerate(tokens):
            if room < len(token):
                written.append(b"".join(tokens[start:place]) + b"=")
                room, start = _QUOTED_CHARS - 1, place
            room -= len(token)
        written.append(b"".join(tokens[start:]))
    return b"\r\n".join(written)
