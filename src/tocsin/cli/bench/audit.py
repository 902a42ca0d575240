"""`tocsin bench audit`: how long somebody outside needs to recount the log, and this server to prove one entry."""

import hashlib
import json
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connections

from tocsin import db
from tocsin.campaigns import queries as campaigns
from tocsin.cli.bench.options import Options
from tocsin.cli.bench.processes import BenchError
from tocsin.cli.bench.report import Report, report_about
from tocsin.cli.bench.workshop import CAMPAIGN, Workshop
from tocsin.tally import domain as tally
from tocsin.tally.log import own_log
from tocsin.tally.queries import published_size, receipt_parts
from tocsin.tlog import entry
from tocsin.tlog.entry import Kind, Reason

_MILLION = 1_000_000
_MOST_SECONDS = 3.0
_MOST_PROOF_MS = 1.0
_BATCH = 50_000
_EVERY = 50  # one entry in so many is a withdrawal
_PROOFS = 500


def measure(shop: Workshop, options: Options) -> Report:
    """Publish a log of `--signatures` entries, serve it, and audit it from another process."""
    _publish(options.signatures)
    proof_ms = _proof_ms(published_size())
    connections.close_all()
    with shop.server():
        seconds = [_audit(shop, options.signatures) for _ in range(options.rounds)]
    median = statistics.median(seconds)
    report = report_about(options, {"tocsin": options.signatures / median})
    report.facts = {
        "entries": options.signatures,
        "seconds": round(median, 2),
        "slowest_seconds": round(max(seconds), 2),
        "proof_ms": round(proof_ms, 3),
    }
    if options.signatures >= _MILLION:
        report.is_met = median <= _MOST_SECONDS * options.signatures / _MILLION and proof_ms <= _MOST_PROOF_MS
    return report


def _publish(size: int) -> None:
    """Let the log grow to `size` entries, signatures and withdrawals, by the verbs that a real one grows by."""
    campaign = campaigns.by_slug(CAMPAIGN)
    if campaign is None:
        message = "the benchmark's campaign is gone"
        raise BenchError(message)
    log, now = own_log(), datetime.now(UTC)
    _advance()
    first = tally.publish(log=log, now=now).size
    for begin in range(first, size, _BATCH):
        end = min(begin + _BATCH, size)
        withdrawn = [entry.withdraw(CAMPAIGN, index, Reason.SIGNATORY) for index in _withdrawn(first, begin, end)]
        signed = [entry.sign(CAMPAIGN, _commitment(number)) for number in range(begin, end - len(withdrawn))]
        queued = [tally.Queued(campaign.pk, Kind.SIGN, one) for one in signed]
        queued += [tally.Queued(campaign.pk, Kind.WITHDRAW, one) for one in withdrawn]
        with db.transaction():
            tally.queue(queued)
        _advance()
        tally.publish(log=log, now=now)


def _advance() -> None:
    while tally.advance(count=lambda _: None, limit=_BATCH).entries:
        continue


def _withdrawn(first: int, begin: int, end: int) -> range:
    """Return which entries a batch withdraws: another part each time of the first one, all of which are signatures."""
    number, share = (begin - first) // _BATCH, _BATCH // _EVERY
    if not 0 < number <= _EVERY or end - begin < 2 * share:
        return range(0)
    return range(first + (number - 1) * share, first + number * share)


def _commitment(number: int) -> bytes:
    return hashlib.sha256(number.to_bytes(8, "big")).digest()


def _proof_ms(size: int) -> float:
    """Return the median time for what a receipt needs of the log, each entry in a tile of its own."""
    taken = []
    for number in range(_PROOFS):
        begun = time.perf_counter()
        receipt_parts(number * 7_919 % size)
        taken.append(1_000 * (time.perf_counter() - begun))
    return statistics.median(taken)


def _audit(shop: Workshop, size: int) -> float:
    """Return how long `tocsin audit` takes as its user waits for it; raise BenchError unless everything agrees."""
    state = shop.folder / "auditor"
    command = [sys.executable, "-m", "tocsin.cli", "audit", f"http://127.0.0.1:{shop.port}", "--state", str(state)]
    begun = time.monotonic()
    done = subprocess.run([*command, "--json"], cwd=Path.cwd(), capture_output=True, text=True, check=False)
    seconds = time.monotonic() - begun
    report: dict[str, Any] = json.loads(done.stdout or "{}")
    if done.returncode or report.get("size") != size:
        message = f"the audit does not agree: {report.get('wrongs') or done.stderr}"
        raise BenchError(message)
    return seconds
