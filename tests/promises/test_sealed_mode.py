"""Sealed mode: who takes the switched-off machine reads nothing and can test nobody; Sam opens it after a start."""

import hmac
import re
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.cast import MAYA, OTTO, Person
from tests.running.mailbox import Mailbox, link_in
from tests.running.server import PASSPHRASE, SLUG, TOCSIN, Server
from tests.running.visitor import Visitor
from tocsin.kit import addresses
from tocsin.kit.framing import sub
from tocsin.seal.box import Box, BoxBrokenError
from tocsin.seal.tags import address_tag
from tocsin.vault import sealed

SAMS = "lantern gravel okay seven mural tide"
SECONDS = 60.0
KEY_BYTES = 32


@pytest.fixture(scope="module")
def sealed_server(make_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Return a server in sealed mode that was just started: nobody has opened its keys."""
    server = make_server(tmp_path_factory.mktemp("sealed"), TOCSIN_SECOND_STEP_SECONDS="0")
    server.stop()
    server.tocsin("seal", "--operator", "sam", "--passphrase-file", server.secret(SAMS))
    server.options = ("--sealed",)
    server.start()
    return server


def unseal(server: Server) -> None:
    server.tocsin("unseal", "--passphrase-file", server.secret(SAMS))
    wait_until_it_takes(server)


def wait_until_it_takes(server: Server) -> None:
    """Wait until each web process has seen the open keys: a connection goes to either of them."""
    visitor = Visitor(server)
    wait_until(lambda: all(visitor.get(f"/{SLUG}/challenge").status == 200 for _ in range(20)))
    wait_until(lambda: all('name="text_hash"' in visitor.get(visitor.page).text for _ in range(20)))


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def restarted(server: Server) -> None:
    """Cut the power and start again: nobody has opened the keys since."""
    server.kill()
    server.start()


def person(number: int, who: Person = MAYA) -> Person:
    return Person(who.name, f"sealed.{number}.{who.address}", who.country, who.place)


def test_until_somebody_opens_the_keys_pages_are_served_and_the_form_says_what_it_waits_for(
    sealed_server: Server, mailbox: Mailbox
) -> None:
    visitor = Visitor(sealed_server)
    unseal(sealed_server)
    assert visitor.sign(person(1)).status == 303
    link = link_in(mailbox.wait_for(person(1).address), "c")
    before = visitor.settled()["count"]
    restarted(sealed_server)

    page = visitor.get(f"/en/{SLUG}/")
    assert page.status == 200
    assert 'name="text_hash"' not in page.text
    assert "Signing pauses" in page.text
    assert "until the people who run it open them" in page.text
    assert visitor.get("/readyz").text.startswith("sealed")
    assert "tocsin_sealed 1" in visitor.get("/metrics").text
    refused = visitor.ask("POST", f"/en/{SLUG}/sign", {"name": "Maya", "email": MAYA.address})
    assert refused.status == 409
    assert visitor.get(f"/{SLUG}/challenge").status == 404
    # What needs no pepper works: a link that is in somebody's mailbox already.
    assert "Thank you. You have signed." in visitor.confirm(link).text
    assert visitor.ask("POST", link.replace("/c/", "/m/") + "/stop", {}).status == 503

    unseal(sealed_server)
    assert visitor.wait_for_count(before + 1) == before + 1
    assert visitor.sign(person(2)).status == 303
    mailbox.wait_for(person(2).address)


@pytest.mark.any_database
def test_a_wrong_passphrase_opens_nothing(sealed_server: Server) -> None:
    done = subprocess.run(
        [TOCSIN, "unseal", "--passphrase-file", sealed_server.secret("words that nobody chose here")],
        env=sealed_server.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "tocsin: no operator of this server has this passphrase\n")


@pytest.mark.any_database
def test_a_restarted_child_finds_the_keys_open(sealed_server: Server, mailbox: Mailbox) -> None:
    restarted(sealed_server)
    unseal(sealed_server)
    visitor = Visitor(sealed_server)
    for number, part in enumerate(("web", "work"), start=10):
        sealed_server.kill(part)
        wait_until(sealed_server.is_ready)
        wait_until_it_takes(sealed_server)
        assert visitor.sign(person(number)).status == 303
        mailbox.wait_for(person(number).address)


def disk(server: Server) -> Iterator[bytes]:
    """Yield every file of the switched-off machine: data, keys and database."""
    for part in ("data", "keys"):
        for path in sorted((server.folder / part).rglob("*")):
            if path.is_file():
                yield path.read_bytes()


def columns(server: Server, table: str, name: str) -> list[bytes]:
    """Return a binary column as a thief reads it, with the database's own program."""
    query = f'SELECT "{name}" FROM {table} WHERE "{name}" IS NOT NULL'
    if url := server.environ["DATABASE_URL"]:
        with psycopg.connect(url) as postgres:
            return [bytes(value) for (value,) in postgres.execute(query.encode())]
    # A copy, as from an image: reading the original would let SQLite tidy it up.
    with sqlite3.connect(server.folder / "data" / "tocsin.sqlite3") as database:
        return [bytes(value) for (value,) in database.execute(query)]


def keys_on(server: Server) -> set[bytes]:
    """Return every 32 bytes of the key folder and of the data's small files that could be a key, in any spelling."""
    found: set[bytes] = set()
    for part in ("keys", "data"):
        for path in (server.folder / part).rglob("*"):
            if not path.is_file() or path.stat().st_size > 4_096:
                continue
            content = path.read_bytes()
            found |= {content[at : at + KEY_BYTES] for at in range(max(0, len(content) - KEY_BYTES + 1))}
            found |= {bytes.fromhex(word.decode()) for word in re.findall(rb"[0-9a-f]{64}", content)}
    return found


def matches(server: Server, people: list[Person], keys: set[bytes]) -> list[str]:
    """Return whose address the thief finds: by tag under any key as pepper, or by mail cap under any as server key."""
    tags = {bytes(value) for value in columns(server, "signing_signature", "tag")}
    tags |= {bytes(value) for value in columns(server, "signing_pendingsignature", "tag")}
    caps = set(columns(server, "outbox_mailcap", "address"))
    found = []
    for one in people:
        folded = addresses.parse(one.address)
        assert folded is not None
        for key in keys:
            if address_tag(key, SLUG, folded.folded) in tags:
                found.append(f"tag of {one.address}")
            if hmac.digest(sub(key, "mail cap"), folded.folded.encode(), "sha256") in caps:
                found.append(f"cap of {one.address}")
    return found


def letters_opened(server: Server, keys: set[bytes], campaign: int) -> int:
    """Return how many of the first waiting letters open under any key found: all were sealed under one."""
    opened = 0
    for letter in columns(server, "outbox_letter", "sealed")[:3]:
        for key in keys:
            try:
                Box(key).open(f"letter/confirm/{campaign}".encode(), letter)
            except BoxBrokenError:
                continue
            opened += 1
    return opened


def test_the_disk_of_the_switched_off_machine_names_nobody_and_tests_nobody(
    sealed_server: Server, mailbox: Mailbox
) -> None:
    visitor = Visitor(sealed_server)
    if "sealed" in visitor.get("/readyz").text:
        unseal(sealed_server)
    people = [person(20), person(21, OTTO)]
    for one in people:
        assert visitor.sign(one).status == 303
        visitor.confirm(link_in(mailbox.wait_for(one.address), "c"))
    sealed_server.kill()

    keys = keys_on(sealed_server)
    assert len(keys) > 100
    assert matches(sealed_server, people, keys) == []
    for content in disk(sealed_server):
        assert [one.address for one in people if one.address.encode() in content] == []
    # The same thief with Sam's passphrase finds them, so the search above does look in the right places.
    folder = sealed_server.folder / "keys"
    root = Box(sealed.root_key(folder, passphrase=SAMS))
    opened = {
        root.open(b"key/" + path.relative_to(folder / "sealed" / "keys").as_posix().encode(), path.read_bytes())
        for path in (folder / "sealed" / "keys").rglob("*.key")
    }
    assert sorted(matches(sealed_server, people, opened)) == sorted(
        f"{what} of {one.address}" for one in people for what in ("cap", "tag")
    )
    sealed_server.start()


@pytest.mark.any_database
def test_a_server_starts_only_in_the_mode_of_its_keys(sealed_server: Server) -> None:
    sealed_server.stop()
    for options, words in (((), "start with 'tocsin serve --sealed'"), (("--sealed", "--role", "web"), "one machine")):
        done = subprocess.run(
            [TOCSIN, "serve", "--port", str(sealed_server.port), *options],
            env=sealed_server.environ,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 1
        assert words in done.stderr
    leftover = sealed_server.folder / "keys" / "pepper" / "99.key"
    leftover.parent.mkdir(exist_ok=True)
    leftover.write_bytes(b"p" * 32)
    done = subprocess.run(
        [TOCSIN, "serve", "--sealed", "--port", str(sealed_server.port)],
        env=sealed_server.environ,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert (done.returncode, "left half sealed" in done.stderr) == (1, True)
    sealed_server.tocsin("seal", "--operator", "sam", "--passphrase-file", sealed_server.secret(SAMS))
    assert not leftover.exists()
    sealed_server.start()


PEOPLE = 100


def test_mails_that_waited_when_the_power_went_can_be_read_by_nobody_and_a_keyholder_has_them_made_anew(
    make_server: Callable[..., Server], tmp_path: Path, mailbox: Mailbox
) -> None:
    server = make_server(tmp_path, TOCSIN_SECOND_STEP_SECONDS="0")
    server.stop()
    server.tocsin("seal", "--operator", "sam", "--passphrase-file", server.secret(SAMS))
    server.options = ("--sealed", "--passphrase-file", str(server.folder / "noor" / "sam.txt"))
    (server.folder / "noor" / "sam.txt").write_text(SAMS)
    mail_url = server.environ["TOCSIN_MAIL_URL"]
    server.environ["TOCSIN_MAIL_URL"] = "smtp://127.0.0.1:1"  # nobody listens there: mail waits
    server.start()
    visitor = Visitor(server)
    wait_until_it_takes(server)
    people = [person(number, Person("Maya Lindqvist", "lost@example.org", "SE", "")) for number in range(PEOPLE)]
    form = visitor.form(people[0])
    for one in people:
        step = visitor.ask("POST", f"/en/{SLUG}/sign", form | {"email": one.address})
        assert visitor.ask("POST", f"/en/{SLUG}/sign", {"held": step.hidden("held")}).status == 303
    server.kill()

    assert len(columns(server, "outbox_letter", "sealed")) == PEOPLE
    folder = server.folder / "keys"
    sams = Box(sealed.root_key(folder, passphrase=SAMS))  # also with Sam's passphrase nobody reads them
    keys = {
        sams.open(b"key/" + path.relative_to(folder / "sealed" / "keys").as_posix().encode(), path.read_bytes())
        for path in (folder / "sealed" / "keys").rglob("*.key")
    }
    assert letters_opened(server, keys | keys_on(server), campaign=1) == 0

    server.environ["TOCSIN_MAIL_URL"] = mail_url
    server.start()
    assert server.tocsin("resend", SLUG, "--passphrase-file", server.secret(PASSPHRASE)).startswith("Every lost mail")
    for one in people:
        mailbox.wait_for(one.address)
    assert [len(mailbox.letters(one.address)) for one in people] == [1] * PEOPLE
    for one in people[:2]:
        assert "Thank you. You have signed." in visitor.confirm(link_in(mailbox.wait_for(one.address), "c")).text
    assert visitor.wait_for_count(2) == 2
    server.stop()


@pytest.mark.any_database
def test_a_sealed_servers_log_exchanges_its_key_and_can_be_followed_by_another(
    make_server: Callable[..., Server], tmp_path: Path, mailbox: Mailbox
) -> None:
    server = make_server(tmp_path, TOCSIN_SECOND_STEP_SECONDS="0")
    server.stop()
    server.tocsin("seal", "--operator", "sam", "--passphrase-file", server.secret(SAMS))
    (server.folder / "noor" / "sam.txt").write_text(SAMS)
    server.options = ("--sealed", "--passphrase-file", str(server.folder / "noor" / "sam.txt"))
    server.start()
    visitor = Visitor(server)
    wait_until_it_takes(server)
    sign_and_count(visitor, mailbox, person(30), 1)
    log_key = server.folder / "keys" / "log.key"
    first = server.tocsin("tally", "key")

    server.tocsin("tally", "rotate")
    both = server.tocsin("tally", "key")
    assert both.startswith(first)
    sign_and_count(visitor, mailbox, person(31), 2)
    wait_until(lambda: visitor.get("/tally/vkey").text == both)
    server.tocsin("tally", "rotate", "--finish")
    assert not log_key.exists()
    assert server.tocsin("tally", "key") == both.removeprefix(first)

    server.stop()
    ended = (server.folder / "keys" / "log.2.key").read_bytes()
    server.environ["TOCSIN_LOG_ORIGIN"] = "sign.example.org/tally/2"
    assert "Its keys are destroyed" in server.tocsin("tally", "succeed")
    assert [path for path in (server.folder / "keys").rglob("*.key") if path.read_bytes() == ended] == []
    server.start()
    wait_until_it_takes(server)
    sign_and_count(visitor, mailbox, person(32), 3)
    assert visitor.get("/tally/vkey").text == server.tocsin("tally", "key")
    server.stop()


def sign_and_count(visitor: Visitor, mailbox: Mailbox, who: Person, number: int) -> None:
    """Sign, confirm, and wait for the number, whose checkpoint a key of the log has signed."""
    assert visitor.sign(who).status == 303
    visitor.confirm(link_in(mailbox.wait_for(who.address), "c"))
    assert visitor.wait_for_count(number) == number
