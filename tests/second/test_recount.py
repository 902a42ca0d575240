"""A second implementation, in another language and from the specification alone, recounts as ours does."""

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import node
from tests.running.log_site import LogSite, served
from tests.tlog.logs import GOLDEN, LOG
from tocsin.cli.commands import main
from tocsin.tlog import entry
from tocsin.tlog.entry import Reason
from tocsin.tlog.recount import recount

RECOUNT = Path(__file__).parent / "recount.mjs"
SIZE = 100_000
CAMPAIGNS = ("rivers", "night-trains", "وحدة")
READ, REFUSED = "read", "refused"
AGREES, WRONG = 0, 3


def long_log(size: int) -> list[bytes]:
    """Return a log of three campaigns, a twentieth of it withdrawals, the same each time."""
    chance = random.Random(20)
    log = [entry.text_version(name, name.encode().ljust(32)) for name in CAMPAIGNS]
    log += [entry.sealing_key(name, name.encode().ljust(32)) for name in CAMPAIGNS]
    live: list[tuple[str, int]] = []
    while len(log) < size:
        if live and chance.random() < 0.05:
            place = chance.randrange(len(live))
            live[place], live[-1] = live[-1], live[place]
            name, index = live.pop()
            log.append(entry.withdraw(name, index, chance.choice(list(Reason))))
        else:
            name = chance.choice(CAMPAIGNS)
            live.append((name, len(log)))
            log.append(entry.sign(name, hashlib.sha256(len(log).to_bytes(4, "big")).digest()))
    return log


def faulty_log() -> list[bytes]:
    """Return a log in which every rule is broken at least once."""
    signs = [entry.sign("a", bytes([number]) * 32) for number in range(4)]
    successor = entry.successor("log.example.org/old", 9, bytes(32))
    withdrawals = [("a", 9), ("a", 11), ("a", 99), ("b", 2), ("a", 0), ("a", 3), ("a", 3), ("a", 2**64 - 1)]
    odd = [b"", b"\x01", b"\x02" + signs[0][1:], signs[0][:-1], signs[0] + b"x", b"\x01\x09" + signs[0][2:]]
    odd += [entry.withdraw("a", 4, Reason.STRUCK)[:-1] + b"\x04", entry.sign("two words", bytes(32))]
    odd += [b"\x01\x01\x00\x01\xff" + bytes(32), b"\x01\x01\x00\x00" + bytes(32)]
    earlier = entry.successor("log.example.org/older", 3, bytes(32))
    gone = [entry.withdraw(name, at, Reason.STRUCK) for name, at in withdrawals]
    return [successor, earlier, *signs, *gone, *odd, successor]


def theirs(site: LogSite) -> Any:
    return node.run(RECOUNT, site.folder, LOG.verifier.vkey)


def ours(entries: list[bytes]) -> Any:
    result = recount(entries)
    figures = {
        name: {"signs": tally.signs, "withdrawals": tally.withdrawals, "count": tally.count}
        for name, tally in result.campaigns.items()
    }
    return {"campaigns": figures, "faults": [[fault.index, str(fault.fault)] for fault in result.faults]}


@pytest.fixture(scope="module")
def log() -> list[bytes]:
    return long_log(SIZE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, log: list[bytes]) -> LogSite:
    return LogSite(tmp_path_factory.mktemp("site"), log)


@pytest.fixture(scope="module")
def url(site: LogSite) -> Iterator[str]:
    with served(site.folder) as address:
        yield address


def test_both_say_the_same_of_a_hundred_thousand_entries(
    site: LogSite, log: list[bytes], url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = theirs(site)
    code = main(["audit", url, "--state", str(tmp_path), "--json"])
    report = json.loads(capsys.readouterr().out)

    assert (code, found["verdict"], found["size"], report["size"]) == (0, READ, SIZE, SIZE)
    assert {key: found[key] for key in ("campaigns", "faults")} == ours(log)
    assert {
        row["campaign"]: {key: row[key] for key in ("signs", "withdrawals", "count")} for row in report["campaigns"]
    } == found["campaigns"]
    for name in CAMPAIGNS:
        stated = json.loads((site.folder / name / "count.json").read_text())
        assert {key: stated[key] for key in ("signs", "withdrawals", "count")} == found["campaigns"][name]
    assert sum(figures["withdrawals"] for figures in found["campaigns"].values()) > SIZE // 25


def both(site: LogSite, url: str, state: Path) -> tuple[str, int]:
    """Return how the two end."""
    return theirs(site)["verdict"], main(["audit", url, "--state", str(state), "--vkey", LOG.verifier.vkey])


def _root(site: LogSite) -> None:
    site.sign(bytes(32))


def _size(site: LogSite) -> None:
    site.write("tally/checkpoint", site.note.replace("\n700\n", "\n699\n").encode())


def _flip(path: str) -> Callable[[LogSite], None]:
    return lambda site: site.flip(f"tally/tile/{path}", 8 * 5 + 2)


@pytest.mark.parametrize(
    "spoil",
    [_root, _size, *map(_flip, ["entries/000", "entries/002.p/188", "0/001", "0/002.p/188", "1/000.p/2"])],
    ids=["root", "size", "bundle", "part of a bundle", "tile", "part of a tile", "upper tile"],
)
def test_both_refuse_a_log_that_is_not_what_was_signed(
    tmp_path: Path, log: list[bytes], spoil: Callable[[LogSite], None]
) -> None:
    site = LogSite(tmp_path / "site", log[:700])
    with served(site.folder) as address:
        assert both(site, address, tmp_path / "before") == (READ, AGREES)
        spoil(site)
        assert both(site, address, tmp_path / "after") == (REFUSED, WRONG)


def test_both_refuse_a_flipped_bit_at_the_top_of_a_large_log(site: LogSite, url: str, tmp_path: Path) -> None:
    site.flip("tally/tile/2/000.p/1")
    try:
        assert both(site, url, tmp_path) == (REFUSED, WRONG)
    finally:
        site.flip("tally/tile/2/000.p/1")


def test_both_name_every_fault_of_a_log_alike(tmp_path: Path) -> None:
    log = faulty_log()
    found = theirs(LogSite(tmp_path, log))

    assert {key: found[key] for key in ("campaigns", "faults")} == ours(log)
    assert {fault for _, fault in found["faults"]} == {
        "malformed",
        "withdraws-later",
        "withdraws-beyond-size",
        "withdraws-no-signature",
        "withdraws-other-campaign",
        "withdraws-twice",
        "successor-not-first",
    }


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257])
def test_both_read_a_log_of_any_size(tmp_path: Path, size: int) -> None:
    site = LogSite(tmp_path, long_log(300)[:size])
    found = theirs(site)

    assert (found["verdict"], found["size"]) == (READ, size)
    assert {key: found[key] for key in ("campaigns", "faults")} == ours(site.entries)


def test_the_second_one_reads_the_golden_log(tmp_path: Path) -> None:
    found = theirs(LogSite(tmp_path, [bytes.fromhex(one) for one in GOLDEN["entries"]]))

    assert (found["campaigns"], found["faults"]) == (GOLDEN["counts"], [])
