"""Write to those who come: a host's words, relayed. Their addresses stay with us, and the words nowhere."""

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from django.db.models import Q

from tocsin import db
from tocsin.kit import names
from tocsin.outbox import domain as outbox
from tocsin.outbox.sealing import LetterRow
from tocsin.rallies import keys
from tocsin.rallies.domain.own_dates import CHANGEABLE, not_over
from tocsin.rallies.domain.own_rsvp import ALIVE
from tocsin.rallies.emails.coming import Reader, link_of, reader_of
from tocsin.rallies.emails.hosting import FROM_HOST, words_in
from tocsin.rallies.emails.letters import letter
from tocsin.rallies.models import Occurrence, Rally, Rsvp
from tocsin.rallies.refusals import Refusal, Refused, RefusedError
from tocsin.seal.box import BoxBrokenError

MAX_WORDS = 2_000
_BATCH = 500


class NotWritten(Enum):
    """Why nothing was sent."""

    TODAY_ALREADY = "today_already"
    NOBODY = "nobody"  # comes to that date, or it is over, or another rally's


class Written(NamedTuple):
    """How many were written to."""

    people: int


def write_to_coming(*, rally: int, date: int, words: str, now: datetime) -> Written | NotWritten:
    """Post a host's words to each who comes to one date, or waits for a place. Once a day for each rally.

    Once, because whoever says that they come did not ask for a list of letters, and since a host may be a fake
    that nobody has looked at yet. Raises RefusedError for words that are none, too many, or hold a link.
    """
    words = _settled(words)
    with db.transaction():
        found = Occurrence.objects.select_related("rally__campaign").filter(not_over(now), pk=date, rally=rally)
        occurrence = found.filter(rally__state__in=CHANGEABLE).first()
        if occurrence is None or not Rsvp.objects.filter(occurrence=occurrence, state__in=ALIVE).exists():
            return NotWritten.NOBODY
        today = now.date()
        quiet = Rally.objects.filter(Q(wrote_on__isnull=True) | Q(wrote_on__lt=today), pk=rally)
        if not quiet.update(wrote_on=today):
            return NotWritten.TODAY_ALREADY
        return Written(_post(occurrence, words, now))


def _settled(words: str) -> str:
    words = words.replace("\r\n", "\n").strip()
    if not words:
        raise RefusedError([Refused("words", Refusal.EMPTY)])
    if len(words) > MAX_WORDS:
        raise RefusedError([Refused("words", Refusal.TOO_LONG, str(MAX_WORDS))])
    if names.text_refusal(words) is not None:
        raise RefusedError([Refused("words", Refusal.NOT_PLAIN)])
    return words


def _post(occurrence: Occurrence, words: str, now: datetime) -> int:
    rows = Rsvp.objects.filter(occurrence=occurrence, state__in=ALIVE).order_by("pk")
    texts: dict[str, dict[str, str]] = {}
    written, after = 0, 0
    while some := list(rows.filter(pk__gt=after)[:_BATCH]):
        posted = []
        for reader in _readers(occurrence.rally_id, some):
            if reader.language not in texts:
                texts[reader.language] = words_in(occurrence, words, reader.language)
            posted.append(_letter(occurrence.rally, reader, texts[reader.language], now))
        outbox.post(posted)
        written, after = written + len(posted), some[-1].pk
    return written


def _letter(rally: Rally, reader: Reader, texts: dict[str, str], now: datetime) -> LetterRow:
    link = link_of(reader)
    values = {"name": reader.name, "link": link, "give_up": f"{link}/give-up"}
    return letter(
        kind=FROM_HOST, rally=rally, to=reader.email, language=reader.language, now=now, values=values, texts=texts
    )


def _readers(rally: int, rows: list[Rsvp]) -> Iterator[Reader]:
    for row in rows:
        try:
            yield reader_of(rally, row)
        except (keys.RallyKeyGoneError, BoxBrokenError):
            continue
