"""A circular: the organisers' letter to those signatories who ticked "keep me informed".

Addresses are opened a few hundred at a time while the vault is unlocked, and go into the outbox
sealed, in the transaction that moves the circular on. Crash points: that transaction holds the
letters, the marks of their addresses and the place in the run, so dying before its commit leaves
the batch to be made again, and dying after it leaves nothing to be made twice.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, NamedTuple

import orjson
from django.db.models import F, QuerySet

from tocsin import db
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.states import State as CampaignState
from tocsin.kit.addresses import Address, parse, provider_of
from tocsin.kit.framing import mac
from tocsin.outbox import batches as outbox_batches
from tocsin.outbox import domain as outbox
from tocsin.outbox.caps import cap_key
from tocsin.outbox.sealing import LetterRow, letter_row
from tocsin.seal.commitment import SALT_BYTES
from tocsin.seal.epoch import SealBrokenError, begin_epoch, epoch_id_of, open_epoch, open_row, public_of
from tocsin.signing.opened.acts import note
from tocsin.signing.opened.keys import read_keys
from tocsin.signing.opened.models import Act, Circular, CircularAddress, CircularCount, CircularState
from tocsin.signing.opened.rows import Filter, Keys, Row, Seat, page
from tocsin.signing.seat_ref import make_ref, read_ref
from tocsin.signing.states import State
from tocsin.vault.queries import key_in_use
from tocsin.vault.reader import Reader

CIRCULAR_LETTER: Final = "circular"
TEST_LETTER: Final = "test"
BATCH: Final = 500
_MARK_BYTES: Final = 16
_UNDER_WAY: Final = (CircularState.SENDING, CircularState.PAUSED)


class Refusal(Enum):
    """Why a circular was not sent."""

    NOT_TESTED = "these words were not sent as a test"
    LOCKED = "the vault is locked"
    NOT_A_DRAFT = "it is no draft any more"
    OTHER_KEY = "it was begun with another key: go on with the passphrase of that one"


@dataclass(frozen=True, slots=True)
class Words:
    """What a circular says, and to whom; texts are {language: text}, empty ones left out."""

    subject: dict[str, str]
    body: dict[str, str]
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


def write(*, campaign: Campaign, user: User | None, words: Words, draft: int | None = None) -> Circular | None:
    """Store a new draft, or the words of an old one; None when that one is no draft any more."""
    fields = {
        "subject": words.subject,
        "body": words.body,
        "countries": list(words.countries),
        "languages": list(words.languages),
    }
    if draft is None:
        return Circular.objects.create(campaign=campaign, user=user, **fields)
    same = Circular.objects.filter(pk=draft, campaign=campaign, state=CircularState.DRAFT)
    return same.get() if same.update(**fields) else None


def digest(circular: Circular) -> bytes:
    """Return the hash of a circular's words: what was tested is what is sent."""
    words = orjson.dumps([circular.subject, circular.body], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(words).digest()


def is_tested(circular: Circular) -> bool:
    """Say whether these very words were sent as a test."""
    return bytes(circular.tested) == digest(circular)


def chosen(circular: Circular) -> Filter:
    """Return whom it goes to: who confirmed, wants to be kept informed, and is of its countries and languages."""
    return Filter(
        states=(State.CONFIRMED, State.COUNTED),
        countries=tuple(circular.countries),
        languages=tuple(circular.languages),
        keep_informed=True,
    )


def reach(circular: Circular) -> int:
    """Return how many signatures a circular reaches at the most: two of one mailbox get one letter."""
    return chosen(circular).rows(circular.campaign_id).count()


def send_test(*, circular: Circular, to: str, now: datetime) -> bool:
    """Post the circular to one address, once in each of its languages; False when that is no address."""
    address = parse(to)
    if address is None:
        return False
    rows = [_letter(circular, TEST_LETTER, address, language=language, now=now) for language in circular.body]
    with db.transaction():
        outbox.post(rows)
        Circular.objects.filter(pk=circular.pk, state=CircularState.DRAFT).update(tested=digest(circular))
    return True


def start(
    *, circular: Circular, user: User | None, door: str, keys: Keys, ends_at: datetime | None, now: datetime
) -> Refusal | None:
    """Begin to send; `door` is what the worker finds the keys by, empty when the caller posts the batches itself."""
    if not keys:
        return Refusal.LOCKED
    if not is_tested(circular):
        return Refusal.NOT_TESTED
    row, epoch = _sealed_mark_key(circular, keys)
    with db.transaction():
        draft = Circular.objects.filter(pk=circular.pk, state=CircularState.DRAFT, tested=digest(circular))
        if not draft.update(
            state=CircularState.SENDING,
            user=user,
            door=door,
            ends_at=ends_at,
            mark_row=row,
            mark_epoch=epoch,
            run_closed=circular.campaign.state == CampaignState.CLOSED,
            started_at=now,
        ):
            return Refusal.NOT_A_DRAFT
        note(campaign=circular.campaign, user=user, act=Act.WROTE, now=now)
    return None


def pause(*, circular: Circular, now: datetime) -> bool:
    """Stop, with the letters that wait in the outbox; False when it is not being sent."""
    with db.transaction():
        if not _move(circular, CircularState.SENDING, CircularState.PAUSED, is_locked=False):
            return False
        outbox_batches.hold(kind_of(circular), now=now)
    return True


def resume(*, circular: Circular, door: str, keys: Keys, ends_at: datetime | None, now: datetime) -> Refusal | None:
    """Go on where it stopped."""
    if not keys and not circular.is_posted:
        return Refusal.LOCKED
    if not circular.is_posted and not opens(circular, keys):
        return Refusal.OTHER_KEY
    with db.transaction():
        fresh: dict[str, object] = {"is_locked": False, "door": door, "ends_at": ends_at}
        if not _move(circular, CircularState.PAUSED, CircularState.SENDING, **fresh):
            return Refusal.NOT_A_DRAFT
        outbox_batches.let_go(kind_of(circular), now=now)
    return None


def opens(circular: Circular, keys: Keys) -> bool:
    """Say whether these keys open the marks of a circular that was begun: with others nobody can go on with it."""
    return _mark_key(circular, keys) is not None


def cancel(*, circular: Circular, now: datetime) -> bool:
    """End it: what waits in the outbox is taken back. What was sent was sent; False when there was nothing to end."""
    with db.transaction():
        under_way = Circular.objects.filter(pk=circular.pk, state__in=_UNDER_WAY)
        if not under_way.update(state=CircularState.CANCELLED, finished_at=now, door=""):
            return False
        for provider, letters in outbox_batches.take_back(kind_of(circular)).items():
            CircularCount.objects.filter(circular=circular, provider=provider).update(taken_back=letters)
        CircularAddress.objects.filter(circular=circular).delete()
    return True


def pause_behind(*, door: str, now: datetime) -> None:
    """Pause what still needs the keys behind a door that was locked; letters in the outbox go on."""
    del now
    _lock_out(Circular.objects.filter(door=door).exclude(door=""))


def work(*, now: Callable[[], datetime], goes_on: Callable[[], bool] = lambda: True) -> bool:
    """Post the letters of one circular while its keys are there; False when there was nothing for this worker."""
    _lock_out(Circular.objects.filter(ends_at__lte=now()).exclude(door=""))
    did_any = False
    for circular in Circular.objects.filter(state=CircularState.SENDING).select_related("campaign").order_by("pk"):
        if circular.is_posted:
            _finish_when_sent(circular, now())
            continue
        reader = Reader(read_keys(circular.door), circular.campaign.slug)
        while goes_on() and (keys := read_keys(circular.door)):
            if not post_batch(circular=circular, keys=keys, reader=reader, now=now()):
                break
            did_any = True
    return did_any


def post_batch(
    *, circular: Circular, keys: Keys, now: datetime, reader: Reader | None = None, limit: int = BATCH
) -> bool:
    """Open the next addresses and post their letters; False when that was the end, or somebody paused it.

    A caller with many batches gives its `reader`, which remembers the epochs that it has opened.
    """
    place = Circular.objects.filter(pk=circular.pk, state=CircularState.SENDING, is_posted=False)
    after = place.values_list("after", flat=True).first()
    if after is None:
        return False
    mark_key = _mark_key(circular, keys)
    if mark_key is None:
        _lock_out(place)  # rather than to look as if it were being sent
        return False
    past = Seat(*read_ref(bytes(after))) if after else None
    reader = reader or Reader(keys, circular.campaign.slug)
    rows = page(circular.campaign_id, reader, chosen=chosen(circular), after=past, limit=limit)
    same = place.filter(after=after)
    if not rows:
        return _end_of_run(circular, same)
    batch = _prepared(circular, rows, mark_key, now)
    with db.transaction():
        last = rows[-1].seat
        if not same.update(
            after=make_ref(last.tag, last.seat),
            read=F("read") + len(rows),
            never=F("never") + batch.never,
            closed=F("closed") + batch.closed,
        ):
            return False  # paused, or somebody else posted this batch
        fresh = _first_time(circular, batch.letters)
        repeated = len(rows) - batch.never - batch.closed - len(fresh)
        place.update(repeated=F("repeated") + repeated, chosen=F("chosen") + len(fresh))
        outbox.post([letter.row for letter in fresh])
        _count(circular, Counter(letter.provider for letter in fresh))
    return True


def kind_of(circular: Circular) -> str:
    """Return the kind of a circular's letters in the outbox."""
    return f"{CIRCULAR_LETTER}.{circular.pk}"


class _Letter(NamedTuple):
    mark: bytes
    provider: str
    row: LetterRow


class _Person(NamedTuple):
    language: str
    address: Address
    cap: bytes
    manage: bytes


class _Prepared(NamedTuple):
    """A batch, sealed letters by mark; and how many rows had none."""

    letters: dict[bytes, _Letter]
    never: int
    closed: int


def _prepared(circular: Circular, rows: Iterable[Row], mark_key: bytes, now: datetime) -> _Prepared:
    people: list[_Person] = []
    closed = 0
    for row in rows:
        person = _reader(row)
        if person is None:
            closed += 1
        else:
            people.append(person)
    never = outbox_batches.never_written([person.cap for person in people])
    letters: dict[bytes, _Letter] = {}
    for language, address, cap, manage in people:
        mark = mac(mark_key, address.folded.encode())[:_MARK_BYTES]
        if cap not in never and mark not in letters:
            words = _language_for(circular, language)
            sealed = _letter(circular, CIRCULAR_LETTER, address, language=words, manage=manage, now=now)
            letters[mark] = _Letter(mark, provider_of(address.domain), sealed)
    return _Prepared(letters, sum(person.cap in never for person in people), closed)


def _reader(row: Row) -> _Person | None:
    """Return whom a row lets us write to: the consent is read from the sealed form, not from the column beside it."""
    payload = row.payload
    address = parse(str(payload.get("email", "")))
    cap = cap_key(address.typed) if address else None
    if address is None or cap is None or payload.get("informed") is not True:
        return None
    return _Person(row.language, address, cap, bytes.fromhex(str(payload["m"])))


def _first_time(circular: Circular, letters: dict[bytes, _Letter]) -> Sequence[_Letter]:
    """Mark the addresses that have no letter yet, and return their letters."""
    had = CircularAddress.objects.filter(circular=circular, mark__in=list(letters)).values_list("mark", flat=True)
    known = {bytes(mark) for mark in had}
    fresh = [letter for mark, letter in letters.items() if mark not in known]
    CircularAddress.objects.bulk_create(CircularAddress(circular=circular, mark=letter.mark) for letter in fresh)
    return fresh


def _count(circular: Circular, by_provider: Counter[str]) -> None:
    for provider, letters in sorted(by_provider.items()):
        line, _ = CircularCount.objects.get_or_create(circular=circular, provider=provider)
        CircularCount.objects.filter(pk=line.pk).update(posted=F("posted") + letters)


def _end_of_run(circular: Circular, same: QuerySet[Circular]) -> bool:
    """Note that all was posted; or begin again when the campaign was closed meanwhile.

    Closing puts random bytes where the tags were, so that who stood ahead of the run may now
    stand behind it. The marks see to it that nobody is written to twice.
    """
    is_closed = Campaign.objects.filter(pk=circular.campaign_id, state=CampaignState.CLOSED).exists()
    if is_closed and same.filter(run_closed=False).update(run_closed=True, after=b""):
        return True
    same.update(is_posted=True, door="")
    return False


def _finish_when_sent(circular: Circular, now: datetime) -> None:
    """Let go of the marks once no letter waits any more."""
    if outbox_batches.has_letters(kind_of(circular)):
        return
    with db.transaction():
        if _move(circular, CircularState.SENDING, CircularState.SENT, finished_at=now):
            CircularAddress.objects.filter(circular=circular).delete()


def _move(circular: Circular, before: CircularState, after: CircularState, **more: object) -> bool:
    return bool(Circular.objects.filter(pk=circular.pk, state=before).update(state=after, **more))


def _lock_out(circulars: QuerySet[Circular]) -> None:
    needing = circulars.filter(state=CircularState.SENDING, is_posted=False)
    needing.update(state=CircularState.PAUSED, is_locked=True, door="", ends_at=None)


def _language_for(circular: Circular, language: str) -> str:
    """Return a language that the circular is written in: the reader's, the campaign's first, or any."""
    wanted: tuple[str, ...] = (language, circular.campaign.languages[0], *circular.body)
    return next(one for one in wanted if one in circular.body)


def _letter(
    circular: Circular, kind: str, address: Address, *, language: str, manage: bytes = b"", now: datetime
) -> LetterRow:
    content = {"to": address.typed, "language": language, "m": manage.hex(), "circular": circular.pk}
    return letter_row(
        kind=f"{kind}.{circular.pk}",
        campaign=circular.campaign_id,
        content=orjson.dumps(content),
        provider=provider_of(address.domain),
        now=now,
    )


def _sealed_mark_key(circular: Circular, keys: Keys) -> tuple[bytes, bytes]:
    """Return a fresh key for the marks, sealed to the campaign: a stolen database cannot test an address by them.

    To a key that is open here, the one in use if it is among them: whoever sends may hold an older one alone.
    """
    in_use, opened = key_in_use(circular.campaign_id), [public_of(key) for key in keys]
    public = bytes(in_use.public) if in_use and bytes(in_use.public) in opened else opened[0]
    epoch = begin_epoch(public, _mark_name(circular))
    return epoch.seal(os.urandom(SALT_BYTES), os.urandom(32)), epoch.wrapped


def _mark_key(circular: Circular, keys: Keys) -> bytes | None:
    circular.refresh_from_db(fields=["mark_row", "mark_epoch"])
    row, wrapped = bytes(circular.mark_row), bytes(circular.mark_epoch)
    for key in keys:
        try:
            return open_row(open_epoch(key, _mark_name(circular), epoch_id_of(row), wrapped), row)[1]
        except SealBrokenError:
            continue
    return None


def _mark_name(circular: Circular) -> str:
    return f"tocsin/circular/{circular.pk}"  # no slug has a slash
