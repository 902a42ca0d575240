"""cli.bench.links: links are confirmed while the file that holds them grows."""

from pathlib import Path

from tocsin.cli.bench.links import read_links
from tocsin.cli.bench.people import confirm_request


def test_each_whole_line_becomes_a_request_and_silence_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "links"
    path.write_bytes(b"http://x/c/one\nhttp://x/c/tw")
    requests = read_links(str(path), port=80, most=3)
    assert next(requests) == confirm_request(80, b"one", 1)
    assert next(requests) == b""
    with path.open("ab") as file:
        file.write(b"o\nhttp://x/c/three\nhttp://x/c/four\n")
    assert list(requests) == [confirm_request(80, b"two", 2), confirm_request(80, b"three", 3)]
