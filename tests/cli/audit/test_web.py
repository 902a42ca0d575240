"""Whatever a server answers, the audit ends, in one clear line, within its bounds."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.cli.audit.conftest import Audit
from tests.running.log_site import LogSite, served
from tests.running.ports import free_port
from tocsin.cli.audit.findings import AuditError
from tocsin.cli.audit.web import Web

NOT_CHECKED = 1
RIGHT = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@contextmanager
def answering(*answers: bytes | None) -> Iterator[str]:
    """Give the address of a server that answers each connection with the next of `answers`; None: never."""
    done = threading.Event()

    def serve(listener: socket.socket) -> None:
        for answer in answers:
            try:
                connection, _ = listener.accept()
            except OSError:  # closed: whoever asked needed fewer answers
                return
            with connection, suppress(OSError):
                connection.recv(4096)
                if answer is None:
                    done.wait(30)
                else:
                    connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=[listener], daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        done.set()


def got(*answers: bytes | None, seconds: float = 20.0, limit: int = 1000) -> bytes:
    with answering(*answers) as address, Web(address, seconds=seconds) as web:
        return web.get("x", limit=limit).body


@pytest.mark.parametrize(
    "answer",
    [
        RIGHT,
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        b"HTTP/1.1 100 Continue\r\n\r\n" + RIGHT,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: x\r\n\r\n",
    ],
    ids=["length", "until-closed", "interim", "chunked"],
)
def test_an_answer_comes_whole(answer: bytes) -> None:
    assert got(answer) == b"hello"


@pytest.mark.parametrize(
    "answer, words",
    [
        (b"", "closed before the answer was complete"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "closed before the answer was complete"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello!", "longer than it says"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", "longer than 1,000 bytes"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", "length is no number"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "length is no number"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001, "longer than 1,000 bytes"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", "longer than 1,000 bytes"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "pieces have no length"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", "compressed"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "no HTTP"),
        (b"HTTP/1.1 \xff\xff\xff\r\n\r\n", "no HTTP"),
        (b"X" * 100_000, "head is too long"),
    ],
)
def test_an_answer_that_is_none_is_named(answer: bytes, words: str) -> None:
    with pytest.raises(AuditError) as refused:
        got(answer)
    assert words in refused.value.words


def test_an_answer_in_a_very_many_pieces_costs_no_more_than_its_length() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    # Adding all pieces up anew for each would take minutes, within an answer that may take one.
    assert got(head + b"1\r\nx\r\n" * 400_000 + b"0\r\n\r\n", seconds=60, limit=400_000) == b"x" * 400_000


def test_a_server_that_never_answers_is_not_waited_for_for_ever() -> None:
    with pytest.raises(AuditError) as refused:
        got(None, seconds=0.05)
    assert refused.value.words.endswith("/x does not answer in time")


def test_a_connection_that_was_closed_meanwhile_is_made_anew() -> None:
    with answering(RIGHT, RIGHT) as address, Web(address) as web:
        assert [web.get("x").body, web.get("y").body] == [b"hello", b"hello"]


def test_nobody_there_is_said_in_a_line(audit: Audit) -> None:
    done = audit(address=f"http://127.0.0.1:{free_port()}")
    assert (done.code, "cannot be reached (Connection refused)" in done.printed) == (NOT_CHECKED, True)


@pytest.mark.parametrize("address", ["example.org", "ftp://example.org", "http://", "http://[", "http://x:99999", "🚂"])
def test_an_address_that_is_none_is_said_in_a_line(audit: Audit, address: str) -> None:
    done = audit(address=address)
    assert (done.code, done.printed) == (
        NOT_CHECKED,
        f"tocsin: {address.rstrip('/')} is not an address: give https://…\n",
    )


def test_a_site_that_is_no_log_is_said_in_a_line(audit: Audit, tmp_path: Path) -> None:
    with served(tmp_path) as address:
        done = audit(address=address)
    assert (done.code, "names no key: this is no log" in done.printed) == (NOT_CHECKED, True)


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda site: site.write("tally/checkpoint", b"<html>\n\n\x1b[2J"), "it is no signed checkpoint"),
        (lambda site: site.write("tally/checkpoint", b"x" * 2_000_000), "longer than 1,000,000 bytes"),
        (lambda site: (site.folder / "tally/checkpoint").unlink(), "answers 404"),
    ],
    ids=["garbage", "endless", "missing"],
)
def test_a_checkpoint_that_is_none_is_said_in_a_line(
    audit: Audit, site: LogSite, spoil: Callable[[LogSite], object], words: str
) -> None:
    spoil(site)
    done = audit()

    assert (done.code, words in done.printed, "\x1b" in done.printed) == (NOT_CHECKED, True, False)


def test_a_redirection_is_shown_and_not_followed(audit: Audit) -> None:
    moved = b"HTTP/1.1 301 Moved\r\nLocation: https://new.example/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with answering(moved, moved) as address:
        done = audit(
            "--vkey", "log.example.org/tally+45ebbf56+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", address=address
        )
    assert "points to https://new.example/: audit that address" in done.printed
