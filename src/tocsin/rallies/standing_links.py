"""The link in the mail that asks whether a series goes on: it answers that question and opens nothing else.

The host's own link can cancel and hand over, which no mail that comes every four weeks should be able to. So
this one is computed: the number of the host's row and the day of the question under a MAC of this server. Nothing
is stored for it, and with the next question it is void.
"""

import hmac
from datetime import date, timedelta
from typing import NamedTuple

from tocsin.kit import keyfiles
from tocsin.kit.framing import lp, mac
from tocsin.seal.tokens import from_text, to_text

_NUMBER_BYTES, _DAY_BYTES = 6, 2
_FIRST_DAY = date(2020, 1, 1)
_PURPOSE = "rally-standing"


class Question(NamedTuple):
    """Who was asked, and when."""

    host: int
    asked_on: date


def standing_token(question: Question) -> str:
    """Return what stands in the link: 43 characters, as any token's."""
    content = question.host.to_bytes(_NUMBER_BYTES, "big")
    content += (question.asked_on - _FIRST_DAY).days.to_bytes(_DAY_BYTES, "big")
    return to_text(content + _mac(content))


def question_in(text: str) -> Question | None:
    """Return what a link's token asks, or None for one that this server has not made."""
    token = from_text(text)
    if token is None:
        return None
    content, code = token[: _NUMBER_BYTES + _DAY_BYTES], token[_NUMBER_BYTES + _DAY_BYTES :]
    if not hmac.compare_digest(code, _mac(content)):
        return None
    days = int.from_bytes(content[_NUMBER_BYTES:], "big")
    return Question(int.from_bytes(content[:_NUMBER_BYTES], "big"), _FIRST_DAY + timedelta(days=days))


def _mac(content: bytes) -> bytes:
    return mac(keyfiles.server_key(_PURPOSE), lp(content))[: 32 - _NUMBER_BYTES - _DAY_BYTES]
