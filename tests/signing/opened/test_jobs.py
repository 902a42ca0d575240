"""Searches and exports: complete, sealed until fetched, erased then; gone with the unlocking."""

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta

import orjson
import pytest

from tests.cast import MAYA, OTTO
from tests.factories import signing
from tests.factories.vault import key_pair
from tests.signing.opened.conftest import NOW, Opened, many
from tocsin.seal.epoch import new_key_pair
from tocsin.signing.models import Signature
from tocsin.signing.opened import jobs
from tocsin.signing.opened.door import lock
from tocsin.signing.opened.models import JobKind, JobPart, JobState, VaultJob
from tocsin.vault import keeper

STARTS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "|cmd", "%1", "＝1", 'quo"te', "line\nbreak")


def begin(vault: Opened, kind: JobKind = JobKind.SEARCH, query: str = "") -> VaultJob:
    job = jobs.begin(
        campaign=vault.campaign,
        user=vault.user,
        door=vault.door.name,
        kind=kind,
        query=query,
        ends_at=vault.ends_at,
        now=NOW,
    )
    assert job is not None
    return job


def run() -> bool:
    return jobs.work(now=lambda: NOW)


def found(vault: Opened, query: str) -> list[str]:
    begin(vault, query=query)
    assert run()
    job = jobs.running(vault.door.name, is_search=True)
    assert job is not None
    assert job.state == JobState.DONE
    return sorted(str(line["email"]) for line in jobs.found(job))


def fetch(vault: Opened, kind: JobKind) -> list[bytes]:
    job = begin(vault, kind)
    assert run()
    parts = [jobs.take_part(job=job, number=number) for number in range(job.parts.count())]
    return [part for part in parts if part is not None]


@pytest.mark.parametrize(
    "query",
    ["maya", "LINDQVIST", "malmo", "maya lindqvist", "lindq malm", MAYA.address, "MAYA@example.org", "maya@exam"],
)
def test_a_search_finds_by_name_address_and_place(vault: Opened, query: str) -> None:
    signing.counted(vault.campaign, [MAYA], place=MAYA.place)
    signing.counted(vault.campaign, [OTTO], place=OTTO.place)
    assert found(vault, query) == [MAYA.address]


def test_an_address_is_found_in_any_spelling_and_no_other(vault: Opened) -> None:
    signing.counted(vault.campaign, [replace(MAYA, address="ma.ya+x@gmail.com"), OTTO])
    assert found(vault, "MAYA@googlemail.com") == ["ma.ya+x@gmail.com"]
    assert found(vault, "nobody@gmail.com") == []


def test_nothing_of_a_search_is_readable_in_the_database(vault: Opened) -> None:
    signing.counted(vault.campaign, [MAYA])
    found(vault, "lindqvist")
    job = VaultJob.objects.values().get()
    stored = repr(job).encode() + b"".join(bytes(part.sealed) for part in JobPart.objects.all())
    for secret in ("lindqvist", "Lindqvist", MAYA.address):
        assert secret.encode() not in stored


def test_a_search_stops_at_its_most(vault: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_FOUND", 3)
    signing.counted(vault.campaign, many(5))
    assert len(found(vault, "maya")) == 3


def test_a_spreadsheet_takes_no_cell_for_a_formula(vault: Opened) -> None:
    people = [replace(MAYA, address=f"a{number}@example.org", name=f"{start} x") for number, start in enumerate(STARTS)]
    signing.counted(vault.campaign, people)
    [part] = fetch(vault, JobKind.CSV)
    rows = list(csv.DictReader(io.StringIO(part.decode("utf-8-sig"), newline="")))
    assert len(rows) == len(STARTS)
    for row in rows:
        for cell in row.values():
            assert not cell.startswith(tuple("=+-@\t\r|%＝"))
            assert "\n" not in cell


def test_json_has_the_words_exactly_as_typed(vault: Opened) -> None:
    signing.counted(vault.campaign, [replace(MAYA, name="=1+1 x")])
    [part] = fetch(vault, JobKind.JSON)
    line = orjson.loads(part)
    assert (line["name"], line["email"], line["state"], line["keep_informed"]) == (
        "=1+1 x",
        MAYA.address,
        "counted",
        False,
    )


def test_an_export_comes_in_parts_with_nobody_twice_or_missing(vault: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PART_ROWS", 4)
    monkeypatch.setattr("tocsin.signing.opened.rows.page.__kwdefaults__", {"chosen": None, "after": None, "limit": 2})
    people = many(9)
    signing.counted(vault.campaign, people)
    parts = fetch(vault, JobKind.JSON)
    lines = [orjson.loads(line)["email"] for part in parts for line in part.splitlines()]
    assert (len(parts), sorted(lines)) == (3, sorted(person.address for person in people))


def test_a_campaign_without_signatures_is_one_empty_file(vault: Opened) -> None:
    [part] = fetch(vault, JobKind.CSV)
    assert len(part.splitlines()) == 1


def test_a_part_is_erased_when_it_was_fetched(vault: Opened) -> None:
    signing.counted(vault.campaign, [MAYA])
    job = begin(vault, JobKind.CSV)
    run()
    assert jobs.take_part(job=job, number=0) is not None
    assert (jobs.take_part(job=job, number=0), JobPart.objects.count()) == (None, 0)


@pytest.mark.parametrize("how", ["lock", "time", "cancel"])
def test_what_was_found_goes_with_the_unlocking(vault: Opened, how: str) -> None:
    signing.counted(vault.campaign, [MAYA])
    job = begin(vault, query="maya")
    run()
    if how == "lock":
        lock(door=vault.door, now=NOW)
    elif how == "cancel":
        jobs.cancel_all(door=vault.door.name, is_search=True)
    else:
        assert jobs.forget_ended(now=vault.ends_at) > 0
    assert (VaultJob.objects.count(), JobPart.objects.count()) == (0, 0)
    if how != "time":  # the keeper ends it by its own clock
        assert keeper.get(f"{vault.door.name}/job/{job.pk}") is None


def test_it_stops_when_the_vault_locks_under_it(vault: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.signing.opened.rows.page.__kwdefaults__", {"chosen": None, "after": None, "limit": 2})
    signing.counted(vault.campaign, many(6))
    job = begin(vault, JobKind.CSV)
    asked: list[datetime] = []

    def now() -> datetime:
        asked.append(NOW)
        if len(asked) == 3:
            keeper.drop_all(vault.door.name)
        return NOW

    jobs.work(now=now)
    job.refresh_from_db()
    assert (job.state, job.read < 6) == (JobState.RUNNING, True)
    assert jobs.take_part(job=job, number=0) is None


def test_another_worker_begins_again_after_one_that_died(vault: Opened) -> None:
    signing.counted(vault.campaign, many(3))
    job = begin(vault, JobKind.JSON)
    lease = int(NOW.timestamp()) + jobs.LEASE_SECONDS
    VaultJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING, read=2, lease_until=lease)
    JobPart.objects.create(job=job, number=0, rows=2, sealed=b"of the one that died")
    assert not run()
    assert jobs.work(now=lambda: NOW + timedelta(seconds=jobs.LEASE_SECONDS))
    job.refresh_from_db()
    part = jobs.take_part(job=job, number=0)
    assert part is not None
    assert (job.read, len(part.splitlines())) == (3, 3)


def test_a_worker_whose_keeper_holds_nothing_leaves_it_alone(vault: Opened) -> None:
    begin(vault, query="maya")
    keeper.drop_all(vault.door.name)
    assert not run()


def test_rows_sealed_to_another_key_are_counted_not_shown(vault: Opened) -> None:
    signing.counted(vault.campaign, [MAYA])
    stranger, _ = new_key_pair()
    keeper.put(vault.door.name, stranger, seconds=900)
    job = begin(vault, query="maya")
    run()
    job.refresh_from_db()
    assert (jobs.found(job), job.closed) == ([], 1)


def test_two_keys_open_what_was_sealed_to_either(vault: Opened) -> None:
    signing.counted(vault.campaign, [MAYA])
    stranger, _ = new_key_pair()
    keeper.put(vault.door.name, stranger + key_pair().private, seconds=900)
    assert found(vault, "maya") == [MAYA.address]


def test_a_shut_vault_begins_nothing(vault: Opened) -> None:
    shut = jobs.begin(
        campaign=vault.campaign, user=vault.user, door="x", kind=JobKind.CSV, query="", ends_at=NOW, now=NOW
    )
    assert (shut, VaultJob.objects.count()) == (None, 0)


def test_what_retention_has_erased_is_not_shown_as_unreadable(vault: Opened) -> None:
    signing.counted(vault.campaign, [MAYA, OTTO])
    Signature.objects.filter(country=OTTO.country).update(sealed=b"")
    job = begin(vault, JobKind.JSON)
    run()
    job.refresh_from_db()
    assert (job.total, job.read, job.closed) == (1, 1, 0)
