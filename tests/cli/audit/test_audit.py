"""`tocsin audit`: what agrees, what is wrong with a log, its tiles, its figures and its keys, and how it says so."""

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cli.audit.conftest import KEY, Audit, signatures
from tests.running.log_site import LogSite
from tests.tlog.logs import LOG, NEXT_LOG_KEY, WITNESS
from tocsin.cli.audit import rebuild, work
from tocsin.tlog import entry, note
from tocsin.tlog.entry import Reason
from tocsin.tlog.keys import LogSigner
from tocsin.vault.laptop import PublicFile, write_public_file

TOCSIN = Path(sys.executable).parent / "tocsin"
AGREES, NOT_CHECKED, WRONG, FORKED = 0, 1, 3, 4


def test_a_right_log_is_recounted_campaign_by_campaign(audit: Audit) -> None:
    done = audit("--json")

    assert (done.code, done.json["outcome"], done.json["wrongs"], done.json["size"]) == (AGREES, "agrees", [], 605)
    assert [(row["campaign"], row["signs"], row["withdrawals"], row["count"]) for row in done.json["campaigns"]] == [
        ("rivers", 500, 2, 498),
        ("trains", 100, 1, 99),
    ]
    assert done.json["campaigns"][0]["reasons"] == {"signatory": 1, "duplicate": 0, "struck": 1}
    assert done.json["campaigns"][0]["keys"] == [{"index": 1, "fingerprint": KEY.hex()}]


def test_a_person_reads_the_same_in_lines(audit: Audit) -> None:
    done = audit()

    assert "rivers            500            2          498  498 of 605 entries" in done.printed
    assert "withdrawn: 1 by signatories, 1 struck by organisers" in done.printed
    assert "first seen now" in done.printed
    assert done.printed.endswith("Everything agrees.\n")


def test_the_second_audit_demands_that_the_log_has_only_grown(audit: Audit, site: LogSite) -> None:
    audit()
    site.grow(signatures("rivers", 2000, 2300))
    done = audit("--json")

    assert (done.code, done.json["remembered_size"], done.json["size"]) == (AGREES, 605, 905)
    assert not done.json["is_first_use"]


def test_it_needs_neither_django_nor_a_database(url: str, tmp_path: Path) -> None:
    program = (
        "import sys; from tocsin.cli.commands import main; code = main(sys.argv[1:]);"
        "print([name for name in sys.modules if name.startswith(('django.db', 'django.apps', 'psycopg', 'sqlite3'))]);"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "audit", url],
        env={"PATH": os.environ["PATH"], "XDG_STATE_HOME": str(tmp_path / "xdg"), "HOME": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (AGREES, "[]", "")
    assert len(list((tmp_path / "xdg" / "tocsin" / "audit").glob("*/checkpoint"))) == 1


@pytest.mark.parametrize("path", ["", "/", "/tally", "/tally/"])
def test_the_address_may_be_the_site_s_or_the_log_s(audit: Audit, url: str, path: str) -> None:
    assert audit(address=url + path).code == AGREES


# --- the log's own faults -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong, words",
    [
        ([entry.withdraw("rivers", 606, Reason.SIGNATORY), *signatures("rivers", 9, 10)], "which comes later"),
        ([entry.withdraw("rivers", 502, Reason.SIGNATORY)], "entry 502, which is no signature"),
        ([entry.withdraw("rivers", 510, Reason.SIGNATORY)], "entry 510, another campaign's signature"),
        ([entry.withdraw("rivers", 5, Reason.SIGNATORY)], "entry 5 once more"),
        ([entry.withdraw("rivers", 606, Reason.SIGNATORY)], "entry 606, which the log does not have"),
        ([b"\x01\x09nonsense"], "is no entry that anybody can read"),
    ],
    ids=["before-sign", "of-a-withdraw", "of-another-campaign", "twice", "beyond-size", "malformed"],
)
def test_every_entry_that_breaks_the_rules_is_named(
    audit: Audit, site: LogSite, wrong: list[bytes], words: str
) -> None:
    site.grow(wrong)
    done = audit()

    assert done.code == WRONG
    assert f"WRONG: entry 605 {'' if words.startswith('is ') else 'withdraws '}" in done.printed
    assert words in done.printed


def test_of_very_many_faults_the_first_are_shown(audit: Audit, site: LogSite) -> None:
    site.grow([b"\x01\x09nonsense"] * 30)

    assert "and 10 entries more break the rules" in audit().printed


# --- entries and tiles that are not what was signed ------------------------------------------------


@pytest.mark.parametrize("path", ["000", "001", "002.p/93"])
def test_a_flipped_bit_in_a_bundle_is_found_and_the_bundle_named(audit: Audit, site: LogSite, path: str) -> None:
    site.flip(f"tally/tile/entries/{path}", 8 * 700 + 3)
    done = audit()

    assert done.code == WRONG
    assert f"WRONG: tile/entries/{path} is not what was signed (tile/0/{path} is)" in done.printed


@pytest.mark.parametrize("path", ["0/000", "0/002.p/93", "1/000.p/2"])
def test_a_flipped_bit_in_a_tile_is_found_and_the_tile_named(audit: Audit, site: LogSite, path: str) -> None:
    site.flip(f"tally/tile/{path}", 100)
    done = audit()

    assert done.code == WRONG
    assert f"WRONG: tile/{path} is not what was signed (its entries are)" in done.printed


def test_another_root_than_the_entries_make_is_found(audit: Audit, site: LogSite) -> None:
    site.sign(bytes(32))
    done = audit()

    assert (done.code, "they make another root" in done.printed) == (WRONG, True)


def test_a_bundle_that_is_cut_is_named(audit: Audit, site: LogSite) -> None:
    data = (site.folder / "tally/tile/entries/001").read_bytes()
    site.write("tally/tile/entries/001", data[:-1])
    done = audit()

    assert (done.code, "tile/entries/001 is not what was signed: an entry is cut off" in done.printed) == (WRONG, True)


def test_a_log_that_signs_more_than_it_shows_is_wrong(audit: Audit, site: LogSite) -> None:
    (site.folder / "tally/tile/entries/001").unlink()
    done = audit()

    assert (done.code, "tile/entries/001 is missing" in done.printed) == (WRONG, True)


def test_a_log_that_signs_a_size_beyond_all_memory_costs_none(
    audit: Audit, site: LogSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[work.Order] = []

    def order(*parts: Any) -> work.Order:
        made.append(work.Order(*parts))
        return made[-1]

    monkeypatch.setattr(rebuild, "Order", order)
    site.sign(bytes(32), size=2**32)
    done = audit()

    assert (done.code, "is missing" in done.printed, len(made) < 100) == (WRONG, True, True)


def test_a_partial_tile_that_a_growing_log_has_deleted_is_read_from_the_full_one(audit: Audit, site: LogSite) -> None:
    old = site.note
    site.grow(signatures("rivers", 2000, 2300))
    site.write("tally/checkpoint", old.encode())
    for level in ("entries", "0"):
        (site.folder / f"tally/tile/{level}/002.p/93").unlink()
    for name in ("rivers", "trains"):
        (site.folder / name / "count.json").unlink()
    done = audit("--json")

    assert (done.code, done.json["size"]) == (AGREES, 605)


def test_a_log_of_many_tiles_is_counted_by_several_processes(
    audit: Audit, site: LogSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "_BUNDLES_AN_ORDER", 1)
    site.grow(signatures("rivers", 10_000, 10_000 + 256 * 20))
    site.flip("tally/tile/entries/017", 8 * 600)
    done = audit()
    site.flip("tally/tile/entries/017", 8 * 600)

    assert "tile/entries/017 is not what was signed" in done.printed
    assert (done.code, audit().code) == (WRONG, AGREES)


# --- figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lie, words",
    [
        (
            {"signs": 501, "count": 499},
            "the server says 501 signed and 2 withdrew; the log's first 605 entries say 500",
        ),
        ({"withdrawals": 1, "count": 499}, "the server says 500 signed and 1 withdrew"),
        ({"count": 500}, "the server's number is 500, which its own figures do not make"),
        ({"size": 9_999}, "the server's figures speak for 9,999 entries, and the log has 605"),
        ({"size": 504}, "the server says 500 signed and 2 withdrew; the log's first 504 entries say 500 and 2"),
    ],
    ids=["signs", "withdrawals", "count", "ahead", "right"],
)
def test_figures_are_compared_at_the_size_they_speak_for(
    audit: Audit, site: LogSite, lie: dict[str, int], words: str
) -> None:
    site.state("rivers", **lie)
    done = audit()

    # At 504 entries rivers had what it has at 605: an older page is no lie.
    is_true = "size" in lie and lie["size"] == 504
    assert (done.code, words in done.printed) == ((AGREES, False) if is_true else (WRONG, True))


def test_figures_of_an_older_size_are_counted_back(audit: Audit, site: LogSite) -> None:
    site.state("trains", size=554, count=50, signs=50, withdrawals=0)
    assert audit().code == AGREES
    site.state("trains", size=553, count=50, signs=50, withdrawals=0)
    assert "the log's first 553 entries say 49 and 0" in audit().printed


def test_a_log_that_moves_meanwhile_is_no_false_alarm(
    audit: Audit, site: LogSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = site.note
    site.grow([*signatures("rivers", 2000, 2300), entry.withdraw("rivers", 8, Reason.SIGNATORY)])
    new = site.note
    site.write("tally/checkpoint", old.encode())
    # The figures are ahead of the checkpoint; it is published while the audit waits.
    monkeypatch.setattr("tocsin.cli.audit.figures.sleep", lambda _: site.write("tally/checkpoint", new.encode()))
    done = audit("--json")

    assert (done.code, done.json["size"], done.json["campaigns"][0]["count"]) == (AGREES, 906, 797)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"count": "many"}', b"[" * 100_000, b'{"count": true}', b"\xff"])
def test_figures_that_are_none_are_wrong(audit: Audit, site: LogSite, body: bytes) -> None:
    site.write("rivers/count.json", body)
    done = audit()

    assert (done.code, "rivers/count.json is not what it should be" in done.printed) == (WRONG, True)


# --- keys ----------------------------------------------------------------------------------------


def test_the_sealing_key_is_compared_with_the_one_organisers_know(audit: Audit, tmp_path: Path) -> None:
    text = tmp_path / "fingerprint.txt"
    text.write_text(f"fingerprint: {KEY.hex()}\n")

    assert audit("--key", f"rivers={KEY.hex()}").code == AGREES
    assert audit("--key", f"rivers={text}").code == AGREES
    done = audit("--key", f"rivers={bytes(32).hex()}")
    assert done.code == WRONG
    assert (
        f"WRONG: rivers: the newest sealing key in the log is {KEY.hex()}, since entry 1; yours is 00" in done.printed
    )
    assert f"WRONG: rivers: the server seals to {KEY.hex()}; yours is 00" in done.printed


def test_the_public_file_of_a_key_will_do(audit: Audit, site: LogSite, tmp_path: Path) -> None:
    public = bytes(range(256)) * 4 + bytes(192)
    site.grow([entry.sealing_key("rivers", hashlib.sha256(public).digest())])
    raw, made = tmp_path / "raw", tmp_path / "rivers.public.json"
    raw.write_bytes(public)
    made.write_bytes(write_public_file(PublicFile("rivers", public, ("Noor",), date(2026, 4, 2))))

    assert [audit("--key", f"rivers={file}").code for file in (raw, made)] == [AGREES, AGREES]


def test_a_key_that_was_exchanged_on_the_server_alone_is_found_by_anybody(audit: Audit, site: LogSite) -> None:
    site.state("rivers", sealing_key=bytes(32).hex())
    done = audit()

    assert (done.code, "and the log does not name it last" in done.printed) == (WRONG, True)
    assert audit("--key", f"rivers={KEY.hex()}").printed.count("WRONG: rivers") == 2


def test_a_key_of_a_campaign_that_is_not_there_is_an_alarm(audit: Audit) -> None:
    assert "WRONG: harbour: the log knows no such campaign" in audit("--key", f"harbour={KEY.hex()}").printed


@pytest.mark.parametrize("given", ["rivers", "rivers=", "rivers=/nowhere", "=x", f"rivers={__file__}"])
def test_a_key_that_cannot_be_read_is_said_before_anything_is_fetched(audit: Audit, given: str) -> None:
    done = audit("--key", given)

    assert (done.code, done.printed.startswith("tocsin: --key")) == (NOT_CHECKED, True)


def test_the_log_s_key_is_pinned_on_first_use(audit: Audit, site: LogSite, tmp_path: Path) -> None:
    audit()
    other = LogSite(tmp_path / "other", site.entries, signers=[LogSigner(LOG.name, bytes(32))])
    for name in ("vkey", "checkpoint"):
        site.write(f"tally/{name}", (other.folder / "tally" / name).read_bytes())
    done = audit()

    assert (done.code, "the log's key has not signed it" in done.printed) == (WRONG, True)
    assert audit(state="fresh").code == AGREES
    assert audit("--vkey", LOG.verifier.vkey, state="by hand").code == WRONG


def test_a_log_that_exchanges_its_key_is_followed(audit: Audit, site: LogSite) -> None:
    audit()
    site.signers = [LOG, NEXT_LOG_KEY]
    site.grow([])
    assert "the old one vouches for" in audit().printed
    site.signers = [NEXT_LOG_KEY]
    site.grow([])

    done = audit()
    assert (done.code, "begins with the 605 entries" in done.printed) == (AGREES, True)


def test_a_new_key_that_no_old_one_vouches_for_is_not_believed(audit: Audit, site: LogSite) -> None:
    audit()
    site.signers = [NEXT_LOG_KEY]
    site.grow([])

    assert audit().code == WRONG
    assert audit("--vkey", NEXT_LOG_KEY.verifier.vkey).code == AGREES
    assert audit().code == AGREES


def test_a_key_that_the_server_names_and_that_has_not_signed_is_not_pinned(audit: Audit, site: LogSite) -> None:
    audit()
    site.write("tally/vkey", f"{LOG.verifier.vkey}\n{NEXT_LOG_KEY.verifier.vkey}\n".encode())
    assert f"a key that has not signed: {NEXT_LOG_KEY.verifier.vkey}" in audit().printed

    site.signers = [NEXT_LOG_KEY]  # whose it may be
    site.grow([])
    assert audit().code == WRONG


def test_witnesses_are_shown_when_their_keys_are_given(audit: Audit, site: LogSite) -> None:
    cosigned = note.add_signatures(site.note, [WITNESS.cosign(note.parse(site.note).text, at=1_775_000_000)])
    site.write("tally/checkpoint", cosigned.encode())

    assert "witnessed" not in audit().printed
    assert (
        "witnessed   witness.example.net, 2026-03-31 23:33:20 UTC" in audit("--witness", WITNESS.verifier.vkey).printed
    )
