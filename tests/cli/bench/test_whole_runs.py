"""`tocsin bench` as it is typed: everything started, measured, checked, ended and removed."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.conf import settings

# What is measured asks for a database of its own, of the kind under test.
pytestmark = pytest.mark.django_db

SHORT = ("--seconds", "0.5", "--rounds", "1", "--processes", "1", "--connections", "16", "--json")


def bench(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    where = () if "--database" in words else _database()
    command = [sys.executable, "-m", "tocsin.cli", "bench", *words, *where]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TOCSIN_", "DJANGO_"))}
    return subprocess.run(
        command,
        env=environ | {"TMPDIR": str(folder), "TOCSIN_CACHE": os.environ["TOCSIN_CACHE"]},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _database() -> tuple[str, ...]:
    default = settings.DATABASES["default"]
    if default["ENGINE"].endswith("sqlite3"):
        return ()
    return ("--database", f"postgres://tocsin@{default['HOST']}:{default['PORT']}/postgres")


def report_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = orjson.loads(done.stdout)
    return report


def test_signing_is_measured_beside_its_baselines_and_nothing_is_left_behind(tmp_path: Path) -> None:
    report = report_of(bench(tmp_path, "sign", *SHORT))
    assert report["rates"].keys() == {"tocsin", "bare", "django"}
    assert all(rate > 0 for rate in report["rates"].values())
    assert report["ratio_bare"] == pytest.approx(report["rates"]["tocsin"] / report["rates"]["bare"], rel=0.01)
    assert report["ratio_django"] == pytest.approx(report["rates"]["tocsin"] / report["rates"]["django"], rel=0.01)
    assert report["ratio_nginx"] is None
    assert report["facts"]["answered_and_found_stored"] > 0
    assert (report["processes"], report["versions"]["tocsin"] != "") == (1, True)
    assert report["machine"]["cores"] == len(os.sched_getaffinity(0))
    assert list(tmp_path.glob("tocsin-bench-*")) == []
    assert not processes_in(tmp_path)


def processes_in(folder: Path) -> list[str]:
    """Return the commands of all processes that name a place below `folder`."""
    found = []
    for line in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"TOCSIN_DATA={folder}".encode() in line.read_bytes():
                found.append((line.parent / "cmdline").read_text(encoding="utf-8"))
        except OSError:
            continue
    return found


@pytest.mark.any_database
def test_confirming_with_signatures_stored_is_measured_beside_an_empty_one(tmp_path: Path) -> None:
    report = report_of(bench(tmp_path, "confirm", *SHORT, "--stored", "5000"))
    assert report["rates"].keys() == {"tocsin", "empty"}
    assert report["ratio_empty"] > 0
    assert report["facts"]["stored_beforehand"] == 5_000


def test_a_whole_life_ends_with_the_exact_number(tmp_path: Path) -> None:
    report = report_of(bench(tmp_path, "life", "--signatures", "300", "--stored", "50", "--processes", "2", "--json"))
    assert report["facts"]["count_json_and_tables_agree_on"] == 350
    # The parent, the web processes with theirs, the worker.
    assert len(report["facts"]["peak_mb"]) >= 5
    assert all(0 < peak < 400 for peak in report["facts"]["peak_mb"].values())


@pytest.mark.any_database
def test_mail_is_counted_where_it_arrives(tmp_path: Path) -> None:
    report = report_of(bench(tmp_path, "mail", *SHORT))
    assert report["rates"].keys() == {"tocsin", "bare", "django"}
    assert report["rates"]["tocsin"] > 0


@pytest.mark.any_database
def test_an_audit_is_timed_as_its_user_waits_for_it(tmp_path: Path) -> None:
    report = report_of(bench(tmp_path, "audit", "--signatures", "1000", "--rounds", "1", "--json"))
    assert report["facts"]["entries"] == 1_000
    assert 0 < report["facts"]["proof_ms"] < 1_000 * report["facts"]["seconds"]
    assert report["is_met"] is None


def test_a_database_that_is_not_there_is_told_in_a_line(tmp_path: Path) -> None:
    done = bench(tmp_path, "sign", *SHORT, "--database", "postgres://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert done.stderr.startswith("tocsin: --database: cannot connect")
    assert list(tmp_path.glob("tocsin-bench-*")) == []


@pytest.mark.any_database
def test_the_map_is_weighed_and_raced(tmp_path: Path) -> None:
    report = report_of(bench(tmp_path, "map", "--rallies", "300", "--alone", *SHORT))
    facts = report["facts"]
    assert (facts["rallies"], facts["countries"] > 180) == (300, True)
    assert facts["gzipped_bytes"].keys() >= {"points", "picture", "geojson", "map", "list", "campaign"}
    assert all(0 < seconds < 60 for seconds in facts["built_from_cold_in_seconds"].values())
    assert report["figures"].keys() == {f"{one}, tocsin" for one in ("points", "picture", "list", "campaign")}
