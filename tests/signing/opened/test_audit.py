"""The sample audit: drawn from a public seed alike by everybody, and forged entries show."""

import hashlib
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from tests.cast import MAYA, OTTO
from tests.factories import signing
from tests.signing.opened.conftest import NOW, Opened, many
from tocsin import db
from tocsin.seal.epoch import new_key_pair
from tocsin.signing.domain.reindex import move_indexes
from tocsin.signing.models import Signature
from tocsin.signing.opened import audit, sampling
from tocsin.signing.opened.audit import NEXT_CHECKPOINT, Outcome
from tocsin.signing.opened.models import SampleAudit
from tocsin.tally import domain as tally
from tocsin.tally.domain import Queued
from tocsin.tally.log import keyless_log
from tocsin.tally.models import Checkpoint
from tocsin.tally.queries import log_size
from tocsin.tlog import entry
from tocsin.tlog.entry import Kind
from tocsin.vault.domain import destroy_pepper

ROOT = hashlib.sha256(b"root").digest()


def begun(vault: Opened, samples: int = 149, source: str = "dice in the town hall") -> SampleAudit:
    return SampleAudit.objects.create(
        campaign=vault.campaign,
        log=django_settings.LOG_ORIGIN,
        size=log_size(),
        root=ROOT,
        samples=samples,
        source=source,
        began_at=NOW,
    )


def done(vault: Opened, seed: str = "4 8 15 16 23 42", samples: int = 149) -> SampleAudit:
    one = begun(vault, samples)
    assert audit.run(audit=one, seed=seed, keys=vault.keys, now=NOW)
    one.refresh_from_db()
    return one


def forge(vault: Opened, number: int, *, beginning: int = 0) -> None:
    """Put entries into the log that nobody signed."""
    forged = [
        entry.sign(vault.campaign.slug, hashlib.sha256(f"forged {one}".encode()).digest())
        for one in range(beginning, beginning + number)
    ]
    with db.transaction():
        tally.queue([Queued(vault.campaign.pk, Kind.SIGN, one) for one in forged])
    signing.count()


def test_the_derivation_is_the_one_in_the_manual() -> None:
    drawn = sampling.draw(campaign="demo", size=10, root=bytes(32), seed="seed", population=7, samples=3)
    by_hand: list[int] = []
    number = 0
    while len(by_hand) < 3:
        parts = (b"tocsin/v1/sample", b"demo", (10).to_bytes(8, "big"), bytes(32), b"seed", number.to_bytes(8, "big"))
        framed = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
        place = int.from_bytes(hashlib.sha256(framed).digest(), "big") % 7
        by_hand += [place] if place not in by_hand else []
        number += 1
    assert drawn == by_hand


@pytest.mark.parametrize("other", [{"seed": "s2"}, {"size": 11}, {"root": b"\1" * 32}, {"campaign": "demo2"}])
def test_every_part_of_it_changes_the_sample(other: dict[str, object]) -> None:
    given: dict[str, object] = {
        "campaign": "demo", "size": 10, "root": bytes(32), "seed": "s", "population": 10_000, "samples": 20,
    }  # fmt: skip
    assert sampling.draw(**given) != sampling.draw(**(given | other))  # type: ignore[arg-type]  # a test's shorthand


@pytest.mark.parametrize("population", [0, 1, 5])
def test_a_small_campaign_is_opened_whole(population: int) -> None:
    drawn = sampling.draw(campaign="demo", size=9, root=bytes(32), seed="s", population=population, samples=149)
    assert sorted(drawn) == list(range(population))


def test_149_are_what_95_percent_against_2_percent_takes() -> None:
    assert sampling.samples_for(0.02, 0.95) == sampling.SAMPLES == 149
    assert sampling.would_show(0.02, 149) > 0.95 > sampling.would_show(0.02, 148)


def test_withdrawn_and_foreign_entries_are_not_drawn() -> None:
    entries = [
        entry.sign("demo", bytes(32)),
        entry.sign("other", bytes(32)),
        entry.sign("demo", b"\1" * 32),
        entry.text_version("demo", bytes(32)),
        entry.withdraw("demo", 0, entry.Reason.SIGNATORY),
    ]
    assert list(sampling.live_indexes(enumerate(entries), "demo")) == [2]


def test_honest_signatures_all_open(vault: Opened) -> None:
    signing.counted(vault.campaign, many(12))
    one = done(vault)
    assert (one.population, one.report["opened"], one.report["failed"], one.report["same_address"]) == (12, 12, {}, 0)


def test_2_percent_forged_show_in_nine_of_ten_samples_of_149() -> None:
    population = 100_000
    forged = population // 50
    runs = [
        sampling.draw(campaign="demo", size=population, root=ROOT, seed=f"{run}", population=population, samples=149)
        for run in range(50)
    ]
    assert sum(any(place % 50 == 7 for place in places) for places in runs) >= 45
    assert sum(any(place < forged for place in places) for places in runs) >= 45


def test_forged_leaves_have_nobody_behind_them(vault: Opened) -> None:
    signing.counted(vault.campaign, many(49))
    forge(vault, 1)
    seen = [done(vault, f"draw {number}", samples=40).report["failed"] for number in range(10)]
    assert {why for failed in seen for why in failed.values()} == {Outcome.NO_ROW}


def test_each_way_of_forging_a_row_is_named(vault: Opened) -> None:
    signing.counted(vault.campaign, [MAYA])
    row = Signature.objects.get()
    for columns, outcome in (
        ({"sealed": bytes(row.sealed)[:-1] + bytes([bytes(row.sealed)[-1] ^ 1])}, Outcome.SEALED),
        ({"pc": bytes(32)}, Outcome.OTHER_PAYLOAD),
        ({"bind": bytes(32)}, Outcome.OTHER_ENTRY),
    ):
        Signature.objects.update(**columns)
        assert done(vault).report["failed"] == {"0": outcome.value}
        Signature.objects.update(sealed=row.sealed, pc=row.pc, bind=row.bind)
    Signature.objects.update(tag=b"\1" * 16)
    assert done(vault).report["failed"] == {"0": Outcome.OTHER_ADDRESS.value}
    destroy_pepper(campaign=vault.campaign.pk)
    assert done(vault).report["failed"] == {}


def test_another_key_opens_nothing(vault: Opened) -> None:
    signing.counted(vault.campaign, [MAYA])
    vault.keys = [new_key_pair()[0]]
    assert done(vault).report["failed"] == {"0": Outcome.SEALED.value}


def test_addresses_that_occur_again_are_counted(vault: Opened) -> None:
    signing.counted(vault.campaign, [MAYA, replace(MAYA, name="Kenji"), OTTO])
    assert done(vault).report["same_address"] == 1


def test_the_report_names_nobody_and_can_be_drawn_again(vault: Opened) -> None:
    signing.counted(vault.campaign, many(9))
    one = done(vault, samples=4)
    report = audit.public_report(one)
    assert b"@" not in report
    assert b"Maya" not in report
    fields = orjson.loads(report)
    again = sampling.draw(
        campaign=fields["campaign"],
        size=fields["log_size"],
        root=bytes.fromhex(fields["log_root"]),
        seed=fields["seed"],
        population=fields["signatures"],
        samples=fields["samples"],
    )
    assert fields["indexes"] == again


def test_it_runs_once_and_not_without_a_seed(vault: Opened) -> None:
    signing.counted(vault.campaign, many(3))
    one = begun(vault)
    assert not audit.run(audit=one, seed=" ", keys=vault.keys, now=NOW)
    assert audit.run(audit=one, seed="x", keys=vault.keys, now=NOW)
    one.refresh_from_db()
    assert not audit.run(audit=one, seed="y", keys=vault.keys, now=NOW)


def test_the_seed_of_a_later_checkpoint_is_its_root(vault: Opened) -> None:
    signing.counted(vault.campaign, many(3))
    one = begun(vault, source=NEXT_CHECKPOINT)
    assert not audit.run(audit=one, seed="chosen by us", keys=vault.keys, now=NOW)
    for person in (MAYA, OTTO):
        signing.counted(vault.campaign, [person])
    assert audit.run(audit=one, seed="chosen by us", keys=vault.keys, now=NOW)
    one.refresh_from_db()
    later = Checkpoint.objects.filter(size__gt=one.size).earliest("size")
    assert (one.seed, later.size) == (bytes(later.root).hex(), one.size + 1)


def test_the_sampled_people_can_be_called(vault: Opened) -> None:
    signing.counted(vault.campaign, [MAYA, OTTO])
    one = done(vault)
    people = audit.people(audit=one, keys=vault.keys) or ""
    assert all(person.address in people for person in (MAYA, OTTO))


def test_after_a_succession_the_same_people_are_called_and_never_others(vault: Opened, settings: Settings) -> None:
    signing.counted(vault.campaign, [MAYA, OTTO])
    one = audit.begin(campaign=vault.campaign, user=None, source="dice", samples=1, now=NOW)
    assert one is not None
    assert audit.run(audit=one, seed="4", keys=vault.keys, now=NOW)
    one.refresh_from_db()
    before = audit.people(audit=one, keys=vault.keys)
    settings.LOG_ORIGIN = "testserver/tally/2"
    folder = Path(settings.KEYS_DIR)
    tally.succeed(log=keyless_log(), given=None, keys_dir=folder, move_rows=move_indexes, is_partial_fine=False)
    assert audit.people(audit=one, keys=vault.keys) == before
    assert orjson.loads(audit.public_report(one))["log"] == "testserver/tally"
    one.log = ""  # as nobody wrote it down at first
    assert audit.people(audit=one, keys=vault.keys) is None
