"""Replay withdrawals: a restored backup brings back rows whose owners have withdrawn since; they go again.

Called once after a restore, before traffic is accepted, with what the public log says. Dying
anywhere and starting anew ends in the same rows: what is erased already is not found again.

Only counted signatures are in the log. Who withdrew before being counted, between the backup
and the loss, left no trace outside the lost database and comes back with it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, TypeVar

import orjson

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.outbox.keys import OutboxKeyGoneError, opening_box
from tocsin.outbox.models import Letter
from tocsin.outbox.sealing import open_letter
from tocsin.seal.box import BoxBrokenError
from tocsin.seal.tokens import from_text, token_hash
from tocsin.signing.domain.erase import erase
from tocsin.signing.domain.take import CONFIRM_LETTER
from tocsin.signing.models import PendingSignature, Signature, Tombstone
from tocsin.signing.states import State
from tocsin.tlog.entry import Reason

_T = TypeVar("_T")

# So many are looked for in one reading of the tables: some 30 MB of memory, whatever the log's length.
_SOUGHT_AT_ONCE = 200_000
_READ_AT_ONCE = 5_000
_ERASED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A withdrawal in the log: of the signature at `index`, whose entry says `commitment` (C, 32 bytes)."""

    index: int
    commitment: bytes
    reason: Reason


class Replayed(NamedTuple):
    """How many rows the backup had brought back, and letters to people who have withdrawn; all are gone."""

    signatures: int
    pending: int
    letters: int


def replay_withdrawals(*, withdrawals: Iterable[Withdrawal]) -> Replayed:
    """Erase every row whose withdrawal the log holds, leaving tombstones; queue nothing.

    Rows are found by their commitment, which no index helps to find: the tables are read from end
    to end, once for each 200,000 withdrawals, which takes half a minute at 10,000,000 rows.
    """
    signatures = pending = 0
    letters: set[bytes] = set()
    source = iter(withdrawals)
    while sought := {one.commitment: one for one in islice(source, _SOUGHT_AT_ONCE)}:
        signatures += _erase_signatures(sought, letters)
        pending += _erase_pending(sought, letters)
    return Replayed(signatures, pending, _drop_letters(letters) if letters else 0)


def _erase_signatures(sought: Mapping[bytes, Withdrawal], letters: set[bytes]) -> int:
    found = []
    rows = Signature.objects.values_list("commitment", "manage_hash", "token_hash")
    for commitment, manage_hash, its_token_hash in rows.iterator(chunk_size=_READ_AT_ONCE):
        if (logged := sought.get(bytes(commitment))) is not None:
            found.append((bytes(manage_hash), logged))
            letters.add(bytes(its_token_hash))
    campaigns: set[int] = set()
    for some in _in_batches(found):
        with db.transaction():
            for manage_hash, logged in some:
                gone = erase(manage_hash, state=_state(logged), reason=logged.reason, logged_index=logged.index)
                campaigns |= {gone.campaign} if gone else set()
    for campaign in Campaign.objects.filter(pk__in=campaigns):
        touch(campaign=campaign)
    return len(found)


def _erase_pending(sought: Mapping[bytes, Withdrawal], letters: set[bytes]) -> int:
    """Erase rows from before their confirming: their links must not confirm the same entry a second time."""
    columns = "commitment", "manage_hash", "token_hash", "campaign_id"
    found = [
        (row, logged)
        for row in PendingSignature.objects.values_list(*columns).iterator(chunk_size=_READ_AT_ONCE)
        if (logged := sought.get(bytes(row[0]))) is not None
    ]
    for some in _in_batches(found):
        stones = [
            Tombstone(
                manage_hash=manage_hash,
                token_hash=its_token_hash,
                campaign_id=campaign,
                state=_state(logged),
                index=logged.index,
                commitment=commitment,
            )
            for (commitment, manage_hash, its_token_hash, campaign), logged in some
        ]
        hashes = [bytes(stone.token_hash) for stone in stones]
        with db.transaction():
            PendingSignature.objects.filter(token_hash__in=hashes).delete()
            Tombstone.objects.bulk_create(stones, ignore_conflicts=True)
        letters.update(hashes)
    return len(found)


def _drop_letters(token_hashes: set[bytes]) -> int:
    """Take mails out of the outbox that ask people to confirm who have withdrawn since; return how many.

    A letter whose key is gone cannot be read, and cannot be sent either.
    """
    doomed = []
    for letter in Letter.objects.filter(kind=CONFIRM_LETTER).iterator(chunk_size=_READ_AT_ONCE):
        try:
            box = opening_box(letter.key_day)
            content = open_letter(box, kind=letter.kind, campaign=letter.campaign, sealed=bytes(letter.sealed))
        except (OutboxKeyGoneError, BoxBrokenError):
            continue
        token = from_text(orjson.loads(content)["t"])
        if token is not None and token_hash(token) in token_hashes:
            doomed.append(letter.pk)
    return sum(Letter.objects.filter(pk__in=some).delete()[0] for some in _in_batches(doomed))


def _state(logged: Withdrawal) -> State:
    return State.WITHDRAWN if logged.reason is Reason.SIGNATORY else State.STRUCK


def _in_batches(found: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (found[start : start + _ERASED_AT_ONCE] for start in range(0, len(found), _ERASED_AT_ONCE))
