"""The server asks its witnesses: one that is down costs nothing, one that lies is found out, one catches up."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.running.ports import free_port
from tests.tally.sequencer import NOW, grow_by
from tests.tlog.logs import WITNESS, Log
from tocsin.cli import cosigning
from tocsin.cli.cosigning import Collector
from tocsin.cli.witness.memory import Memory
from tocsin.cli.witness.request import AddCheckpoint
from tocsin.cli.witness.server import WitnessServer
from tocsin.cli.witness.witness import Witness
from tocsin.tally.domain import publish
from tocsin.tally.log import own_log
from tocsin.tally.models import Checkpoint
from tocsin.tally.models import Witness as Stored
from tocsin.tally.queries import cosigned, published
from tocsin.tally.witnesses import KnownWitness, own_witnesses
from tocsin.tlog.checkpoint import Checkpoint as CheckpointText
from tocsin.tlog.note import parse
from tocsin.tlog.signed import open_checkpoint, sign_checkpoint

pytestmark = pytest.mark.django_db(transaction=True)
Answer = Callable[[bytes], tuple[int, bytes]]


@contextmanager
def a_friend_s_witness(folder: Path) -> Iterator[tuple[str, Memory]]:
    """Run a real witness of this log, with the key of tests.tlog.logs."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "witness.key").write_bytes(WITNESS.seed)
    memory = Memory(folder)
    witness = Witness(
        memory=memory, signer=memory.signer(WITNESS.name), logs=own_log().verifiers, clock=lambda: 1_775_000_000
    )
    with WitnessServer(("127.0.0.1", 0), witness, "") as server, _running(server):
        yield f"http://127.0.0.1:{server.server_port}", memory
    memory.close()


@contextmanager
def a_liar(answer: Answer) -> Iterator[str]:
    """Run a witness that answers whatever the test wants."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server, _running(server):
        yield f"http://127.0.0.1:{server.server_port}"


@contextmanager
def _running(server: http.server.HTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


@pytest.fixture
def collector(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Collector]:
    """Return a maker of collectors that lose no time between two attempts."""
    monkeypatch.setattr(cosigning, "_FIRST_PAUSE", 0.0)

    def make(url: str) -> Collector:
        settings.WITNESSES = ((WITNESS.verifier.vkey, url),)
        (witness,) = own_witnesses()
        assert witness == KnownWitness(WITNESS.verifier, url)
        return Collector(witness)

    return make


def refusal() -> str:
    return Stored.objects.get(name=WITNESS.name).refusal


def shown() -> list[str]:
    """Return who vouches for the checkpoint that everybody reads."""
    publish(log=own_log(), now=NOW)
    note = (own_log().shelf.folder / "checkpoint").read_text()
    return [
        one.witness
        for one in open_checkpoint(note, log_keys=own_log().verifiers, witnesses=[WITNESS.verifier]).cosigned
    ]


def test_each_new_checkpoint_is_cosigned_once(tmp_path: Path, collector: Callable[[str], Collector]) -> None:
    with a_friend_s_witness(tmp_path / "w") as (url, memory):
        collect = collector(url).collect
        assert not collect()  # nothing is published yet
        for _ in range(3):
            grow_by(300)
            assert [collect(), collect()] == [True, False]
            assert shown() == [WITNESS.name]
        assert memory.last(own_log().origin).size == 900
        assert ([one.size for one in cosigned()], refusal()) == ([900], "")


def test_while_a_witness_is_down_counting_goes_on_and_back_up_it_catches_up_in_one_step(
    tmp_path: Path, collector: Callable[[str], Collector]
) -> None:
    with a_friend_s_witness(tmp_path / "w") as (url, _):
        grow_by(5)
        assert collector(url).collect()
    away = collector(f"http://127.0.0.1:{free_port()}")
    for _ in range(4):
        grow_by(300)
        assert not away.collect()
    newest = published()
    assert newest is not None
    assert (newest.size, shown(), refusal(), [one.size for one in cosigned()]) == (1205, [], "unreachable", [5])

    with a_friend_s_witness(tmp_path / "w") as (url, memory):
        # A worker that has just started knows nothing of the 5: the witness tells it.
        assert collector(url).collect()
        assert memory.last(own_log().origin).size == 1205
    assert (shown(), refusal(), [one.size for one in cosigned()]) == ([WITNESS.name], "", [1205])


def test_a_witness_that_is_away_is_asked_less_and_less_often(
    collector: Callable[[str], Collector], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cosigning, "_FIRST_PAUSE", 2.0)
    clock = [0.0]
    monkeypatch.setattr(cosigning, "monotonic", lambda: clock[0])
    asked = []

    def answer(_: bytes) -> tuple[int, bytes]:
        asked.append(clock[0])
        return 500, b""

    grow_by(5)
    with a_liar(answer) as url:
        away = collector(url)
        for second in range(1000):
            clock[0] = float(second)
            away.collect()
    assert asked == [0, 2, 6, 14, 30, 62, 126, 254, 510, 810]


@pytest.mark.parametrize(
    "answer, reason",
    [
        (lambda _: (200, b"garbage\n"), "garbage"),
        (lambda _: (200, b"\xff"), "garbage"),
        (lambda _: (200, b"x" * 100_000), "unreachable"),
        (lambda _: (500, b""), "garbage"),
        (lambda _: (299, b""), "garbage"),
        (lambda _: (404, b""), "unknown-here"),
        (lambda _: (403, b""), "not-believed"),
        (lambda _: (422, b""), "no-proof"),
        (lambda _: (409, b"many\n"), "garbage"),
        (lambda _: (409, b"6\n"), "ahead"),
        (lambda _: (409, b"3\n"), "contradicts"),
        (lambda _: (200, _cosigned_by_another()), "wrong-signature"),
        (lambda _: (200, _cosigned_with_another_key()), "wrong-signature"),
        (lambda _: (200, _cosigned_another_checkpoint()), "wrong-signature"),
    ],
)
def test_what_is_no_cosignature_is_refused_by_name_and_not_published(
    collector: Callable[[str], Collector], caplog: pytest.LogCaptureFixture, answer: Answer, reason: str
) -> None:
    grow_by(5)
    with a_liar(answer) as url:
        assert not collector(url).collect()

    assert (refusal(), Checkpoint.objects.get(size=5).cosignatures, cosigned(), shown()) == (reason, "", [], [])
    assert f"witness {WITNESS.name} does not vouch for the log: {reason}" in caplog.text


def test_a_witness_that_was_shown_another_history_is_heard(
    tmp_path: Path, collector: Callable[[str], Collector]
) -> None:
    grow_by(5)
    other = sign_checkpoint(CheckpointText(own_log().origin, 5, Log.of(5).root()), own_log().signers)
    with a_friend_s_witness(tmp_path / "w") as (url, memory):
        memory.remember(own_log().origin, other)
        assert not collector(url).collect()
        assert refusal() == "contradicts"
        grow_by(5)
        assert not collector(url).collect()
        assert refusal() == "no-proof"
    assert len(list((tmp_path / "w" / "contradictions").iterdir())) == 1


def test_of_several_signatures_the_one_of_the_known_key_is_taken(collector: Callable[[str], Collector]) -> None:
    grow_by(5)

    def answer(body: bytes) -> tuple[int, bytes]:
        right = WITNESS.cosign(parse(AddCheckpoint.from_bytes(body).note).text, at=1_775_000_000)
        return 200, f"{_line(right.name, bytes(4))}{right.line}".encode()

    with a_liar(answer) as url:
        assert collector(url).collect()
    assert shown() == [WITNESS.name]


def _line(name: str, key_id: bytes) -> str:
    return WITNESS.cosign(parse(_note()).text, at=1)._replace(name=name, key_id=key_id).line


def _note() -> str:
    newest = published()
    assert newest is not None
    return newest.note


def _cosigned_by_another() -> bytes:
    return _line("other.example.net", WITNESS.verifier.key_id).encode()


def _cosigned_with_another_key() -> bytes:
    return _line(WITNESS.name, bytes(4)).encode()


def _cosigned_another_checkpoint() -> bytes:
    return WITNESS.cosign(CheckpointText(own_log().origin, 6, bytes(32)).text, at=1).line.encode()
