"""Rows that Tocsin's own verbs make, as samples for the bare baseline to copy."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection

from tocsin.campaigns import queries as campaigns
from tocsin.cli.bench.baselines.rows import Copied, cell
from tocsin.cli.bench.baselines.stores import LISTING, OWN_COLUMNS, SIGNATURE
from tocsin.cli.bench.people import form_of
from tocsin.cli.bench.processes import BenchError
from tocsin.cli.bench.workshop import CAMPAIGN, LANGUAGE
from tocsin.outbox.keys import opening_box
from tocsin.outbox.sealing import COLUMNS as LETTER_COLUMNS
from tocsin.outbox.sealing import open_letter
from tocsin.seal.box import Box
from tocsin.seal.tokens import from_text
from tocsin.signing import domain as signing
from tocsin.signing.domain import Filled, Proof, Taken
from tocsin.signing.domain.store import PENDING_COLUMNS
from tocsin.signing.forms import read_sign_form
from tocsin.signing.intake import Intake, load_intake
from tocsin.signing.models import Listing


def open_intake() -> Intake:
    """Return what taking needs to know of the benchmark's campaign."""
    campaign = campaigns.by_slug(CAMPAIGN)
    intake = None if campaign is None else load_intake(campaign)
    if intake is None:
        message = "the benchmark's campaign is not there"
        raise BenchError(message)
    return intake


def people_taken(intake: Intake, *, first: int, now: datetime) -> Iterator[Taken]:
    """Yield the rows of person `first` and all who follow, taken as the lane takes them."""
    text = intake.texts[LANGUAGE]
    for number in itertools.count(first):
        filled = read_sign_form(form_of(number), fields=intake.form, text=text, language=LANGUAGE)
        if not isinstance(filled, Filled):
            message = f"person {number} fills in the form wrongly: {filled}"
            raise BenchError(message)
        yield signing.take(intake=intake, filled=filled, hold=None, proof=None, now=now)


def copies_for_signing(now: datetime) -> tuple[Copied, ...]:
    """Return what one signature leaves: a spent proof, a pending row, a letter."""
    taken = list(itertools.islice(people_taken(open_intake(), first=0, now=now), 16))
    proof = Proof(int(now.timestamp()) + 1_200, bytes(16))
    return (
        _copied("signing_spentproof", ("expires_at", "nonce"), [proof], fresh=("nonce",)),
        _copied("signing_pendingsignature", PENDING_COLUMNS, [row.pending for row in taken], fresh=("token_hash",)),
        _copied("outbox_letter", LETTER_COLUMNS, [row.letter for row in taken], fresh=()),
    )


def copies_for_confirming(tokens: Sequence[bytes], now: datetime) -> tuple[Copied, ...]:
    """Return what confirming leaves: a signature, often a line of the public list, an entry for the log.

    `tokens` are confirmed for it.
    """
    signing.confirm(tokens=tokens, now=now)
    shared = tuple(column for column in PENDING_COLUMNS if column != "taken_on")
    listing = [field.column for field in Listing._meta.concrete_fields if field.column]  # noqa: SLF001  documented by Django
    queued = ("id", "campaign", "kind", "entry", "ref")
    return (
        _copied(SIGNATURE, (*shared, *OWN_COLUMNS), _rows(SIGNATURE, (*shared, *OWN_COLUMNS)), fresh=()),
        _copied(LISTING, listing, _rows(LISTING, listing), fresh=("id",)),
        _copied("tally_queuedentry", queued, _rows("tally_queuedentry", queued), fresh=("id",)),
    )


def token_of(taken: Taken) -> bytes:
    """Return the token that a taken person will find in their mail."""
    token = from_text(orjson.loads(letter_content(taken))["t"])
    if token is None:
        message = "a letter without a token"
        raise BenchError(message)
    return token


def letter_content(taken: Taken) -> bytes:
    """Return what a taken person's letter says, opened."""
    kind, campaign, _, _, _, day, sealed, *_ = taken.letter
    return open_letter(_box(day), kind=kind, campaign=campaign, sealed=sealed)


@lru_cache(maxsize=2)
def _box(day: int) -> Box:
    return opening_box(day)


def _rows(table: str, columns: Sequence[str]) -> list[Sequence[Any]]:
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {table} LIMIT 16")  # noqa: S608  our own names
        return list(cursor.fetchall())


def _copied(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, fresh: tuple[str, ...]) -> Copied:
    held = tuple(tuple(cell(value) for value in row) for row in rows)
    return Copied(table=table, columns=tuple(columns), rows=held, fresh=fresh)
