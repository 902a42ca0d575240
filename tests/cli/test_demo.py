"""tocsin demo: what a newcomer sees first."""

import json
import os
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.running.ports import free_port
from tests.running.server import TOCSIN
from tocsin.cli.demo.folder import DemoFolder
from tocsin.cli.demo.mailbox import newest_mails
from tocsin.cli.demo.people import read_crowd
from tocsin.cli.demo.sink import Sink
from tocsin.cli.prepare import NotReadyError
from tocsin.kit import addresses, countries, names
from tocsin.outbox.mails import Mail
from tocsin.outbox.transports.smtp import SmtpTransport


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return str(answer.read().decode())


@contextmanager
def demo(folder: Path, *more: str) -> Iterator[tuple[str, str]]:
    """Run a demo; yield its address and what it printed, and stop it as Ctrl+C does."""
    port = free_port()
    command = [str(TOCSIN), "demo", "--port", str(port), "--data", str(folder), *more]
    # Settings of a shell are another server's: the demo takes none of them.
    environ = {"PATH": os.environ["PATH"], "TOCSIN_MAIL_URL": "nonsense", "DATABASE_URL": "nonsense"}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        printed = ""
        while "Ctrl+C stops it." not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        yield f"http://127.0.0.1:{port}", printed
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(10) == 0
        assert "The demo has stopped." in rest
        assert "Traceback" not in rest


def test_it_fills_itself_keeps_its_data_and_begins_anew_when_told(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder) as (base, printed):
        numbers = json.loads(read(f"{base}/night-trains/count.json"))
        assert 2_500 < numbers["count"] < numbers["goal"]
        assert "Que vuelvan los trenes nocturnos" in read(f"{base}/es/night-trains/")
        assert 'dir="rtl"' in read(f"{base}/ar/night-trains/")
        assert "Nothing here yet" in read(f"{base}/mailbox/")
        assert f"{base}/mailbox/" in printed
        (passphrase,) = re.findall(r"opens with: (.+)", printed)
        assert len(passphrase.split()) == 6
    with demo(folder) as (base, printed):
        assert json.loads(read(f"{base}/night-trains/count.json"))["count"] == numbers["count"]
        assert passphrase in printed
    with demo(folder, "--fresh") as (base, printed):
        assert json.loads(read(f"{base}/night-trains/count.json"))["count"] == numbers["count"], "the same people"
        assert passphrase not in printed


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    for is_fresh in (False, True):
        with pytest.raises(NotReadyError, match="holds something that is no demo"):
            DemoFolder(tmp_path, is_fresh=is_fresh)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_folder_is_one_demos_at_a_time(tmp_path: Path) -> None:
    first = DemoFolder(tmp_path / "demo", is_fresh=False)
    with pytest.raises(NotReadyError, match="a demo runs in"):
        DemoFolder(first.path, is_fresh=True)
    first.close()


def test_a_folder_that_was_not_filled_to_the_end_is_filled_anew(tmp_path: Path) -> None:
    first = DemoFolder(tmp_path / "demo", is_fresh=False)
    (first.path / "tocsin.sqlite3").write_bytes(b"half")
    first.close()
    second = DemoFolder(first.path, is_fresh=False)
    assert not (second.path / "tocsin.sqlite3").exists()
    second.note({"slug": "x"})
    second.close()
    third = DemoFolder(first.path, is_fresh=False)
    assert third.notes() == {"slug": "x"}
    third.close()


def test_a_folder_that_cannot_be_made_is_said() -> None:
    with pytest.raises(NotReadyError, match="cannot be written to"):
        DemoFolder(Path("/proc/demo"), is_fresh=False)


def test_the_made_up_people_could_sign() -> None:
    import random  # noqa: PLC0415  beside its use
    from itertools import islice  # noqa: PLC0415  beside its use

    crowd = list(islice(read_crowd().people(random.Random(1)), 2_000))
    assert [person for person in crowd if names.refusal(person.name) or addresses.parse(person.address) is None] == []
    assert {person.country for person in crowd if not countries.is_known(person.country)} == set()
    assert len({person.address for person in crowd}) == len(crowd)
    assert {person.language for person in crowd} == {"en", "es", "ar"}
    assert {person.address.rpartition("@")[2] for person in crowd} <= {"example.org", "example.net", "example.com"}


def test_the_sink_keeps_mails_that_can_be_read_newest_first(tmp_path: Path) -> None:
    sink = Sink(tmp_path / "mailbox")
    sink.start()
    line = SmtpTransport(host="127.0.0.1", port=sink.port, sender="a@example.org").connect()
    for number in (1, 2):
        content = f"To: maya@example.org\r\nFrom: a@example.org\r\nSubject: Mail {number}\r\n\r\nWords {number}\r\n"
        assert line.send(Mail("maya@example.org", content.encode())).is_sent
    line.close()
    sink.stop()
    mails = newest_mails(tmp_path / "mailbox", limit=10)
    assert [(mail.to, mail.subject, mail.text.strip()) for mail in mails] == [
        ("maya@example.org", "Mail 2", "Words 2"),
        ("maya@example.org", "Mail 1", "Words 1"),
    ]
