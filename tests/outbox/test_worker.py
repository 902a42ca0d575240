"""outbox.worker: mail goes out, whatever the server at the other end does."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections

from tests.factories.outbox import NOTES, build_notes, post
from tests.outbox.sink import ScriptedSink, rude_server
from tests.running.ports import free_port
from tocsin import db
from tocsin.outbox import delivery
from tocsin.outbox import worker as worker_module
from tocsin.outbox.domain import Claimed, claim
from tocsin.outbox.mails import Builder, Dropped, Mail, Opened
from tocsin.outbox.models import Bounce, Letter, MailCap
from tocsin.outbox.sent import open_register
from tocsin.outbox.states import Reason
from tocsin.outbox.transports.smtp import SmtpTransport
from tocsin.outbox.worker import MailWorker, Pace

pytestmark = pytest.mark.django_db(transaction=True)
QUICK = Pace(connections=3, lease_seconds=20, poll_seconds=0.02)


@contextmanager
def working(
    port: int,
    builders: dict[str, Builder] = NOTES,
    pace: Pace = QUICK,
    step_seconds: float = 2.0,
    *,
    gives_way: Callable[[], bool] = lambda: False,
    stop: threading.Event | None = None,
) -> Iterator[MailWorker]:
    """Run a worker on a thread, as its process would."""
    transport = SmtpTransport(
        host="127.0.0.1", port=port, sender="noreply@example.org", step_seconds=step_seconds, content_seconds=2.0
    )
    sent = open_register()
    worker = MailWorker(transport=transport, builders=builders, sent=sent, pace=pace, gives_way=gives_way)
    ending = stop or threading.Event()

    def run() -> None:
        worker.run(ending)
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield worker
    finally:
        ending.set()
        thread.join(15)
        assert not thread.is_alive()
        sent.close()


def now_due(*recipients: str) -> list[int]:
    return post(*recipients, now=datetime.now(UTC))


def wait_until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what was put off come back at once."""
    monkeypatch.setattr(delivery, "wait_seconds", lambda _attempts, _jitter: 0)


def test_every_letter_is_sent_once_and_its_row_is_gone(sink: ScriptedSink) -> None:
    recipients = [f"maya{n}@{domain}" for n in range(60) for domain in ("example.org", "gmail.com", "yahoo.com")]
    now_due(*recipients)
    with working(sink.port) as worker:
        sink.wait_until(lambda so_far: so_far.taken.total() >= len(recipients))
        wait_until(lambda: worker.counts["sent"] == len(recipients))
    assert sorted(sink.taken.elements()) == sorted(recipients)
    assert not Letter.objects.exists()
    assert sink.lines <= QUICK.connections


class NotedWaits(threading.Event):
    """Notes how long the worker's lines wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return super().wait(min(timeout or 0, 0.05))


@pytest.mark.parametrize("is_crowded", [True, False])
def test_while_others_need_the_machine_lines_rest_and_mail_goes_out_all_the_same(
    sink: ScriptedSink, is_crowded: bool
) -> None:
    recipients = [f"maya{n}@example.org" for n in range(30)]
    now_due(*recipients)
    stop = NotedWaits()
    pace = replace(QUICK, batch=5, rests_of_a_batch=1e9)
    with working(sink.port, pace=pace, gives_way=lambda: is_crowded, stop=stop):
        sink.wait_until(lambda so_far: so_far.taken.total() == len(recipients))
        wait_until(lambda: not Letter.objects.exists())
    assert (max(wait or 0 for wait in stop.waits) > 1_000) is is_crowded


def test_temporary_and_final_refusals_mixed(sink: ScriptedSink, no_waits: None) -> None:
    good = [f"maya{n}@example.org" for n in range(20)]
    later = [f"{code}x2.otto{n}@example.net" for code in (421, 450, 451) for n in range(4)]
    never = [f"{code}.rui{n}@example.com" for code in (550, 554) for n in range(5)]
    after = ["data-451x1.pilar@example.org", "data-552.pilar@example.org"]
    now_due(*good, *later, *never, *after)
    with working(sink.port, pace=replace(QUICK, rest_seconds=0)):
        sink.wait_until(lambda so_far: so_far.taken.total() == len(good) + len(later) + 1)
        wait_until(lambda: not Letter.objects.exists())
    assert sorted(sink.taken.elements()) == sorted([*good, *later, after[0]])
    assert {sink.asked[to] for to in later} == {3}
    assert {sink.asked[to] for to in never} == {1}, "a final refusal is not tried again"
    assert sorted(Bounce.objects.values_list("provider", "answer", "letters")) == [
        ("other", "550", 5),
        ("other", "552", 1),
        ("other", "554", 5),
    ]


def test_what_is_put_off_waits_with_the_servers_answer(sink: ScriptedSink) -> None:
    now_due("450.maya@example.org", "otto@example.org")
    with working(sink.port):
        wait_until(lambda: Letter.objects.filter(last_answer="450").exists())
        sink.wait_until(lambda so_far: so_far.taken.total() == 1)
    letter = Letter.objects.get()
    assert letter.attempts == 1
    assert 25 <= letter.due_at - time.time() <= 61


def test_a_provider_that_keeps_saying_later_rests_and_the_others_do_not(sink: ScriptedSink) -> None:
    now_due(*(f"450.maya{n}@gmail.com" for n in range(50)), *(f"otto{n}@example.org" for n in range(50)))
    with working(sink.port, pace=Pace(connections=2, poll_seconds=0.02)):
        sink.wait_until(lambda so_far: so_far.taken.total() == 50)
    asked = sum(count for to, count in sink.asked.items() if to.endswith("gmail.com"))
    assert asked <= 6, "three in a row, on each of two lines at most"
    assert Letter.objects.count() == 50


def test_a_server_that_is_down_loses_nothing_and_gets_everything_later(
    make_sink: Callable[..., ScriptedSink], caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    recipients = [f"maya{n}@example.org" for n in range(20)]
    now_due(*recipients)
    with caplog.at_level(logging.WARNING), working(port):
        wait_until(lambda: "does not answer" in caplog.text)
        assert Letter.objects.filter(attempts__gt=0).count() == 0, "nothing is claimed while nobody answers"
        sink = ScriptedSink().start(port)
        sink.wait_until(lambda so_far: so_far.taken.total() == 20)
    sink.stop()
    assert sorted(sink.taken) == sorted(recipients)
    assert "the mail server answers again" in caplog.text
    assert "example.org" not in _ours(caplog)


def test_a_slow_mail_holds_up_its_own_line_alone(make_sink: Callable[..., ScriptedSink]) -> None:
    class SlowForSome(ScriptedSink):
        async def handle_RCPT(self, server: object, session: object, envelope: object, *rest: object) -> str:  # noqa: N802  aiosmtpd's name
            import asyncio  # noqa: PLC0415  here alone

            if str(rest[0]).endswith("@gmail.com"):
                await asyncio.sleep(30)
            return await super().handle_RCPT(server, session, envelope, *rest)  # type: ignore[arg-type]  # aiosmtpd's types

    sink = SlowForSome().start()
    now_due(*(f"maya{n}@gmail.com" for n in range(30)), *(f"otto{n}@example.org" for n in range(100)))
    started = time.monotonic()
    with working(sink.port, step_seconds=1.0):
        sink.wait_until(lambda so_far: so_far.taken.total() == 100, seconds=25)
        assert time.monotonic() - started < 25
    sink.stop()
    assert Letter.objects.count() == 30, "those the server was slow about wait, and none is lost"


def test_a_server_that_never_answers_is_left_and_letters_stay_due() -> None:
    now_due("maya@example.org")
    with rude_server(3.0) as port, working(port, step_seconds=0.3):
        time.sleep(1.5)
        assert Letter.objects.get().attempts == 0


def test_a_server_that_says_421_to_everybody_is_not_hammered(sink: ScriptedSink, no_waits: None) -> None:
    now_due(*(f"421.maya{n}@example.org" for n in range(30)))
    with working(sink.port, pace=Pace(connections=1, poll_seconds=0.02)):
        time.sleep(2)
    assert sink.lines <= 4


def test_a_stopped_worker_gives_back_what_it_did_not_send(make_sink: Callable[..., ScriptedSink]) -> None:
    sink = make_sink(seconds_a_mail=0.2)
    now_due(*(f"maya{n}@example.org" for n in range(50)))
    with working(sink.port):
        sink.wait_until(lambda so_far: so_far.taken.total() >= 2)
    left = Letter.objects.all()
    assert sink.taken.total() + len(left) == 50
    assert all(letter.due_at <= time.time() for letter in left)


def test_a_lease_is_renewed_while_a_slow_batch_is_being_sent(make_sink: Callable[..., ScriptedSink]) -> None:
    sink = make_sink(seconds_a_mail=1.5)
    now_due(*(f"maya{n}@example.org" for n in range(4)))
    pace = Pace(connections=2, lease_seconds=4, poll_seconds=0.02, batch=4, batch_seconds=60)
    with working(sink.port, pace=pace):
        sink.wait_until(lambda so_far: so_far.taken.total() >= 4)
        time.sleep(1)
    assert max(sink.taken.values()) == 1


def test_a_builder_that_fails_loses_no_letter_and_logs_no_address(
    sink: ScriptedSink, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(letters: Sequence[Opened], now: datetime) -> list[Mail | Dropped]:
        raise ValueError(letters[0].content["to"])

    now_due("maya.canary@example.org")
    with working(sink.port, builders={"note": broken}):
        wait_until(lambda: Letter.objects.filter(last_answer="build").exists())
    assert "ValueError" in caplog.text
    assert "canary" not in _ours(caplog)


def test_a_letter_that_cannot_be_built_waits_alone_and_the_others_go(
    sink: ScriptedSink, caplog: pytest.LogCaptureFixture
) -> None:
    def poisoned(letters: Sequence[Opened], now: datetime) -> list[Mail | Dropped]:
        for letter in letters:
            if "poison" in letter.content["to"]:
                raise KeyError(letter.content["to"])
        return build_notes(letters, now)

    now_due("maya@example.org", "poison.canary@example.org", "otto@example.org")
    with working(sink.port, builders={"note": poisoned}):
        wait_until(lambda: Letter.objects.filter(last_answer="build").exists() and Letter.objects.count() == 1)
    assert sink.taken == {"maya@example.org": 1, "otto@example.org": 1}
    assert "building note failed: KeyError" in _ours(caplog)
    assert "canary" not in _ours(caplog)


def test_what_a_builder_drops_and_what_has_no_builder_is_counted(sink: ScriptedSink) -> None:
    def picky(letters: Sequence[Opened], now: datetime) -> list[Mail | Dropped]:
        return [Dropped(Reason.NO_LONGER_NEEDED), *build_notes(letters[1:], now)]

    now_due("maya@example.org", "otto@example.org")
    post("rui@example.org", kind="unknown", now=datetime.now(UTC))
    with working(sink.port, builders={"note": picky}):
        wait_until(lambda: not Letter.objects.exists())
    assert list(sink.taken) == ["otto@example.org"]
    assert sorted(Bounce.objects.values_list("answer", flat=True)) == ["no builder", "not needed"]
    # Nor does what was not sent count against its address.
    assert sorted(len(bytes(row.sent_at)) for row in MailCap.objects.all()) == [0, 0, 4]


def test_the_log_says_how_many_mails_went_and_to_nobody(sink: ScriptedSink, caplog: pytest.LogCaptureFixture) -> None:
    now_due("maya.canary@example.org", "550.canary@example.org")
    with caplog.at_level(logging.INFO), working(sink.port):
        wait_until(lambda: not Letter.objects.exists())
    assert "mail: 1 given up, 1 sent" in _ours(caplog)
    assert "canary" not in _ours(caplog)


def _ours(caplog: pytest.LogCaptureFixture) -> str:
    """Return what we logged; the test's own mail server logs as it likes."""
    return "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("tocsin"))


def test_lines_claim_one_after_the_other_where_they_may_find_the_same_letters(
    make_sink: Callable[..., ScriptedSink], monkeypatch: pytest.MonkeyPatch
) -> None:
    claiming: set[int] = set()
    seen: list[int] = []

    def claim_slowly(**asked: Any) -> Claimed:
        claiming.add(threading.get_ident())
        time.sleep(0.1)
        seen.append(len(claiming))
        claiming.discard(threading.get_ident())
        return claim(**asked)

    monkeypatch.setattr(worker_module, "claim", claim_slowly)
    now_due("maya@gmail.com", "otto@outlook.com", "pilar@example.org")
    with working(make_sink().port):
        wait_until(lambda: not Letter.objects.exists())
    assert (max(seen) == 1) == db.is_sqlite()
