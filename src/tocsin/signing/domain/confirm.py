"""Confirm: move pending rows to signatures, each into a free seat, many in one commit."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

import orjson
from django.db import connection

from tocsin import db
from tocsin.campaigns.form_fields import FormFields
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State as CampaignState
from tocsin.seal.tokens import manage_token, token_hash
from tocsin.signing import queries
from tocsin.signing.domain.store import PENDING_COLUMNS
from tocsin.signing.models import Listing, PendingSignature, Signature
from tocsin.signing.own_copy import open_own_copy
from tocsin.signing.seat_ref import make_ref
from tocsin.signing.states import PENDING_DAYS, ReasonState, State
from tocsin.tally import domain as tally
from tocsin.tlog.entry import Kind, sign

_SEATS = (0, 1)
_PENDING = PendingSignature._meta.db_table  # noqa: SLF001  the table's name is Django's to give
_SIGNATURE = Signature._meta.db_table  # noqa: SLF001  the table's name is Django's to give
_LISTING = Listing._meta.db_table  # noqa: SLF001  the table's name is Django's to give
_CAMPAIGN = Campaign._meta.db_table  # noqa: SLF001  the table's name is Django's to give
_SIGNATURE_COLUMNS = (*(c for c in PENDING_COLUMNS if c != "taken_on"), "seat", "state", "signed_on", "listing")
_LISTING_COLUMNS = (
    "campaign_id",
    "signed_on",
    "id",
    "name",
    "place",
    "country",
    "language",
    "reason",
    "reason_sealed",
    "reason_state",
    "reports",
    "is_hidden",
)


class Outcome(Enum):
    """What pressing the button came to."""

    CONFIRMED = "confirmed"
    HELD = "held"
    ALREADY = "already"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Confirmed(NamedTuple):
    """The outcome, and which campaign's page says so in which language; None for an unknown token."""

    outcome: Outcome
    campaign: int | None
    language: str


class _Open(NamedTuple):
    """What confirming needs to know of a campaign that is open."""

    slug: str
    seats: tuple[int, ...]  # that one address has


class _Pending(NamedTuple):
    """A pending row, in the order of PENDING_COLUMNS."""

    token_hash: bytes
    manage_hash: bytes
    campaign_id: int
    text_id: int
    privacy_id: int | None
    language: str
    country: str
    taken_on: Any
    tag: bytes
    name_tag: bytes
    pc: bytes
    bind: bytes
    commitment: bytes
    sealed: bytes
    own_copy: bytes
    public_part: bytes | None
    shows_name: bool
    keep_informed: bool
    hold: int | None


def confirm(*, tokens: Sequence[bytes], now: datetime) -> list[Confirmed]:
    """Confirm the pending signatures of `tokens`; return what became of each, in order.

    Pressing twice, in two tabs or by two machines finds the row moved and answers ALREADY. A
    second person of the same name at the same address, or a third one at all, is ALREADY too;
    their pending row stays until it expires, so that the answer stays the same.

    Raises IntegrityError when another process took the same seat at the same moment: nothing
    was written then, and asking again finds the seat taken.
    """
    with db.transaction():
        by_hash = {token_hash(token): token for token in tokens}
        pending = _find_pending(list(by_hash), now)
        campaigns = _open_campaigns({row.campaign_id for row in pending})
        outcomes: dict[bytes, Confirmed] = {}
        moves = _seat(pending, campaigns, outcomes)
        _move(moves, campaigns, by_hash, now)
        missing = {key: token for key, token in by_hash.items() if key not in outcomes}
        outcomes |= _outcomes_of_the_gone(missing)
        return [outcomes[token_hash(token)] for token in tokens]


def _find_pending(hashes: list[bytes], now: datetime) -> list[_Pending]:
    marks = ", ".join(["%s"] * len(hashes))
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    oldest = now.date() - timedelta(days=PENDING_DAYS)
    with connection.cursor() as cursor:
        # Ordered, so that two machines lock the same rows in the same order.
        cursor.execute(
            f'SELECT {", ".join(PENDING_COLUMNS)} FROM "{_PENDING}" WHERE token_hash IN ({marks})'  # noqa: S608  our own names
            f" AND taken_on >= %s ORDER BY token_hash{lock}",
            [*hashes, oldest],
        )
        return [_Pending(*row) for row in cursor.fetchall()]


def _seat(
    pending: Sequence[_Pending], campaigns: Mapping[int, _Open], outcomes: dict[bytes, Confirmed]
) -> list[tuple[_Pending, int]]:
    """Find each row a free seat; write the outcomes of all, and return those that have one."""
    taken = _taken_seats(campaigns.keys(), pending)
    moves = []
    for row in pending:
        key = bytes(row.token_hash)
        if row.campaign_id not in campaigns:
            outcomes[key] = Confirmed(Outcome.CLOSED, row.campaign_id, row.language)
            continue
        seats = taken[row.campaign_id, bytes(row.tag)]
        free = [seat for seat in campaigns[row.campaign_id].seats if seat not in seats]
        if not free or bytes(row.name_tag) in seats.values():
            outcomes[key] = Confirmed(Outcome.ALREADY, row.campaign_id, row.language)
            continue
        seats[free[0]] = bytes(row.name_tag)  # the rows after this one see the seat taken
        outcome = Outcome.CONFIRMED if row.hold is None else Outcome.HELD
        outcomes[key] = Confirmed(outcome, row.campaign_id, row.language)
        moves.append((row, free[0]))
    return moves


def _taken_seats(campaigns: Iterable[int], pending: Sequence[_Pending]) -> dict[tuple[int, bytes], dict[int, bytes]]:
    """Return who sits where: name tags by seat, by campaign and tag."""
    taken: dict[tuple[int, bytes], dict[int, bytes]] = defaultdict(dict)
    for campaign in campaigns:
        tags = {bytes(row.tag) for row in pending if row.campaign_id == campaign}
        for tag, seats in queries.seats_taken(campaign, tags).items():
            taken[campaign, tag] = dict(seats)
    return taken


def _open_campaigns(numbers: set[int]) -> dict[int, _Open]:
    """Return those campaigns that are still open.

    Closing is the organisers' act: what was taken before `closes_at` may be confirmed until then.
    """
    if not numbers:
        return {}
    marks = ", ".join(["%s"] * len(numbers))
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT id, slug, form FROM "{_CAMPAIGN}" WHERE id IN ({marks}) AND state = %s',  # noqa: S608  our own name
            [*numbers, CampaignState.OPEN],
        )
        return {number: _Open(slug, _seats_of(form)) for number, slug, form in cursor.fetchall()}


def _seats_of(form: str) -> tuple[int, ...]:
    return _SEATS if FormFields.from_map(orjson.loads(form)).household else _SEATS[:1]


def _move(
    moves: Sequence[tuple[_Pending, int]], campaigns: Mapping[int, _Open], tokens: dict[bytes, bytes], now: datetime
) -> None:
    if not moves:
        return
    marks = ", ".join(["%s"] * len(moves))
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{_PENDING}" WHERE token_hash IN ({marks})', [row.token_hash for row, _ in moves])  # noqa: S608  our own name
    signatures, listings, entries = [], [], []
    # Sorted, so that two machines meet at unique keys in the same order and cannot deadlock.
    for row, seat in sorted(moves, key=lambda move: (move[0].campaign_id, bytes(move[0].tag))):
        listing = None
        if row.hold is None:
            if row.public_part is not None:
                line = _line(row, tokens[bytes(row.token_hash)], now)
                listings.append(line)
                listing = line[2]
            entry = sign(campaigns[row.campaign_id].slug, bytes(row.commitment))
            entries.append(tally.Queued(row.campaign_id, Kind.SIGN, entry, make_ref(row.tag, seat)))
        state = State.CONFIRMED if row.hold is None else State.HELD
        # All columns but the seventh, the day it was taken: the day it was confirmed counts.
        signatures.append((*row[:7], *row[8:], seat, int(state), now.date(), listing))
    db.insert_scattered(_SIGNATURE, _SIGNATURE_COLUMNS, signatures)
    if listings:
        db.insert_many(_LISTING, _LISTING_COLUMNS, listings)
    tally.queue(entries)


def _line(row: _Pending, token: bytes, now: datetime) -> tuple[Any, ...]:
    """Return the public list's line, read from the signatory's own copy: confirming needs no pepper."""
    payload = open_own_copy(manage_token(token), bytes(row.own_copy))
    waits = "reason" in payload
    return (
        row.campaign_id,
        now.date(),
        secrets.randbits(63),
        payload["name"] if row.shows_name else "",
        payload.get("place", "") if row.shows_name else "",
        row.country,
        row.language,
        "",
        row.public_part if waits else None,
        int(ReasonState.WAITING if waits else ReasonState.NONE),
        0,
        False,
    )


def _outcomes_of_the_gone(missing: dict[bytes, bytes]) -> dict[bytes, Confirmed]:
    """Say what became of tokens that have no pending row."""
    if not missing:
        return {}
    found = queries.status_of_many(list(missing.values()))
    return {
        key: Confirmed(_gone(status), status.campaign, status.language)
        for key, status in zip(missing, found, strict=True)
    }


def _gone(status: queries.Status) -> Outcome:
    if status.state is None:
        return Outcome.UNKNOWN
    if status.state in {State.WITHDRAWN, State.STRUCK}:
        return Outcome.WITHDRAWN
    return Outcome.ALREADY
