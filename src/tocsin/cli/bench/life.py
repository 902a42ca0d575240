"""`tocsin bench life`: many signatures from the form to the public number: sign, mail, confirm, count."""

import time
from datetime import UTC, datetime
from pathlib import Path

import orjson

from tocsin.cli.bench.campaignforms import sign_requests
from tocsin.cli.bench.confirm import CONFIRMED
from tocsin.cli.bench.counting import rows_of
from tocsin.cli.bench.forms import fetch
from tocsin.cli.bench.generators import Shooting
from tocsin.cli.bench.options import Options
from tocsin.cli.bench.orders import Order, Outcome
from tocsin.cli.bench.processes import BenchError
from tocsin.cli.bench.report import Report, report_about
from tocsin.cli.bench.requestmaking import make_sign_requests
from tocsin.cli.bench.sign import TAKEN
from tocsin.cli.bench.stored import store_signatures
from tocsin.cli.bench.workshop import CAMPAIGN, Workshop
from tocsin.signing.states import State
from tocsin.tlog.entry import Kind

_MOST_MICROSECONDS = 480  # of a signature's life: a million in eight minutes
_MOST_MB = 400
_LOOK_SECONDS = 0.25
_SILENCE_SECONDS = 60.0
# No run takes that long; silence ends it far earlier.
_LONGEST_SECONDS = 7_200.0


def measure(shop: Workshop, options: Options) -> Report:
    """Let everybody sign and confirm, wait for the number, hold it against the tables, and report."""
    links, everybody = shop.folder / "links", options.stored + options.signatures
    store_signatures(options.stored)
    with shop.server(environ=shop.environ | {"TOCSIN_MAIL_URL": f"null://{links}"}) as ours:
        making = sign_requests(shop)
        ours.freeze()
        requests = make_sign_requests(making, shop.folder, first=0, count=options.signatures, now=datetime.now(UTC))
        ours.thaw()
        begun = time.monotonic()
        outcomes = _sign_and_confirm(shop.port, options, requests, links)
        _wait_for_number(shop.port, everybody)
        seconds = time.monotonic() - begun
        tables, peaks = _tables(everybody), ours.peaks()
    report = report_about(options, {"tocsin": options.signatures / seconds})
    report.facts = {
        "signatures": options.signatures,
        "seconds": round(seconds, 1),
        "microseconds_each": round(1e6 * seconds / options.signatures, 1),
        "count_json_and_tables_agree_on": tables["counted"],
        "seconds_of_signing": round(outcomes["sign"].seconds, 1),
        "p99_ms": {name: round(outcome.p99_ms, 1) for name, outcome in outcomes.items()},
        "peak_mb": peaks,
    }
    report.is_met = 1e6 * seconds / options.signatures <= _MOST_MICROSECONDS and max(peaks.values()) <= _MOST_MB
    return report


def _sign_and_confirm(port: int, options: Options, requests: Path, links: Path) -> dict[str, Outcome]:
    """Run both generators side by side: a link is confirmed as soon as its mail was sent."""
    everybody = options.signatures
    sign = Order(port, str(requests), TAKEN, _LONGEST_SECONDS, options.connections, most=everybody)
    confirm = Order(port, str(links), CONFIRMED, _LONGEST_SECONDS, options.connections, most=everybody, links=True)
    with Shooting(sign, "tocsin, signing") as signing, Shooting(confirm, "tocsin, confirming") as confirming:
        outcomes = {"sign": signing.outcome(), "confirm": confirming.outcome()}
    for name, outcome in outcomes.items():
        if outcome.answered != everybody:
            message = f"{name}: {outcome.answered} of {everybody} were answered"
            raise BenchError(message)
    return outcomes


def _wait_for_number(port: int, count: int) -> None:
    """Return once count.json says `count`; raise BenchError when it says more, or stands still too long."""
    said, changed_at = -1, time.monotonic()
    while said < count:
        now = orjson.loads(fetch(port, f"/{CAMPAIGN}/count.json"))["count"]
        if now != said:
            said, changed_at = now, time.monotonic()
        elif time.monotonic() - changed_at > _SILENCE_SECONDS:
            message = f"count.json stands at {said} where {count} were confirmed"
            raise BenchError(message)
        time.sleep(_LOOK_SECONDS)
    if said > count:
        message = f"count.json says {said} where {count} were confirmed"
        raise BenchError(message)


def _tables(count: int) -> dict[str, int]:
    """Count what is stored; raise BenchError unless all of it says `count`."""
    found = {
        "counted": rows_of("signing_signature", f"state = {State.COUNTED:d}"),
        "entries": rows_of("tally_entry", f"kind = {Kind.SIGN:d}"),
        "different indexes": rows_of('(SELECT DISTINCT "index" FROM signing_signature) AS d'),
    }
    left = {"pending": rows_of("signing_pendingsignature"), "waiting": rows_of("tally_queuedentry")}
    if set(found.values()) != {count} or any(left.values()):
        message = f"{count} were confirmed, and the tables say {found | left}"
        raise BenchError(message)
    return found
