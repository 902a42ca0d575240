"""Broadcast: one message to all rallies of a day, a country or a region, and to everybody around them.

Its banner shows from the moment of sending. The mails follow batch by batch, in the worker: addresses are
opened under each rally's key, and go into the outbox sealed, in the transaction that moves the broadcast
on. Crash points: that transaction holds the letters, the marks of their addresses and the place in the
run, so dying before its commit leaves the batch to be made again, and dying after it leaves nothing to be
made twice (docs/decisions/0027).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from django.db.models import F

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.languages import is_known
from tocsin.campaigns.models import Campaign
from tocsin.kit import countries, keyfiles
from tocsin.kit.addresses import parse
from tocsin.kit.framing import lp, mac
from tocsin.outbox import domain as outbox
from tocsin.outbox.sealing import LetterRow
from tocsin.rallies.domain.end import end_series
from tocsin.rallies.emails.desk import BROADCAST, RESOLVED, Reader, letter_to, reader_of
from tocsin.rallies.models import Broadcast, BroadcastAddress, DayOfAction, Host, Rally, Rsvp
from tocsin.rallies.queries.broadcasts import coming_to, rallies_reached, text_in
from tocsin.rallies.refusals import Refusal, Refused, RefusedError
from tocsin.rallies.states import BroadcastState

MAX_TEXT: Final = 1_000
BATCH: Final = 500
_RALLIES: Final = 200  # looked at for one batch: most have few who come
_MARK_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a broadcast says, and to whom; an empty choice does not narrow it."""

    text: Mapping[str, str]  # {language: plain text}
    shown_until: datetime
    day_of_action: int | None = None
    country: str = ""  # ISO 3166-1
    region: str = ""  # ISO 3166-2, of that country


def draft_broadcast(*, campaign: Campaign, words: Words, now: datetime, draft: int | None = None) -> Broadcast | None:
    """Store a new draft, or the words of an old one; None when that one is no draft any more.

    Raises RefusedError.
    """
    text = {code: kept for code, said in words.text.items() if (kept := said.replace("\r\n", "\n").strip())}
    fields = {
        "text": text,
        "shown_until": words.shown_until,
        "day_of_action_id": words.day_of_action,
        "country": words.country,
        "region": words.region.strip().upper(),
    }
    if refused := tuple(_refusals(campaign, text, words, now)):
        raise RefusedError(refused)
    if draft is None:
        return Broadcast.objects.create(campaign=campaign, **fields)
    same = Broadcast.objects.filter(pk=draft, campaign=campaign, state=BroadcastState.DRAFT)
    return same.get() if same.update(**fields) else None


def drop_draft(*, campaign: Campaign, broadcast: int) -> bool:
    """Throw a draft away; False when it is none any more."""
    gone, _ = Broadcast.objects.filter(pk=broadcast, campaign=campaign, state=BroadcastState.DRAFT).delete()
    return bool(gone)


def send_broadcast(*, campaign: Campaign, broadcast: int, now: datetime) -> bool:
    """Show a draft's banner and begin to send its mails; False when it is no draft, or its time is over already."""
    with db.transaction():
        draft = Broadcast.objects.filter(pk=broadcast, campaign=campaign, state=BroadcastState.DRAFT)
        if not draft.filter(shown_until__gt=now).update(state=BroadcastState.SENDING, sent_at=now):
            return False
        touch(campaign=campaign)
    return True


def take_down(*, campaign: Campaign, broadcast: int, now: datetime) -> bool:
    """Take a banner down, and post no further mail; what was posted leaves. False when there is nothing to end.

    The message that the goal is reached goes to everybody, and is not stopped on its way.
    """
    with db.transaction():
        sent = Broadcast.objects.filter(pk=broadcast, campaign=campaign).exclude(state=BroadcastState.DRAFT)
        ended = sent.filter(shown_until__gt=now).update(shown_until=now)
        stopped = sent.filter(is_ending=False, state=BroadcastState.SENDING).update(
            state=BroadcastState.SENT, posted_at=now
        )
        if stopped:
            BroadcastAddress.objects.filter(broadcast=broadcast).delete()
        if ended:
            touch(campaign=campaign)
    return bool(ended or stopped)


def work(*, now: Callable[[], datetime], goes_on: Callable[[], bool] = lambda: True) -> bool:
    """Post the mails of what is being sent; False when there was nothing to do."""
    did_any = False
    for one in Broadcast.objects.filter(state=BroadcastState.SENDING).select_related("campaign").order_by("pk"):
        while goes_on() and post_batch(broadcast=one, now=now()):
            did_any = True
    return did_any


def post_batch(*, broadcast: Broadcast, now: datetime, limit: int = BATCH) -> bool:
    """Post the next mails, each address's once; False when that was the end, or somebody took it down."""
    place = Broadcast.objects.filter(pk=broadcast.pk, state=BroadcastState.SENDING)
    after = place.values_list("after_rally", "after_rsvp").first()
    if after is None:
        return False
    batch = _next_batch(broadcast, *after, now, limit)
    same = place.filter(after_rally=after[0], after_rsvp=after[1])
    with db.transaction():
        if batch is None:
            same.update(state=BroadcastState.SENT, posted_at=now)
            BroadcastAddress.objects.filter(broadcast=broadcast).exclude(
                broadcast__state=BroadcastState.SENDING
            ).delete()
            return False
        if not same.update(
            after_rally=batch.after_rally,
            after_rsvp=batch.after_rsvp,
            reached_rallies=F("reached_rallies") + len(batch.done),
        ):
            return False  # taken down, or somebody else posted this batch
        if broadcast.is_ending:
            note = text_in(broadcast, broadcast.campaign.languages[0], broadcast.campaign)[0]
            end_series(rallies=batch.done, now=now, note=note)
        fresh = _first_time(broadcast, batch.letters)
        place.update(reached_people=F("reached_people") + len(fresh))
        outbox.post(fresh)
    return True


class _Batch(NamedTuple):
    """Sealed letters by the mark of their address, and where the run stands behind them."""

    letters: dict[bytes, LetterRow]
    done: list[Rally]  # rallies whose people all have their mail then
    after_rally: int
    after_rsvp: int


def _next_batch(broadcast: Broadcast, after_rally: int, after_rsvp: int, now: datetime, limit: int) -> _Batch | None:
    rallies = list(rallies_reached(broadcast).filter(pk__gt=after_rally).order_by("pk")[:_RALLIES])
    if not rallies:
        return None
    by_number = {rally.pk: rally for rally in rallies}
    for rally in rallies:
        rally.campaign = broadcast.campaign
    rows = coming_to(list(by_number), now).select_related("occurrence").order_by("occurrence__rally", "pk")
    if after_rsvp:
        rows = rows.exclude(occurrence__rally=rallies[0].pk, pk__lte=after_rsvp)
    some = list(rows[: limit + 1])
    letters: dict[bytes, LetterRow] = {}
    if len(some) <= limit:
        done = rallies
        stands_at = done[-1].pk, 0
    else:
        some.pop()
        last = some[-1]
        done = [rally for rally in rallies if rally.pk < last.occurrence.rally_id]
        stands_at = (done[-1].pk if done else after_rally), last.pk
    reached = [*(rally.pk for rally in done), *{row.occurrence.rally_id for row in some}]
    for number, reader in _readers(reached, some):
        _add(letters, broadcast, by_number[number], reader, now)
    return _Batch(letters, done, *stands_at)


def _readers(rallies: Sequence[int], coming: Sequence[Rsvp]) -> Iterator[tuple[int, Reader]]:
    """Yield the hosts of these rallies first, then those who come: who is both is written to as the host."""
    hosts = Host.objects.filter(rally__in=rallies, confirmed_at__isnull=False).order_by("rally", "pk")
    for host in hosts:
        for reader in reader_of(host.rally_id, "host", host.sealed):
            yield host.rally_id, reader
    for row in coming:
        for reader in reader_of(row.occurrence.rally_id, "rsvp", row.sealed):
            yield row.occurrence.rally_id, reader


def _add(letters: dict[bytes, LetterRow], broadcast: Broadcast, rally: Rally, reader: Reader, now: datetime) -> None:
    address = parse(reader.email)
    if address is None:
        return
    content = lp(str(broadcast.pk).encode(), address.mailbox.encode())
    mark = mac(keyfiles.server_key("rally-broadcast"), content)[:_MARK_BYTES]
    if mark not in letters:
        kind = RESOLVED if broadcast.is_ending else BROADCAST
        texts = {"message": text_in(broadcast, reader.language, broadcast.campaign)[0]}
        letters[mark] = letter_to(
            kind=kind, rally=rally, campaign=broadcast.campaign, reader=reader, now=now, texts=texts
        )


def _first_time(broadcast: Broadcast, letters: Mapping[bytes, LetterRow]) -> list[LetterRow]:
    """Mark the addresses that have no letter yet, and return their letters."""
    had = BroadcastAddress.objects.filter(broadcast=broadcast, mark__in=list(letters)).values_list("mark", flat=True)
    known = {bytes(mark) for mark in had}
    fresh = {mark: row for mark, row in letters.items() if mark not in known}
    BroadcastAddress.objects.bulk_create(BroadcastAddress(broadcast=broadcast, mark=mark) for mark in fresh)
    return list(fresh.values())


def _refusals(campaign: Campaign, text: Mapping[str, str], words: Words, now: datetime) -> Iterator[Refused]:
    if not text:
        yield Refused("text", Refusal.EMPTY)
    for code, said in text.items():
        if not is_known(code):
            yield Refused("text", Refusal.WRONG_CHOICE)
        if len(said) > MAX_TEXT:
            yield Refused(f"text.{code}", Refusal.TOO_LONG, str(MAX_TEXT))
    if words.shown_until <= now:
        yield Refused("shown_until", Refusal.DATE_PAST)
    if words.country and not countries.is_known(words.country):
        yield Refused("country", Refusal.COUNTRY_UNKNOWN)
    region = words.region.strip().upper()
    if region and (not words.country or not region.startswith(f"{words.country}-")):
        yield Refused("region", Refusal.WRONG_CHOICE)
    day = words.day_of_action
    if day is not None and not DayOfAction.objects.filter(pk=day, campaign=campaign).exists():
        yield Refused("day_of_action", Refusal.WRONG_CHOICE)
