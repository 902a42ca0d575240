"""A running server, checked by somebody who has nothing but its address: number, receipt, keys, witness."""

import json
import secrets
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import cast
from tests.cast import Person
from tests.running import node
from tests.running.mailbox import Mailbox, link_in
from tests.running.ports import free_port
from tests.running.server import SLUG, TOCSIN, Server
from tests.running.visitor import Visitor

RECOUNT = Path(__file__).parents[1] / "second" / "recount.mjs"
AGREES, WRONG = 0, 3
PATIENCE = 60.0
# People of this file alone: all servers of a test run write to one mailbox.
SIGNED = tuple(replace(one, address=f"outside.{one.address}") for one in (cast.MAYA, cast.OTTO, cast.RUI))
MAYA, OTTO, RUI = SIGNED


@pytest.fixture(scope="module")
def server(make_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    return make_server(tmp_path_factory.mktemp("checked"))


@pytest.fixture(scope="module")
def maya_s_link(server: Server, mailbox: Mailbox) -> str:
    """Let three people sign, and one of them withdraw; return Maya's link."""
    visitor = Visitor(server)
    links = []
    for person in SIGNED:
        visitor.sign(person)
        mail = mailbox.wait_for(person.address)
        links.append(link_in(mail, "c"))
        visitor.confirm(links[-1])
    assert visitor.wait_for_count(3) == 3
    visitor.ask("POST", f"{link_in(mailbox.wait_for(RUI.address), 'm')}/withdraw", {"sure": "yes"})
    assert visitor.wait_for_count(2) == 2
    return links[0]


def run(*arguments: str | Path) -> tuple[int, str]:
    """Run a command as somebody elsewhere does: without the server's settings."""
    done = subprocess.run([TOCSIN, *arguments], capture_output=True, text=True, check=False, env={"PATH": ""})
    return done.returncode, done.stdout + done.stderr


def audit(server: Server, state: Path, *options: str | Path) -> tuple[int, Any]:
    code, said = run("audit", server.url, "--state", state, "--json", *options)
    return code, json.loads(said)


def test_two_programs_recount_what_count_json_says(server: Server, maya_s_link: str, tmp_path: Path) -> None:
    stated = Visitor(server).settled()
    code, report = audit(server, tmp_path)
    second = node.run(RECOUNT, server.folder / "data", Visitor(server).get("/tally/vkey").text.strip())

    (row,) = report["campaigns"]
    figures = {key: row[key] for key in ("signs", "withdrawals", "count")}
    assert (code, report["wrongs"], report["notes"], row["campaign"]) == (AGREES, [], [], SLUG)
    assert figures == {"signs": stated["signs"], "withdrawals": stated["withdrawals"], "count": stated["count"]}
    assert (second["campaigns"], second["faults"]) == ({SLUG: figures}, [])
    assert (figures["signs"] >= len(SIGNED), figures["withdrawals"]) == (True, 1)
    assert report["size"] == second["size"] == stated["size"]
    assert row["stated"]["key"] == row["keys"][-1]["fingerprint"]


def test_a_receipt_from_the_server_is_proven_at_home(server: Server, maya_s_link: str, tmp_path: Path) -> None:
    file = tmp_path / "maya.tlog-proof"
    file.write_bytes(Visitor(server).get(f"{maya_s_link}/receipt").body)
    link = f"{server.url}{maya_s_link}"
    vkey = Visitor(server).get("/tally/vkey").text.strip()

    right = run("verify", file, "--email", MAYA.address, "--link", link, "--vkey", vkey)
    wrong = run("verify", file, "--email", OTTO.address, "--link", link, "--vkey", vkey)

    assert (right[0], "PROVEN: this address signed that text" in right[1]) == (AGREES, True)
    assert (wrong[0], "(not-this-signature)" in wrong[1]) == (WRONG, True)


def test_a_sealing_key_that_was_exchanged_in_the_database_is_found_by_the_next_audit(
    server: Server, maya_s_link: str, tmp_path: Path
) -> None:
    _, before = audit(server, tmp_path)
    ours = before["campaigns"][0]["keys"][-1]["fingerprint"]
    assert audit(server, tmp_path, "--key", f"{SLUG}={ours}")[0] == AGREES

    old = swap_public_key(server, secrets.token_bytes(1216))
    try:
        code, report = _until(
            lambda: audit(server, tmp_path, "--key", f"{SLUG}={ours}"), lambda found: found[0] == WRONG
        )
    finally:
        swap_public_key(server, old)

    assert code == WRONG
    assert any("and the log does not name it last" in wrong for wrong in report["wrongs"])
    assert any(f"yours is {ours}" in wrong for wrong in report["wrongs"])
    assert _until(lambda: audit(server, tmp_path), lambda found: found[0] == AGREES)[0] == AGREES


@pytest.mark.any_database
def test_a_witness_that_comes_late_goes_away_and_comes_back(
    server: Server, maya_s_link: str, mailbox: Mailbox, newcomer: Callable[..., Person], tmp_path: Path
) -> None:
    visitor, port = Visitor(server), free_port()
    log = visitor.get("/tally/vkey").text.strip()
    with witness(tmp_path / "w", port, log) as vkey:
        server.stop()
        server.environ["TOCSIN_WITNESSES"] = f"{vkey} http://127.0.0.1:{port}"
        server.start()
        size = wait_until_witnessed(server, tmp_path, vkey)
    # The witness is gone: signing and counting go on, and nobody vouches for what is new.
    person = newcomer()
    before = visitor.settled()["count"]
    visitor.sign(person)
    visitor.confirm(link_in(mailbox.wait_for(person.address), "c"))
    assert visitor.wait_for_count(before + 1) == before + 1
    code, report = audit(server, tmp_path / "state", "--witness", vkey)
    assert (code, report["cosigned"], report["size"] > size) == (AGREES, [], True)

    with witness(tmp_path / "w", port, log) as again:
        assert again == vkey
        assert wait_until_witnessed(server, tmp_path, vkey) == report["size"]


@contextmanager
def witness(folder: Path, port: int, log: str) -> Iterator[str]:
    """Run a friend's witness; give its key."""
    command: list[str | Path] = [TOCSIN, "witness", "--name", "witness.example.net", "--state", folder]
    command += ["--log", log, "--listen", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def wait_until_witnessed(server: Server, folder: Path, vkey: str) -> int:
    """Return the size that the witness vouches for, once it does for the newest checkpoint."""
    code, report = _until(
        lambda: audit(server, folder / "state", "--witness", vkey), lambda found: bool(found[1]["cosigned"])
    )
    assert (code, [one["witness"] for one in report["cosigned"]]) == (AGREES, ["witness.example.net"])
    size: int = report["size"]
    return size


def _until(ask: Callable[[], tuple[int, Any]], is_there: Callable[[tuple[int, Any]], bool]) -> tuple[int, Any]:
    """Return the first answer that is as wanted, or the last one when patience ends."""
    deadline = time.monotonic() + PATIENCE
    while not is_there(found := ask()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


def swap_public_key(server: Server, public: bytes) -> bytes:
    """Put another public key into the database, as somebody with access to it can; return the one before."""
    if url := server.environ["DATABASE_URL"]:
        with psycopg.connect(url) as database:
            (old,) = database.execute("SELECT public FROM vault_campaignkey").fetchone() or (b"",)
            database.execute("UPDATE vault_campaignkey SET public = %s", [public])
        return bytes(old)
    with sqlite3.connect(server.folder / "data" / "tocsin.sqlite3", timeout=30) as file:
        (old,) = file.execute("SELECT public FROM vault_campaignkey").fetchone()
        file.execute("UPDATE vault_campaignkey SET public = ?", [public])
    file.close()
    return bytes(old)
