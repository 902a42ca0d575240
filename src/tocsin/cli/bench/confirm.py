"""`tocsin bench confirm`: pending rows moved to signatures durably, beside the same moves without a question asked."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from tocsin import db
from tocsin.cli.bench.counting import rows_of
from tocsin.cli.bench.lineup import LineUp
from tocsin.cli.bench.options import Options
from tocsin.cli.bench.people import confirm_request
from tocsin.cli.bench.processes import BenchError
from tocsin.cli.bench.report import Report, report_of
from tocsin.cli.bench.requestfile import write_requests
from tocsin.cli.bench.rounds import compete
from tocsin.cli.bench.samples import copies_for_confirming, open_intake, people_taken, token_of
from tocsin.cli.bench.workshop import Workshop
from tocsin.seal.tokens import to_text
from tocsin.signing.domain.store import PENDING_COLUMNS
from tocsin.vault.sealer import store_epochs

CONFIRMED = (200, 303)
_LEAST_OF_EMPTY = 0.5
_MOST_A_SECOND = 8_000
_BATCH = 1_000
_SAMPLES = 16


def measure(shop: Workshop, options: Options) -> Report:
    """Measure, check that every answered confirmation is a signature, and report."""
    count = int(_MOST_A_SECOND * (options.seconds * options.rounds + 1))
    samples = list(_pending(0, _SAMPLES))
    copies = copies_for_confirming(samples, datetime.now(UTC))
    requests = shop.folder / "confirm.requests"
    tokens = enumerate(_pending(_SAMPLES, count))
    write_requests(requests, (confirm_request(shop.port, to_text(token).encode(), who) for who, token in tokens))
    with contextlib.ExitStack() as stack:
        lineup = LineUp(shop, options, stack)
        lineup.start("confirm", copies)
        measured = compete(lineup.line_up(requests, CONFIRMED), rounds=options.rounds, seconds=options.seconds)
        stored = rows_of("signing_signature") - options.stored - _SAMPLES
    confirmed = measured["tocsin"].answered
    if stored != confirmed:
        message = f"{confirmed} confirmations were answered, {stored} signatures are stored"
        raise BenchError(message)
    report = report_of(options, measured, least={"empty": _LEAST_OF_EMPTY})
    report.facts |= {"stored_beforehand": options.stored, "answered_and_found_stored": stored}
    return report


def _pending(first: int, count: int) -> Iterator[bytes]:
    """Store pending rows of `count` people, from person `first` on, and yield their tokens."""
    people = people_taken(open_intake(), first=first, now=datetime.now(UTC))
    while batch := list(islice(people, min(_BATCH, count))):
        count -= len(batch)
        with db.transaction():
            store_epochs({taken.epoch.id: taken.epoch for taken in batch}.values())
            db.insert_scattered("signing_pendingsignature", PENDING_COLUMNS, [taken.pending for taken in batch])
        for taken in batch:
            yield token_of(taken)
