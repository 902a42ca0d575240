"""A witness answers exactly as c2sp.org/tlog-witness says, and never goes back."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import pytest

from tests.tlog.logs import LOG, NEXT_LOG_KEY, ORIGIN, Log
from tocsin.cli.witness import server
from tocsin.cli.witness.memory import Memory, SpoiledError
from tocsin.cli.witness.request import AddCheckpoint, RequestError
from tocsin.cli.witness.server import WitnessServer
from tocsin.cli.witness.witness import Witness
from tocsin.tlog.checkpoint import Checkpoint
from tocsin.tlog.cosignature import CosignatureSigner
from tocsin.tlog.keys import LogSigner
from tocsin.tlog.note import add_signatures, parse_signature
from tocsin.tlog.proofs import prove_consistency
from tocsin.tlog.signed import open_checkpoint, sign_checkpoint

NAME = "witness.example.net"
NOW = 1_775_000_000
GROWN = Log.of(300)
HALF_A_HEAD = "GET / HTTP/1.1\r\nX-Slow: "
HALF_A_BODY = "POST / HTTP/1.1\r\nContent-Length: 60000\r\n\r\n"
STRANGER = LogSigner("stranger.example/log", bytes(32))


class Told(NamedTuple):
    status: int
    body: str
    kind: str


class Running(NamedTuple):
    """A witness that serves, and what its folder says."""

    port: int
    memory: Memory
    signer: CosignatureSigner

    def post(self, body: bytes, path: str = "/add-checkpoint") -> Told:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("POST", path, body)
        answer = connection.getresponse()
        told = Told(answer.status, answer.read().decode(), answer.headers["Content-Type"])
        connection.close()
        return told

    def add(self, old: int, new: int) -> Told:
        return self.post(request(old, new))

    @property
    def size(self) -> int:
        return self.memory.last(ORIGIN).size


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Running]:
    memory = Memory(tmp_path / "witness")
    signer = memory.signer(NAME)
    one = Witness(memory=memory, signer=signer, logs=[LOG.verifier, NEXT_LOG_KEY.verifier], clock=lambda: NOW)
    with WitnessServer(("127.0.0.1", 0), one, "about\n") as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield Running(server.server_port, memory, signer)
        server.shutdown()
        thread.join()
    memory.close()


def note(size: int, log: Log = GROWN, signer: LogSigner = LOG, root: bytes | None = None) -> str:
    return sign_checkpoint(Checkpoint(signer.name, size, root or log.root(size)), [signer])


def request(old: int, new: int, log: Log = GROWN) -> bytes:
    return AddCheckpoint(old, tuple(prove_consistency(old, new, log.node)), note(new, log)).to_bytes()


def forked() -> Log:
    return Log([b"another", *GROWN.entries[1:]])


def test_the_first_checkpoint_is_cosigned_and_the_note_verifies(witness: Running) -> None:
    told = witness.add(0, 5)
    whole = add_signatures(note(5), [parse_signature(told.body.removesuffix("\n"))])
    opened = open_checkpoint(whole, log_keys=[LOG.verifier], witnesses=[witness.signer.verifier])

    assert (told.status, witness.size) == (HTTPStatus.OK, 5)
    assert [(one.witness, one.at) for one in opened.cosigned] == [(NAME, NOW)]


def test_a_log_that_grows_is_cosigned_each_time_and_the_same_size_once_more(witness: Running) -> None:
    assert [witness.add(*step).status for step in ((0, 1), (1, 255), (255, 256), (256, 300), (300, 300))] == [200] * 5
    assert witness.size == 300


def test_an_empty_log_is_cosigned_with_the_empty_root_alone(witness: Running) -> None:
    assert witness.add(0, 0).status == HTTPStatus.OK
    wrong = AddCheckpoint(0, (), note(0, root=bytes(32)))
    assert witness.post(wrong.to_bytes()) == Told(409, "0\n", "text/x.tlog.size")


def test_an_unknown_log_is_404(witness: Running) -> None:
    body = AddCheckpoint(0, (), note(5, signer=STRANGER)).to_bytes()
    assert witness.post(body).status == HTTPStatus.NOT_FOUND


def test_a_checkpoint_that_the_log_has_not_signed_is_403(witness: Running) -> None:
    other = AddCheckpoint(0, (), note(5, signer=LogSigner(ORIGIN, bytes(32))))
    changed = AddCheckpoint(0, (), note(5).replace("\n5\n", "\n6\n"))
    assert [witness.post(one.to_bytes()).status for one in (other, changed)] == [403, 403]
    assert witness.size == 0


def test_either_key_of_a_log_that_exchanges_its_key_will_do(witness: Running) -> None:
    body = AddCheckpoint(0, (), note(5, signer=NEXT_LOG_KEY)).to_bytes()
    assert witness.post(body).status == HTTPStatus.OK


def test_an_old_size_above_the_checkpoint_s_is_400(witness: Running) -> None:
    assert witness.post(AddCheckpoint(6, (), note(5)).to_bytes()).status == HTTPStatus.BAD_REQUEST


def test_another_old_size_than_the_last_is_409_and_told(witness: Running) -> None:
    witness.add(0, 100)
    for old in (0, 99, 101):
        assert witness.add(old, 300) == Told(409, "100\n", "text/x.tlog.size")
    assert witness.size == 100


@pytest.mark.parametrize("old, new", [(100, 300), (100, 101)])
def test_a_proof_that_does_not_hold_is_422(witness: Running, old: int, new: int) -> None:
    witness.add(0, 100)
    right = AddCheckpoint.from_bytes(request(old, new))
    flipped = bytes([right.proof[0][0] ^ 1]) + right.proof[0][1:]
    for proof in ((), right.proof[:-1], (*right.proof, bytes(32)), (flipped, *right.proof[1:])):
        assert witness.post(right._replace(proof=proof).to_bytes()).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert witness.post(request(old, new, forked())).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert witness.size == 100


def test_a_first_checkpoint_with_a_proof_is_422(witness: Running) -> None:
    assert witness.post(AddCheckpoint(0, (bytes(32),), note(5)).to_bytes()).status == HTTPStatus.UNPROCESSABLE_ENTITY
    witness.add(0, 5)
    assert witness.post(AddCheckpoint(5, (bytes(32),), note(5)).to_bytes()).status == HTTPStatus.UNPROCESSABLE_ENTITY


def test_another_root_at_the_same_size_is_409_and_kept_as_proof(witness: Running, tmp_path: Path) -> None:
    witness.add(0, 100)
    contradiction = note(100, forked())

    assert witness.post(AddCheckpoint(100, (), contradiction).to_bytes()) == Told(409, "100\n", "text/x.tlog.size")
    (kept,) = (tmp_path / "witness" / "contradictions").iterdir()
    assert kept.read_text() == contradiction


def test_concurrent_updates_never_take_back_what_was_cosigned(witness: Running) -> None:
    witness.add(0, 100)
    sizes = list(range(101, 301, 8))
    told: dict[int, Told] = {}
    start = threading.Barrier(len(sizes))

    def add(size: int) -> None:
        start.wait()
        told[size] = witness.add(100, size)

    threads = [threading.Thread(target=add, args=[size]) for size in sizes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    won = [size for size, one in told.items() if one.status == HTTPStatus.OK]
    assert len(won) == 1
    assert {one for size, one in told.items() if size not in won} == {Told(409, f"{won[0]}\n", "text/x.tlog.size")}
    assert witness.size == won[0]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 5\n",
        b"old 05\n\n" + note(5).encode(),
        b"old -1\n\n" + note(5).encode(),
        b"old 0\nAA==\n\n" + note(5).encode(),
        b"new 0\n\n" + note(5).encode(),
        b"old 0\r\n\r\n" + note(5).encode(),
        b"old 0\n" + b"RGpXm1rRGpXm1rRGpXm1rRGpXm1rRGpXm1rRGpXm1rA=\n" * 64 + b"\n" + note(5).encode(),
        b"old 0\n\nno checkpoint\n",
        b"old 0\n\n" + note(5).encode() + b"\xff",
    ],
)
def test_a_request_that_is_none_is_400(witness: Running, body: bytes) -> None:
    assert witness.post(body).status == HTTPStatus.BAD_REQUEST


def test_a_request_is_read_as_it_was_written() -> None:
    right = AddCheckpoint.from_bytes(request(100, 300))

    assert (right.old, right.note, AddCheckpoint.from_bytes(right.to_bytes())) == (100, note(300), right)
    assert len(right.proof) > 1
    with pytest.raises(RequestError):
        AddCheckpoint.from_bytes(right.to_bytes().replace(b"old 100", b"old  100"))


def test_other_addresses_and_other_methods(witness: Running) -> None:
    assert witness.post(request(0, 5), "/elsewhere").status == HTTPStatus.NOT_FOUND
    connection = HTTPConnection("127.0.0.1", witness.port, timeout=20)
    for path, body in (("/", b"about\n"), ("/add-checkpoint", b"not here\n")):
        connection.request("GET", path)
        assert connection.getresponse().read() == body
    connection.close()


@pytest.mark.parametrize(
    "headers, status",
    [
        ({"Content-Length": "70000"}, 413),
        ({"Content-Length": "9" * 5000}, 413),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_a_body_without_bounds_is_not_read(witness: Running, headers: dict[str, str], status: int) -> None:
    connection = HTTPConnection("127.0.0.1", witness.port, timeout=20)
    connection.putrequest("POST", "/add-checkpoint")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()

    assert (answer.status, answer.headers["Connection"]) == (status, "close")


@pytest.mark.parametrize("begun", [HALF_A_HEAD, HALF_A_BODY])
def test_who_sends_a_byte_now_and_then_is_hung_up_on(
    witness: Running, monkeypatch: pytest.MonkeyPatch, begun: str
) -> None:
    monkeypatch.setattr(server, "_HEAD_SECONDS", 0.5)
    monkeypatch.setattr(server, "_BODY_SECONDS", 0.5)
    with socket.create_connection(("127.0.0.1", witness.port), timeout=0.05) as slow:
        slow.sendall(begun.encode())
        deadline = monotonic() + 20
        with suppress(ConnectionError):  # which is another way to be told
            while (told := next_byte(slow)) is None:
                assert monotonic() < deadline, "it waits for ever"
                slow.sendall(b"x")
            assert told == b""
    assert witness.add(0, 5).status == HTTPStatus.OK


def next_byte(line: socket.socket) -> bytes | None:
    """Return what came, b"" at the end of the line, None while nothing does."""
    try:
        return line.recv(1)
    except TimeoutError:
        return None


def test_a_witness_remembers_when_it_starts_anew_and_its_key_is_its_own(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "w")
    memory.remember(ORIGIN, note(100))
    first = memory.signer(NAME)
    with pytest.raises(SpoiledError):
        Memory(tmp_path / "w")
    memory.close()
    again = Memory(tmp_path / "w")

    assert again.last(ORIGIN) == Checkpoint(ORIGIN, 100, GROWN.root(100))
    assert again.signer(NAME).verifier == first.verifier
    assert (tmp_path / "w" / "witness.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(SpoiledError, match="a name belongs to its key"):
        again.signer("another.example")
    again.close()


def test_a_memory_that_was_spoiled_vouches_for_nothing(tmp_path: Path, witness: Running) -> None:
    witness.add(0, 100)
    (file,) = (tmp_path / "witness" / "logs").iterdir()
    file.write_bytes(b"")

    assert witness.add(100, 300).status == HTTPStatus.INTERNAL_SERVER_ERROR
    (tmp_path / "witness" / "witness.key").unlink()
    with pytest.raises(SpoiledError, match="is gone"):
        witness.memory.signer(NAME)
