"""`tocsin bench mail`: mails that one worker hands to a mail server, beside smtplib and Django's own backend."""

import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice

import orjson
from django.db import connections

from tocsin import db
from tocsin.cli.bench.counting import rows_of
from tocsin.cli.bench.options import Options
from tocsin.cli.bench.processes import BenchError, Started, free_port
from tocsin.cli.bench.report import Report, report_about
from tocsin.cli.bench.samples import letter_content, open_intake, people_taken
from tocsin.cli.bench.sink import read_count
from tocsin.cli.bench.workshop import Workshop
from tocsin.outbox import domain as outbox
from tocsin.outbox.mails import Mail, Opened
from tocsin.signing.domain import Taken
from tocsin.signing.emails import SigningMails

_LEAST_RATE = 1_000
_WARM_UP_SECONDS = 1.0
_START_SECONDS = 60.0
# Past what a worker hands over: letters must not run out while it is measured.
_MOST_A_SECOND = 15_000
_BATCH = 1_000


def measure(shop: Workshop, options: Options) -> Report:
    """Post letters, let a worker send them, and count what arrives."""
    letters = int(_MOST_A_SECOND * (options.seconds * options.rounds + _WARM_UP_SECONDS))
    _post(letters)
    mail = shop.folder / "mail"
    mail.write_bytes(_one_mail())
    connections.close_all()
    port, counted = free_port(), shop.folder / "count"
    with ExitStack() as stack:
        sink = Started("sink", _module("sink", str(port), str(counted)), folder=shop.folder, environ={})
        stack.enter_context(sink)
        sink.wait_for(port)
        commands = {"tocsin": [sys.executable, "-m", "tocsin.cli", "work"]}
        for name in () if options.is_alone else ("bare", "django"):
            commands[name] = _module("baselines.mailers", name, str(port), str(mail))
        environ = shop.environ | {"TOCSIN_MAIL_URL": f"smtp://127.0.0.1:{port}"}
        senders = {}
        for name, command in commands.items():
            sender = stack.enter_context(Started(name, command, folder=shop.folder, environ=environ))
            _wait_for_mail(name, sender, lambda: read_count(counted))
            sender.freeze()
            senders[name] = sender
        rates = _rates(senders, options, lambda: read_count(counted))
        make_sure_letters_lasted()
    return _report(options, rates)


def make_sure_letters_lasted() -> None:
    """Raise BenchError when none is left: some round was measured without any."""
    if not rows_of("outbox_letter"):
        message = "this machine sends more than was made for it: measure for a shorter time (--seconds)"
        raise BenchError(message)


def _rates(senders: dict[str, Started], options: Options, count: Callable[[], int]) -> dict[str, list[float]]:
    """Let each have its turn, and return the mails a second of every round but the first, which is for warming up."""
    rates: dict[str, list[float]] = {name: [] for name in senders}
    for seconds in (_WARM_UP_SECONDS, *[options.seconds] * options.rounds):
        for name, sender in senders.items():
            sender.thaw()
            begun, before = time.monotonic(), count()
            time.sleep(seconds)
            rates[name].append((count() - before) / (time.monotonic() - begun))
            sender.freeze()
    return {name: found[1:] for name, found in rates.items()}


def _wait_for_mail(name: str, sender: Started, count: Callable[[], int]) -> None:
    """Return once `sender`, alone among those that run, has sent something."""
    before, until = count(), time.monotonic() + _START_SECONDS
    while count() == before:
        if time.monotonic() > until:
            message = f"{name} sent nothing: {sender.said}"
            raise BenchError(message)
        time.sleep(0.05)


def _report(options: Options, rates: dict[str, list[float]]) -> Report:
    report = report_about(options, {name: statistics.median(found) for name, found in rates.items()})
    report.facts["mails_a_second_in_each_round"] = {
        name: [round(rate) for rate in found] for name, found in rates.items()
    }
    report.is_met = report.rates["tocsin"] >= _LEAST_RATE
    return report


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"tocsin.cli.bench.{name}", *arguments]


def _post(letters: int) -> None:
    people = people_taken(open_intake(), first=0, now=datetime.now(UTC))
    for _ in range(0, letters, _BATCH):
        with db.transaction():
            outbox.post([taken.letter for taken in islice(people, _BATCH)])


def _one_mail() -> bytes:
    """Return a mail as the worker builds it."""
    now = datetime.now(UTC)
    taken: Taken = next(people_taken(open_intake(), first=0, now=now))
    kind, campaign, _, _, provider, *_ = taken.letter
    opened = Opened(0, kind, campaign, provider, 0, orjson.loads(letter_content(taken)))
    (mail,) = SigningMails().confirm([opened], now)
    if not isinstance(mail, Mail):
        message = f"no mail was built: {mail}"
        raise BenchError(message)
    return mail.content
