"""`tocsin audit` of a log that follows another: believed only when the old log is in it."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.audit.conftest import Audit, signatures, small_log
from tests.running import log_site
from tests.running.log_site import LogSite
from tests.tlog.logs import LOG, ORIGIN, merkle_tree_hash
from tocsin.cli.audit.keeping import Kept
from tocsin.tlog import entry
from tocsin.tlog.keys import LogSigner
from tocsin.tlog.succession import MOST_LOGS, taken_over

AGREES, WRONG = 0, 3
NEXT = LogSigner("log.example.org/tally/2", bytes(range(100, 132)))
THIRD = LogSigner("log.example.org/tally/3", bytes(range(110, 142)))


def succeed(site: LogSite, *, signer: LogSigner = NEXT, entries: list[bytes] | None = None) -> None:
    """Put a log that follows the site's in its place; `entries` are what it says were taken over."""
    old, origin = site.entries, site.signers[0].name
    first = entry.successor(origin, len(old), merkle_tree_hash(old))
    shutil.rmtree(site.folder / "tally")
    site.entries, site.signers = [], [signer]
    site.grow([first, *(map(taken_over, old) if entries is None else entries)])


def test_who_saw_the_old_log_follows_to_the_new_one_and_is_told(audit: Audit, site: LogSite) -> None:
    audit()
    succeed(site)
    site.grow(signatures("rivers", 3000, 3100))
    done = audit("--json")

    assert (done.code, done.json["wrongs"]) == (AGREES, [])
    (followed,) = done.json["follows"]
    assert (followed["origin"], followed["size"], followed["is_whole"]) == (ORIGIN, 605, True)
    assert (done.json["remembered_size"], done.json["size"]) == (605, 706)
    assert (done.json["origin"], done.json["is_first_use"]) == (NEXT.name, True)
    # From then on the new log is the known one.
    again = audit()
    assert f"follows     {ORIGIN}, which ended at 605 entries, all of which are in this one" in again.printed
    assert (again.code, "first seen now" in again.printed) == (AGREES, False)


def test_who_comes_new_is_told_as_well(audit: Audit, site: LogSite) -> None:
    succeed(site)
    assert "all of which are in this one" in audit().printed


def test_a_checkpoint_of_the_old_log_from_elsewhere_is_compared(audit: Audit, site: LogSite, tmp_path: Path) -> None:
    audit()
    (tmp_path / "theirs").write_text(site.note)
    succeed(site)
    done = audit("--json", "--compare", tmp_path / "theirs")
    assert (done.code, done.json["wrongs"]) == (AGREES, [])


@pytest.mark.parametrize("spoiled", [0, 300, 604])
def test_one_entry_that_was_exchanged_on_the_way_is_found(audit: Audit, site: LogSite, spoiled: int) -> None:
    audit()
    over = [taken_over(one) for one in small_log()]
    over[spoiled] = entry.sign("rivers", b"?" * 32)
    succeed(site, entries=over)
    done = audit("--json")
    assert done.code == WRONG
    assert "lacks or changes some of its 605 entries" in done.json["wrongs"][0]
    # And so it stays: the old log is what is remembered.
    assert audit().code == WRONG


def test_who_comes_new_to_a_log_that_lost_entries_is_told_so(audit: Audit, site: LogSite) -> None:
    over = [taken_over(one) for one in small_log()][:500]
    succeed(site, entries=over)
    done = audit()
    assert done.code == WRONG
    assert f"{ORIGIN}, which ended at 605 entries, NOT all of which are in this one" in done.printed
    assert f"this log follows {ORIGIN}, and does not hold the 605 entries" in done.printed


def test_another_log_that_names_none_is_refused(audit: Audit, site: LogSite) -> None:
    audit()
    entries = site.entries
    shutil.rmtree(site.folder / "tally")
    site.entries, site.signers = [], [NEXT]
    site.grow(entries)
    done = audit("--json")
    assert done.code == WRONG
    assert "does not say that it follows that" in done.json["wrongs"][0]


def test_a_new_key_under_the_old_name_is_no_successor(audit: Audit, site: LogSite) -> None:
    audit()
    succeed(site, signer=LogSigner(ORIGIN, bytes(range(100, 132))))
    assert audit().code == WRONG


def test_who_slept_through_one_succession_follows_two(audit: Audit, site: LogSite) -> None:
    audit()
    succeed(site)
    site.grow(signatures("rivers", 3000, 3100))
    succeed(site, signer=THIRD)
    done = audit("--json")
    assert (done.code, done.json["wrongs"]) == (AGREES, [])
    assert [(one["origin"], one["size"], one["is_whole"]) for one in done.json["follows"]] == [
        (NEXT.name, 706, True),
        (LOG.name, 605, True),
    ]


@pytest.mark.parametrize("state", ["knows the old one", "is new"])
def test_the_log_is_fetched_once_however_many_it_says_that_it_follows(
    state: str, audit: Audit, site: LogSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit(state="knows the old one")
    names = [entry.successor(f"o{number}.example", 500, bytes(32)) for number in range(MOST_LOGS + 1)]
    succeed(site, entries=[*names, *map(taken_over, small_log())])
    asked: Counter[str] = Counter()
    monkeypatch.setattr(log_site._Quiet, "log_request", lambda visit, *_: asked.update([visit.path]))  # noqa: SLF001  whoever counts visits
    assert audit(state=state).code == WRONG
    assert asked["/tally/tile/entries/000"] == 1
    assert {path: times for path, times in asked.items() if "/tile/entries/" in path and times > 1} == {}


class DiedError(Exception):
    """What kill -9 does, as far as this process can."""


@pytest.mark.parametrize("dies_at", ["pin", "remember"])
def test_an_audit_that_died_while_it_followed_is_made_up_for_by_the_next(
    dies_at: str, audit: Audit, site: LogSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise DiedError

    audit()
    succeed(site)
    with monkeypatch.context() as patch:
        patch.setattr(Kept, dies_at, die)
        with pytest.raises(DiedError):
            audit()
    done = audit("--json")
    assert (done.code, done.json["wrongs"]) == (AGREES, [])
    assert (audit().code, site.signers) == (AGREES, [NEXT])
