"""A server that shows two histories: the audit prints both checkpoints, keeps them, and fails."""

from pathlib import Path

import pytest

from tests.cli.audit.conftest import Audit, signatures
from tests.running.log_site import LogSite, served

FORKED, AGREES, NOT_CHECKED, WRONG = 4, 0, 1, 3


@pytest.fixture
def forked(site: LogSite, tmp_path: Path) -> LogSite:
    """Return the same log with one other signature in it."""
    return LogSite(tmp_path / "forked", [*site.entries[:300], *signatures("rivers", 77, 78), *site.entries[301:]])


def show_instead(site: LogSite, other: LogSite) -> None:
    for file in other.folder.rglob("*"):
        if file.is_file():
            site.write(str(file.relative_to(other.folder)), file.read_bytes())


@pytest.mark.parametrize("more", [0, 1, 300])
def test_a_log_that_was_another_at_the_last_audit_is_a_fork(
    audit: Audit, site: LogSite, forked: LogSite, tmp_path: Path, more: int
) -> None:
    audit()
    forked.grow(signatures("rivers", 5000, 5000 + more))
    show_instead(site, forked)
    done = audit("--json")

    assert (done.code, done.json["outcome"]) == (FORKED, "forked")
    assert done.json["fork"] == [site.note, forked.note]
    kept = {file.read_text() for file in (tmp_path / "state").rglob("*-*") if file.is_file()}
    assert kept == {site.note, forked.note}


def test_a_fork_is_not_forgotten_by_the_next_audit(audit: Audit, site: LogSite, forked: LogSite) -> None:
    audit()
    show_instead(site, forked)

    assert [audit().code, audit().code] == [FORKED, FORKED]


@pytest.mark.parametrize("more", [0, 1, 300])
def test_another_s_checkpoint_of_another_history_is_a_fork(
    audit: Audit, site: LogSite, forked: LogSite, more: int
) -> None:
    site.grow(signatures("rivers", 5000, 5000 + more))
    with served(forked.folder) as elsewhere:
        done = audit("--compare", f"{elsewhere}/tally/checkpoint")

    assert done.code == FORKED
    assert "THE LOG HAS FORKED: its first 605 entries are not those" in done.printed
    assert site.note in done.printed
    assert forked.note in done.printed


def test_another_s_checkpoint_of_the_same_history_agrees(audit: Audit, site: LogSite, tmp_path: Path) -> None:
    file = tmp_path / "theirs"
    file.write_text(site.note)
    site.grow(signatures("rivers", 5000, 5300))
    done = audit("--compare", file)

    assert (done.code, f"agrees with the 605 entries at {file}" in done.printed) == (AGREES, True)


def test_a_log_that_shrank_is_an_alarm_with_both_checkpoints(audit: Audit, site: LogSite, tmp_path: Path) -> None:
    audit()
    shorter = LogSite(tmp_path / "shorter", site.entries[:600])
    show_instead(site, shorter)
    done = audit()

    assert (done.code, "it went back" in done.printed) == (FORKED, True)
    assert site.note in done.printed
    assert shorter.note in done.printed


def test_what_is_compared_must_be_signed_by_the_log(audit: Audit, site: LogSite, tmp_path: Path) -> None:
    file = tmp_path / "theirs"
    file.write_text(site.note.replace("605", "604"))
    assert (audit("--compare", file).code, audit("--compare", tmp_path / "nothing").code) == (WRONG, NOT_CHECKED)
    file.write_bytes(b"\xff\x00 garbage")
    assert audit("--compare", file).code == NOT_CHECKED
