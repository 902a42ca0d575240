"""Confirm: move pending rows to signatures, each into a free seat, many in one commit.

On SQLite all that is read and reckoned comes before the transaction, which only writes, and only if
nothing changed meanwhile: everybody who signs waits for it. PostgreSQL locks rows, so there it is one.

Crash points: everything is written in one transaction. Dying before its commit leaves the rows pending.
"""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

import orjson
from django.db import IntegrityError, connection

from tocsin import db
from tocsin.campaigns.form_fields import FormFields
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State as CampaignState
from tocsin.seal.tokens import manage_token, token_hash
from tocsin.signing import queries
from tocsin.signing.domain.move import Move, OutdatedError, move
from tocsin.signing.models import Listing, PendingSignature
from tocsin.signing.own_copy import open_own_copy
from tocsin.signing.seat_ref import make_ref
from tocsin.signing.states import PENDING_DAYS, ReasonState, State
from tocsin.tally import domain as tally
from tocsin.tlog.entry import Kind, sign

_SEATS = (0, 1)
_PENDING = PendingSignature._meta.db_table  # noqa: SLF001  the table's name is Django's to give
_LISTING = Listing._meta.db_table  # noqa: SLF001  the table's name is Django's to give
_CAMPAIGN = Campaign._meta.db_table  # noqa: SLF001  the table's name is Django's to give
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
    """What confirming reads of a pending row."""

    token_hash: bytes
    campaign_id: int
    language: str
    country: str
    tag: bytes
    name_tag: bytes
    commitment: bytes
    own_copy: bytes | None  # only where there may be a line for the public list
    public_part: bytes | None
    shows_name: bool
    hold: int | None


class _Plan(NamedTuple):
    """What confirming some tokens comes to, and the rows to write for it."""

    outcomes: dict[bytes, Confirmed]  # by the token's hash
    campaigns: dict[int, _Open]
    moves: list[Move]
    listings: list[tuple[Any, ...]]
    entries: list[tally.Row]


def confirm(*, tokens: Sequence[bytes], now: datetime) -> list[Confirmed]:
    """Confirm the pending signatures of `tokens`; return what became of each, in order.

    Pressing twice, in two tabs or by two machines finds the row moved and answers ALREADY. A
    second person of the same name at the same address, or a third one at all, is ALREADY too;
    their pending row stays until it expires, so that the answer stays the same.

    Raises IntegrityError when another machine on PostgreSQL took the same seat at the same moment:
    nothing was written then, and asking again finds the seat taken.
    """
    by_hash = {token_hash(token): token for token in tokens}
    plan = _confirm_as_planned(by_hash, now) if db.is_sqlite() else None
    if plan is None:
        with db.transaction():
            plan = _plan(by_hash, now)
            _write(plan, now)
    return [plan.outcomes[token_hash(token)] for token in tokens]


def _confirm_as_planned(by_hash: Mapping[bytes, bytes], now: datetime) -> _Plan | None:
    """Plan before our turn, and write in it; None when somebody wrote meanwhile what changes the plan."""
    plan = _plan(by_hash, now)
    if not plan.moves:
        return plan
    try:
        with db.transaction():
            if _open_campaigns(plan.campaigns.keys()) != plan.campaigns:
                return None
            _write(plan, now)
    except (OutdatedError, IntegrityError):
        return None
    return plan


def _plan(by_hash: Mapping[bytes, bytes], now: datetime) -> _Plan:
    pending = _find_pending(list(by_hash), now)
    campaigns = _open_campaigns({row.campaign_id for row in pending})
    outcomes: dict[bytes, Confirmed] = {}
    plan = _Plan(outcomes, campaigns, [], [], [])
    entries = []
    # Sorted, so that two machines meet at unique keys in the same order and cannot deadlock.
    for row, seat in sorted(_seat(pending, campaigns, outcomes), key=lambda move: (move[0].campaign_id, move[0].tag)):
        if row.hold is not None:
            plan.moves.append(Move(row.token_hash, row.hold, seat, int(State.HELD), None))
            continue
        listing = None
        if row.own_copy is not None:
            line = _line(row, row.own_copy, by_hash[row.token_hash], now)
            plan.listings.append(line)
            listing = line[2]
        entry = sign(campaigns[row.campaign_id].slug, row.commitment)
        entries.append(tally.Queued(row.campaign_id, Kind.SIGN, entry, make_ref(row.tag, seat)))
        plan.moves.append(Move(row.token_hash, None, seat, int(State.CONFIRMED), listing))
    plan.entries.extend(tally.rows_to_queue(entries))
    outcomes |= _outcomes_of_the_gone({key: token for key, token in by_hash.items() if key not in outcomes})
    return plan


def _find_pending(hashes: list[bytes], now: datetime) -> list[_Pending]:
    marks = ", ".join(["%s"] * len(hashes))
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    oldest = now.date() - timedelta(days=PENDING_DAYS)
    with connection.cursor() as cursor:
        # Ordered, so that two machines lock the same rows in the same order.
        cursor.execute(
            "SELECT token_hash, campaign_id, language, country, tag, name_tag, commitment,"  # noqa: S608  our own name
            " CASE WHEN public_part IS NULL THEN NULL ELSE own_copy END, public_part, shows_name, hold"
            f' FROM "{_PENDING}" WHERE token_hash IN ({marks}) AND taken_on >= %s ORDER BY token_hash{lock}',
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
        key = row.token_hash
        if row.campaign_id not in campaigns:
            outcomes[key] = Confirmed(Outcome.CLOSED, row.campaign_id, row.language)
            continue
        seats = taken[row.campaign_id, row.tag]
        free = [seat for seat in campaigns[row.campaign_id].seats if seat not in seats]
        if not free or row.name_tag in seats.values():
            outcomes[key] = Confirmed(Outcome.ALREADY, row.campaign_id, row.language)
            continue
        seats[free[0]] = row.name_tag  # the rows after this one see the seat taken
        outcome = Outcome.CONFIRMED if row.hold is None else Outcome.HELD
        outcomes[key] = Confirmed(outcome, row.campaign_id, row.language)
        moves.append((row, free[0]))
    return moves


def _taken_seats(campaigns: Iterable[int], pending: Sequence[_Pending]) -> dict[tuple[int, bytes], dict[int, bytes]]:
    """Return who sits where: name tags by seat, by campaign and tag."""
    taken: dict[tuple[int, bytes], dict[int, bytes]] = defaultdict(dict)
    for campaign in campaigns:
        tags = {row.tag for row in pending if row.campaign_id == campaign}
        for tag, seats in queries.seats_taken(campaign, tags).items():
            taken[campaign, tag] = dict(seats)
    return taken


def _open_campaigns(numbers: Collection[int]) -> dict[int, _Open]:
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


def _write(plan: _Plan, now: datetime) -> None:
    """Write what was planned, in the caller's transaction; raise OutdatedError when it is not so any more."""
    if not plan.moves:
        return
    move(plan.moves, on=now.date())
    if plan.listings:
        db.insert_many(_LISTING, _LISTING_COLUMNS, plan.listings)
    tally.queue_rows(plan.entries)


def _line(row: _Pending, own_copy: bytes, token: bytes, now: datetime) -> tuple[Any, ...]:
    """Return the public list's line, read from the signatory's own copy: confirming needs no pepper."""
    payload = open_own_copy(manage_token(token), own_copy)
    waits = "reason" in payload
    return (
        row.campaign_id,
        connection.ops.adapt_datefield_value(now.date()),
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
