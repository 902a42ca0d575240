"""What can be asked of signatures; none takes or gives a name or an address, but for the public list's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from tocsin.seal.tokens import manage_token, token_hash
from tocsin.signing.models import (
    CountryCount,
    Listing,
    PendingSignature,
    RetentionDay,
    Signature,
    Strike,
    StrikeProposal,
    TextCount,
    Tombstone,
    WithdrawalToken,
)
from tocsin.signing.states import PROPOSAL_DAYS, Hold, ReasonState, State

_SIGNATURE = Signature._meta.db_table  # noqa: SLF001  the table's name is Django's to give
# Published country figures are rounded down to this, so that one signature moves none of them.
COUNTRY_STEP = 10
_HASH_BYTES = 32


def seats_taken(campaign: int, tags: Iterable[bytes]) -> dict[bytes, list[tuple[int, bytes]]]:
    """Return seat and name tag of every signature that has one of `tags`."""
    wanted = list(tags)
    if not wanted:
        return {}
    found: dict[bytes, list[tuple[int, bytes]]] = {}
    marks = ", ".join(["%s"] * len(wanted))
    # Asked for every confirmation while others wait for the database: Django takes longer to word it than it to answer.
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT tag, seat, name_tag FROM "{_SIGNATURE}" WHERE campaign_id = %s AND tag IN ({marks})',  # noqa: S608  our own name
            [campaign, *wanted],
        )
        for tag, seat, name_tag in cursor.fetchall():
            found.setdefault(bytes(tag), []).append((seat, bytes(name_tag)))
    return found


@dataclass(frozen=True, slots=True)
class Status:
    """What stands behind a token. `state` is None for a pending row and for an unknown token."""

    is_pending: bool = False
    state: State | None = None
    campaign: int | None = None
    text: int | None = None
    language: str = "en"
    index: int | None = None
    signed_on: date | None = None
    shows_name: bool = False
    is_weak: bool = False  # a withdrawal token: it can withdraw and stop mails, no more
    hold: Hold | None = None
    is_by_token: bool = False  # who asks presents T itself, which proves; with m alone one manages
    strike: "StrikeLine | None" = None  # why organisers removed it, in words that are public


class StrikeLine(NamedTuple):
    """What everybody may read of a strike: the day, how many, how many of them had been counted, and why."""

    struck_on: date
    number: int
    counted: int
    reason: str
    language: str


UNKNOWN = Status()


class _Keys(NamedTuple):
    """The hashes by which one token may be found; it may be T itself, or m."""

    own: bytes
    as_token: bytes


def status_of(token: bytes) -> Status:
    """Return what stands behind one token."""
    return status_of_many([token])[0]


def status_of_many(tokens: Sequence[bytes]) -> list[Status]:
    """Return what stands behind each token, with four questions for all of them together.

    A signature is found by m's hash: T leads to m, m is itself.
    """
    keys = [_Keys(token_hash(token), token_hash(manage_token(token))) for token in tokens]
    found = _pending_by_hash([key.own for key in keys])
    wanted = {key for pair in keys for key in pair} - found.keys()
    found |= _signatures_by_hash(wanted)
    found |= _tombstones_by_hash(wanted - found.keys())
    found |= _weak_by_hash({key.own for key in keys} - found.keys())
    return [found.get(key.own) or _by_token(found.get(key.as_token)) for key in keys]


def _by_token(status: Status | None) -> Status:
    return UNKNOWN if status is None else replace(status, is_by_token=True)


def _pending_by_hash(hashes: Iterable[bytes]) -> dict[bytes, Status]:
    rows = PendingSignature.objects.filter(token_hash__in=list(hashes))
    return {
        bytes(key): Status(is_pending=True, campaign=campaign, text=text, language=language, hold=_hold(hold))
        for key, campaign, text, language, hold in rows.values_list(
            "token_hash", "campaign_id", "text_id", "language", "hold"
        )
    }


def _signatures_by_hash(hashes: Iterable[bytes]) -> dict[bytes, Status]:
    wanted = list(hashes)
    if not wanted:
        return {}
    rows = Signature.objects.filter(manage_hash__in=wanted).values_list(
        "manage_hash",
        "state",
        "campaign_id",
        "text_id",
        "language",
        "index",
        "signed_on",
        "shows_name",
        "listing",
        "hold",
    )
    return {
        bytes(key): Status(
            state=State(state),
            campaign=campaign,
            text=text,
            language=language,
            index=index,
            signed_on=signed_on,
            shows_name=shows_name,
            hold=_hold(hold),
        )
        for key, state, campaign, text, language, index, signed_on, shows_name, _, hold in rows
    }


def _tombstones_by_hash(hashes: Iterable[bytes]) -> dict[bytes, Status]:
    wanted = list(hashes)
    if not wanted:
        return {}
    rows = Tombstone.objects.filter(manage_hash__in=wanted).values_list(
        "manage_hash", "state", "campaign_id", "index", *(f"strike__{name}" for name in StrikeLine._fields)
    )
    # A tombstone does not know the page's language any more: the browser is asked, or the campaign's first is spoken.
    return {
        bytes(key): Status(
            state=State(state),
            campaign=campaign,
            index=at,
            language="",
            strike=None if words[0] is None else StrikeLine(*words),
        )
        for key, state, campaign, at, *words in rows
    }


def _weak_by_hash(hashes: Iterable[bytes]) -> dict[bytes, Status]:
    wanted = list(hashes)
    if not wanted:
        return {}
    weak = WithdrawalToken.objects.filter(token_hash__in=wanted).values_list("token_hash", "manage_hash")
    behind = {bytes(own): bytes(manage) for own, manage in weak}
    signatures = _signatures_by_hash(behind.values())
    signatures |= _tombstones_by_hash(set(behind.values()) - signatures.keys())
    # Behind a token for somebody who never signed there is nothing; it can stop mails all the same.
    return {own: replace(signatures.get(manage, UNKNOWN), is_weak=True) for own, manage in behind.items()}


def _hold(value: int | None) -> Hold | None:
    return None if value is None else Hold(value)


class HeldLine(NamedTuple):
    """A held signature as the desk sees it: no person in it."""

    tag: bytes
    seat: int
    country: str
    language: str
    signed_on: date
    hold: Hold

    @property
    def key(self) -> str:
        """Its name in a form; the tag is an HMAC and says nothing without the pepper."""
        return f"{self.tag.hex()}-{self.seat}"


def held(campaign: int, *, after: str = "", limit: int = 100, hold: Hold | None = None) -> list[HeldLine]:
    """Return held signatures in the order of their tags, past the one named `after`."""
    rows = Signature.objects.filter(campaign_id=campaign, state=State.HELD)
    if hold is not None:
        rows = rows.filter(hold=hold)
    if after:
        tag, seat = read_held_key(after)
        rows = rows.filter(Q(tag__gt=tag) | Q(tag=tag, seat__gt=seat))
    found = rows.order_by("tag", "seat").values_list("tag", "seat", "country", "language", "signed_on", "hold")[:limit]
    return [
        HeldLine(bytes(tag), seat, country, language, signed_on, Hold(why or 0))
        for tag, seat, country, language, signed_on, why in found
    ]


def read_held_key(text: str) -> tuple[bytes, int]:
    """Return tag and seat of a held line's key; raise ValueError for anything else."""
    tag, _, seat = text.partition("-")
    if seat not in {"0", "1"}:
        raise ValueError(text)
    return bytes.fromhex(tag), int(seat)


def held_count(campaign: int) -> int:
    """Return how many signatures wait for an organiser."""
    return Signature.objects.filter(campaign_id=campaign, state=State.HELD).count()


def strikes(campaign: int, *, limit: int = 100) -> list[StrikeLine]:
    """Return what organisers removed and why, newest first; no row says who was removed, or by whom."""
    rows = Strike.objects.filter(campaign_id=campaign).order_by("-struck_on", "-pk")
    return [StrikeLine(*row) for row in rows.values_list(*StrikeLine._fields)[:limit]]


def struck_from_number(campaign: int) -> int:
    """Return how many counted signatures organisers have removed, all strikes together."""
    return Strike.objects.filter(campaign_id=campaign).aggregate(counted=Sum("counted"))["counted"] or 0


def open_proposals(campaign: int, now: datetime) -> QuerySet[StrikeProposal]:
    """Return the strikes that wait for a second person, newest first."""
    since = now - timedelta(days=PROPOSAL_DAYS)
    return StrikeProposal.objects.filter(campaign_id=campaign, proposed_at__gte=since).order_by("-pk")


def chosen_by(proposal: StrikeProposal) -> list[bytes]:
    """Return the manage hashes that a proposal names."""
    keys = bytes(proposal.keys)
    return [keys[start : start + _HASH_BYTES] for start in range(0, len(keys), _HASH_BYTES)]


def still_there(proposal: StrikeProposal) -> int:
    """Return how many of a proposal's signatures it would strike now: the others were withdrawn, or released."""
    rows = Signature.objects.filter(campaign_id=proposal.campaign_id, manage_hash__in=chosen_by(proposal))
    return (rows.filter(state=State.HELD) if proposal.only_held else rows).count()


class Cursor(NamedTuple):
    """Where a page of the public list begins: after this day and this random number."""

    signed_on: date
    id: int

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """Return the cursor of an address, or None when it is not one."""
        day, _, number = text.partition(".")
        try:
            cursor = cls(date.fromisoformat(day), int(number, 16))
        except ValueError:
            return None
        return cursor if str(cursor) == text and 0 <= cursor.id < 2**63 else None

    def __str__(self) -> str:
        return f"{self.signed_on.isoformat()}.{self.id:x}"


def _listed(campaign: int) -> QuerySet[Listing]:
    return Listing.objects.filter(campaign_id=campaign, is_hidden=False).exclude(name="", reason="")


def public_list(campaign: int, *, after: Cursor | None = None, limit: int = 50) -> list[Listing]:
    """Return lines of the public list: newest day first, within a day in random order."""
    rows = _listed(campaign)
    if after is not None:
        rows = rows.filter(Q(signed_on__lt=after.signed_on) | Q(signed_on=after.signed_on, id__lt=after.id))
    return list(rows.order_by("-signed_on", "-id")[:limit])


def is_listed(campaign: int, line: Cursor) -> bool:
    """Say whether a cursor names a line that stands in the public list: a hidden one is as little there as none.

    Whoever makes cursors up would else have as many pages drawn and kept as there are numbers.
    """
    return _listed(campaign).filter(signed_on=line.signed_on, id=line.id).exists()


def cursor_of(line: Listing) -> Cursor:
    """Return the cursor that begins after `line`."""
    return Cursor(line.signed_on, line.id)


def waiting_reasons(campaign: int, *, limit: int = 50) -> QuerySet[Listing]:
    """Return the lines whose reason waits for a moderator."""
    rows = Listing.objects.filter(campaign_id=campaign, reason_state=ReasonState.WAITING)
    return rows.order_by("signed_on", "id")[:limit]


def reported_lines(campaign: int, *, limit: int = 50) -> QuerySet[Listing]:
    """Return the lines that readers reported, the most reported first."""
    rows = Listing.objects.filter(campaign_id=campaign, reports__gt=0)
    return rows.order_by("-reports", "-signed_on", "id")[:limit]


def text_figures(campaign: int) -> dict[int, int]:
    """Return the day's figures by appeal version: how many counted signatures it has, in all its languages."""
    rows = TextCount.objects.filter(campaign_id=campaign).values_list("text__version_id").order_by()
    return dict(rows.annotate(signatures=Sum("signatures")))


class CountryFigures(NamedTuple):
    """Published figures by country, and what is left over; `rest` is None when it would tell on one country."""

    countries: list[tuple[str, int]]
    rest: int | None


def country_figures(campaign: int) -> CountryFigures:
    """Return the day's figures by country, each rounded down to tens.

    What rounding and small countries leave over is given only when it covers two countries
    or more, and is rounded too.
    """
    rows = CountryCount.objects.filter(campaign_id=campaign).values_list("country", "signatures")
    shown = [(country, signatures // COUNTRY_STEP * COUNTRY_STEP) for country, signatures in rows]
    small = [signatures for _, signatures in rows if signatures < COUNTRY_STEP and signatures]
    rest = sum(small) // COUNTRY_STEP * COUNTRY_STEP if len(small) > 1 else None
    listed = sorted(((country, figure) for country, figure in shown if figure), key=lambda row: (-row[1], row[0]))
    return CountryFigures(listed, rest or None)


def countries_signed_from(campaign: int) -> list[str]:
    """Return the codes of the countries that confirmed signatures name, in no order.

    Walks the campaign's rows: some tenths of a second at a million.
    """
    named = Signature.objects.filter(campaign_id=campaign).exclude(country="")
    return list(named.values_list("country", flat=True).order_by().distinct())


def last_retention() -> RetentionDay | None:
    """Return the newest day on which retention ran, with what it erased; None before the first."""
    return RetentionDay.objects.order_by("-on").first()
