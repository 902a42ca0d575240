"""Signatories, read from sealed rows with the campaign's private keys: a page, one, or all in bounded memory."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, NamedTuple

import orjson
from django.db.models import Q, QuerySet

from tocsin.signing.models import Signature
from tocsin.signing.states import State
from tocsin.vault.reader import Opened, Reader

Keys = Sequence[bytes]
BATCH: Final = 2_000
_COLUMNS: Final = (
    "tag", "seat", "sealed", "state", "country", "language", "signed_on", "shows_name", "keep_informed", "index",
)  # fmt: skip


class Seat(NamedTuple):
    """Which signature of a campaign: its tag, an HMAC that says nothing without the pepper, and its seat."""

    tag: bytes
    seat: int

    @classmethod
    def read(cls, text: str) -> "Seat | None":
        """Return the seat that a form names, or None for anything else."""
        tag, _, seat = text.partition("-")
        try:
            return cls(bytes.fromhex(tag), int(seat)) if seat in {"0", "1"} else None
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.tag.hex()}-{self.seat}"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which signatures, by what is readable of them; what is left empty chooses all."""

    states: tuple[State, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    keep_informed: bool | None = None
    since: date | None = None
    until: date | None = None

    def rows(self, campaign: int) -> QuerySet[Signature]:
        """Return the chosen rows of a campaign, in no order."""
        # What retention has erased names nobody any more.
        rows = Signature.objects.filter(campaign_id=campaign).exclude(sealed=b"")
        if self.states:
            rows = rows.filter(state__in=self.states)
        if self.countries:
            rows = rows.filter(country__in=self.countries)
        if self.languages:
            rows = rows.filter(language__in=self.languages)
        if self.keep_informed is not None:
            rows = rows.filter(keep_informed=self.keep_informed)
        if self.since:
            rows = rows.filter(signed_on__gte=self.since)
        return rows.filter(signed_on__lte=self.until) if self.until else rows


@dataclass(frozen=True, slots=True)
class Row:
    """One signature with what it holds; `opened` is None when it is sealed to another key, or was changed."""

    seat: Seat
    state: State
    country: str
    language: str
    signed_on: date
    shows_name: bool
    keep_informed: bool
    index: int | None
    opened: Opened | None

    @property
    def payload(self) -> dict[str, Any]:
        """What was typed; empty for a row that did not open."""
        return orjson.loads(self.opened.payload) if self.opened else {}


def page(
    campaign: int, reader: Reader, *, chosen: Filter | None = None, after: Seat | None = None, limit: int = BATCH
) -> list[Row]:
    """Return up to `limit` rows past the seat `after`, in the order of the tags, which is no order of people."""
    rows = (chosen or Filter()).rows(campaign)
    if after is not None:
        # Said twice, so that a database walks the key from there and does not begin at the first row.
        rows = rows.filter(tag__gte=after.tag).filter(Q(tag__gt=after.tag) | Q(seat__gt=after.seat))
    return [_row(values, reader) for values in rows.order_by("tag", "seat").values_list(*_COLUMNS)[:limit]]


def one(campaign: int, reader: Reader, seat: Seat) -> Row | None:
    """Return one row, or None when it is gone."""
    rows = Signature.objects.filter(campaign_id=campaign, tag=seat.tag, seat=seat.seat).values_list(*_COLUMNS)
    return next((_row(values, reader) for values in rows), None)


def batches(campaign: int, reader: Reader, *, chosen: Filter | None = None) -> Iterator[list[Row]]:
    """Yield all chosen rows, some thousands at a time: memory stays the same at a million rows."""
    after: Seat | None = None
    while found := page(campaign, reader, chosen=chosen, after=after):
        yield found
        after = found[-1].seat


def _row(values: tuple[Any, ...], reader: Reader) -> Row:
    tag, seat, sealed, state, country, language, signed_on, shows_name, keep_informed, index = values
    return Row(
        seat=Seat(bytes(tag), seat),
        state=State(state),
        country=country,
        language=language,
        signed_on=signed_on,
        shows_name=shows_name,
        keep_informed=keep_informed,
        index=index,
        opened=reader.open(bytes(sealed)),
    )


@dataclass(frozen=True, slots=True)
class Signatory:
    """A person as a file or a page shows them; what may have changed since signing is the row's."""

    name: str
    email: str
    country: str
    place: str
    reason: str
    language: str
    shows_name: bool
    keep_informed: bool
    signed_on: str
    state: str

    def columns(self) -> dict[str, Any]:
        """Return the fields by name, in the order of a file's columns."""
        return asdict(self)


def signatory(row: Row) -> Signatory:
    """Return the person of an opened row."""
    payload = row.payload
    typed = {name: str(payload.get(name, "")) for name in ("name", "email", "country", "place", "reason", "language")}
    return Signatory(
        **typed,
        shows_name=row.shows_name,
        keep_informed=row.keep_informed,
        signed_on=row.signed_on.isoformat(),
        state=row.state.name.lower(),
    )
