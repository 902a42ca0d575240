"""cli.bench.requestfile and requestmaking: what was written is read, and nothing is sent twice."""

from datetime import UTC, datetime
from pathlib import Path

from tocsin.cli.bench.proofs import ProofMaker
from tocsin.cli.bench.requestfile import read_requests, write_requests
from tocsin.cli.bench.requestmaking import SignRequests, make_sign_requests

NOW = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)


def test_requests_are_read_as_they_were_written(tmp_path: Path) -> None:
    made = [b"", b"a", b"\r\n" * 1000, b"end"]
    assert write_requests(tmp_path / "file", made) == 4
    assert [bytes(request) for request in read_requests(tmp_path / "file")] == made
    assert [bytes(request) for request in read_requests(tmp_path / "file", skip=3)] == [b"end"]


def test_several_processes_make_each_person_once(tmp_path: Path) -> None:
    proofs = ProofMaker(challenge=b"c" * 32, derived=b"d" * 32, campaign="bench")
    making = SignRequests(80, "/en/bench/sign", {"text_hash": "ab"}, proofs, "altcha", 1200)
    path = make_sign_requests(making, tmp_path, first=10, count=101, now=NOW)
    requests = [bytes(request) for request in read_requests(path)]
    addresses = {request.partition(b"email=")[2].partition(b"&")[0] for request in requests}
    proofs_sent = {request.partition(b"altcha=")[2] for request in requests}
    assert (len(requests), len(addresses), len(proofs_sent)) == (101, 101, 101)
    assert list(tmp_path.glob("*.requests")) == [path]
