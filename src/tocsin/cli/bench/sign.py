"""`tocsin bench sign`: signatures taken durably, beside a bare group commit and a plain Django view."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

from tocsin.cli.bench.campaignforms import sign_requests
from tocsin.cli.bench.counting import rows_of
from tocsin.cli.bench.lineup import LineUp
from tocsin.cli.bench.options import Options
from tocsin.cli.bench.processes import BenchError
from tocsin.cli.bench.report import Report, report_of
from tocsin.cli.bench.requestmaking import make_sign_requests
from tocsin.cli.bench.rounds import compete
from tocsin.cli.bench.samples import copies_for_signing
from tocsin.cli.bench.workshop import Workshop

TAKEN = (303,)
_LEAST_RATIO = 0.6
_LEAST_OF_EMPTY = 0.9
# Past what anybody here takes; a contestant that runs out of requests ends its round early and loses nothing.
_MOST_A_SECOND = 12_000


def measure(shop: Workshop, options: Options) -> Report:
    """Measure, check that every answered signature is stored, and report."""
    with contextlib.ExitStack() as stack:
        lineup = LineUp(shop, options, stack)
        lineup.start("sign", copies_for_signing(datetime.now(UTC)))
        requests = _requests(shop, options, lineup)
        measured = compete(lineup.line_up(requests, TAKEN), rounds=options.rounds, seconds=options.seconds)
        stored = rows_of("signing_pendingsignature")
    taken = measured["tocsin"].answered
    if stored != taken:
        message = f"{taken} signatures were answered, {stored} are stored"
        raise BenchError(message)
    report = report_of(options, measured, least={"bare": _LEAST_RATIO, "empty": _LEAST_OF_EMPTY})
    report.facts |= {"stored_beforehand": options.stored, "answered_and_found_stored": stored}
    return report


def _requests(shop: Workshop, options: Options, lineup: LineUp) -> Path:
    making = sign_requests(shop)
    lineup.freeze()
    count = int(_MOST_A_SECOND * (options.seconds * options.rounds + 1))
    return make_sign_requests(making, shop.folder, first=0, count=count, now=datetime.now(UTC))
