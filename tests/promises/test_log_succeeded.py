"""A server that lost its log's key begins a new log: nothing is lost with it, and everybody outside can see so."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests import cast
from tests.running import node
from tests.running.mailbox import Mailbox, link_in
from tests.running.server import SLUG, TOCSIN, Server
from tests.running.visitor import Visitor

RECOUNT = Path(__file__).parents[1] / "second" / "recount.mjs"
AGREES, WRONG = 0, 3
MAYA, OTTO, RUI = (replace(one, address=f"succeeded.{one.address}") for one in (cast.MAYA, cast.OTTO, cast.RUI))


def outside(*arguments: str | Path) -> tuple[int, str]:
    """Run a command as somebody elsewhere does: without the server's settings."""
    done = subprocess.run([TOCSIN, *arguments], capture_output=True, text=True, check=False, env={"PATH": ""})
    return done.returncode, done.stdout + done.stderr


def audit(server: Server, state: Path) -> tuple[int, Any]:
    code, said = outside("audit", server.url, "--state", state, "--json")
    return code, json.loads(said)


def test_the_whole_way(make_server: Callable[..., Server], mailbox: Mailbox, tmp_path: Path) -> None:
    server = make_server(tmp_path / "server")
    visitor, links = Visitor(server), []
    for person in (MAYA, OTTO):
        visitor.sign(person)
        links.append(link_in(mailbox.wait_for(person.address), "c"))
        visitor.confirm(links[-1])
    assert visitor.wait_for_count(2) == 2
    visitor.ask("POST", f"{link_in(mailbox.wait_for(OTTO.address), 'm')}/withdraw", {"sure": "yes"})
    assert visitor.wait_for_count(1) == 1
    before = visitor.settled()
    old_vkey = visitor.get("/tally/vkey").text.strip()
    old_note = visitor.get("/tally/checkpoint").text
    (tmp_path / "old.tlog-proof").write_bytes(visitor.get(f"{links[0]}/receipt").body)
    assert audit(server, tmp_path / "state")[0] == AGREES

    # The key is lost. A server that makes itself another one is believed by nobody, and signs nothing.
    server.stop()
    for seed in (server.folder / "keys").glob("log*.key"):
        seed.unlink()
    origin = old_vkey.partition("+")[0]
    server.environ["TOCSIN_LOG_ORIGIN"] = f"{origin}/2"
    said = server.tocsin("tally", "succeed")
    assert f"{origin} ended at {before['size']} entries. {origin}/2 follows it, with {before['size'] + 1}." in said
    server.start()

    # Who signs now is counted behind all that was there.
    visitor.sign(RUI)
    visitor.confirm(link_in(mailbox.wait_for(RUI.address), "c"))
    assert visitor.wait_for_count(2) == 2
    after = visitor.settled()
    assert (after["signs"], after["withdrawals"], after["size"]) == (3, 1, before["size"] + 2)

    # Who had audited follows, and a second program that knows the specification alone agrees.
    code, report = audit(server, tmp_path / "state")
    assert (code, report["wrongs"], report["remembered_size"]) == (AGREES, [], before["size"])
    (followed,) = report["follows"]
    assert (followed["origin"], followed["size"], followed["is_whole"]) == (origin, before["size"], True)
    vkey = visitor.get("/tally/vkey").text.strip()
    second = node.run(RECOUNT, server.folder / "data", vkey)
    assert (second["campaigns"][SLUG]["count"], second["faults"]) == (2, [])

    # The old log lies where it can be read: an old receipt is checked with its key, and the link gives a new one.
    assert visitor.get("/tally/before/1/checkpoint").text == old_note
    assert visitor.get("/tally/before/1/vkey").text.strip() == old_vkey
    assert visitor.get("/tally/before/2/checkpoint").status == 404
    assert visitor.get("/tally/before/1/../../last-checkpoint").status in {400, 404}
    link = f"{server.url}{links[0]}"
    (tmp_path / "new.tlog-proof").write_bytes(visitor.get(f"{links[0]}/receipt").body)
    for name, key in (("old", visitor.get("/tally/before/1/vkey").text.strip()), ("new", vkey)):
        done = outside(
            "verify", tmp_path / f"{name}.tlog-proof", "--email", MAYA.address, "--link", link, "--vkey", key
        )
        assert (done[0], "PROVEN: this address signed that text" in done[1]) == (AGREES, True), name
    page = visitor.get(f"/en/{SLUG}/numbers/").text
    assert "The log before this one" in page
    assert origin in page
    assert "A receipt from that time goes on proving" in page

    # And the signature from before can be withdrawn after.
    visitor.ask("POST", f"{link_in(mailbox.wait_for(MAYA.address), 'm')}/withdraw", {"sure": "yes"})
    assert visitor.wait_for_count(1) == 1
    visitor.settled()
    assert audit(server, tmp_path / "state")[0] == AGREES
