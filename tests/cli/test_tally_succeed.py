"""tocsin tally succeed: a new log that takes the old one over, where that cannot be continued."""

import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from tests.cast import MAYA, OTTO, PILAR, RUI
from tests.factories.signing import NOW, confirm, count, counted, open_campaign, sign
from tests.tally.sequencer import entries_in_order
from tocsin.campaigns.models import Campaign
from tocsin.cli.commands import main
from tocsin.seal.tokens import to_text
from tocsin.signing import domain as signing
from tocsin.signing.domain import ByReceipt
from tocsin.signing.models import Signature, Tombstone
from tocsin.signing.queries import status_of
from tocsin.signing.receipts import receipt_of
from tocsin.tally import keys
from tocsin.tally.domain import advance, publish
from tocsin.tally.log import Memory, own_log, own_shelf
from tocsin.tally.models import Checkpoint, Count, DayCount, Entry, Head, QueuedEntry, Witness
from tocsin.tally.queries import count_of, days_of, published
from tocsin.tally.refusals import LogRefusal, LogRefusedError
from tocsin.tlog import entry
from tocsin.tlog.entry import Kind, Successor, Withdraw, parse
from tocsin.tlog.keys import LogSigner
from tocsin.tlog.recount import recount
from tocsin.tlog.signed import CheckpointError, open_checkpoint
from tocsin.tlog.succession import MOST_LOGS, Predecessor

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = "testserver/tally", "testserver/tally/2"


@pytest.fixture
def campaign() -> Campaign:
    """Return a campaign of which three are counted and one of them has withdrawn, which is published too."""
    made = open_campaign()
    maya, *_ = counted(made, [MAYA, OTTO, PILAR])
    signing.withdraw(token=maya, now=NOW)
    count()
    publish(log=own_log(), now=NOW)
    return made


@pytest.fixture
def rename(campaign: Campaign, settings: Settings) -> None:
    settings.LOG_ORIGIN = NEW


def lose_the_key(settings: Settings) -> None:
    for path in Path(settings.KEYS_DIR).glob("log*.key"):
        path.unlink()


def old_root(size: int) -> bytes:
    made = Predecessor()
    made.add(entries_in_order()[1 : size + 1])
    return made.root()


def test_after_the_key_is_lost_a_new_log_takes_everything_over(
    campaign: Campaign, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    before, days = count_of(campaign.pk), days_of(campaign.pk)
    old = published()
    rows = dict(Signature.objects.values_list("token_hash", "index"))
    lose_the_key(settings)
    assert main(["tally", "succeed"]) == 1
    assert "give the new one another name in TOCSIN_LOG_ORIGIN first" in capsys.readouterr().err
    settings.LOG_ORIGIN = NEW
    assert main(["tally", "succeed"]) == 0
    said = capsys.readouterr().out

    new = published()
    assert old is not None
    assert new is not None
    assert f"{OLD} ended at {old.size} entries. {NEW} follows it, with {new.size}." in said
    assert "All of the old log's entries are in it" in said
    assert own_log().vkeys in said
    first = parse(entries_in_order()[0])
    assert first == Successor(OLD, old.size, old.root)
    assert old_root(old.size) == old.root
    assert open_checkpoint(own_shelf().text("checkpoint") or "", log_keys=own_log().verifiers).checkpoint.origin == NEW
    # The numbers are the same, on the same days, for one entry more.
    after = count_of(campaign.pk)
    assert (after.signs, after.withdrawals, after.size) == (before.signs, before.withdrawals, before.size + 1)
    assert days_of(campaign.pk) == days
    said_so = recount(entries_in_order())
    assert (said_so.campaigns[campaign.slug].count, said_so.faults) == (after.number, [])
    # Rows know where their entries are now.
    moved = dict(Signature.objects.values_list("token_hash", "index"))
    assert {bytes(key): index + 1 for key, index in rows.items() if index is not None} == {
        bytes(k): i for k, i in moved.items()
    }
    (stone,) = Tombstone.objects.values_list("index", flat=True)
    gone = next(one for one in map(parse, entries_in_order()) if isinstance(one, Withdraw))
    assert gone.index == stone
    assert main(["tally", "status"]) == 0


@pytest.mark.usefixtures("rename")
def test_life_goes_on_in_the_new_log_and_counts_what_is_new_once(campaign: Campaign) -> None:
    waiting = sign(campaign, RUI).token
    confirm(waiting)  # it waits for its index, in the old log still
    assert main(["tally", "succeed"]) == 0
    count()
    publish(log=own_log(), now=NOW)
    assert count_of(campaign.pk).signs == 4
    assert status_of(waiting).index == Head.objects.get().size - 1
    assert recount(entries_in_order()).campaigns[campaign.slug].count == count_of(campaign.pk).number == 3


def test_what_had_an_index_and_was_not_published_is_counted_then(campaign: Campaign, settings: Settings) -> None:
    confirm(sign(campaign, RUI).token)
    count_without_publishing(campaign)
    settings.LOG_ORIGIN = NEW
    assert main(["tally", "succeed"]) == 0
    assert recount(entries_in_order()).campaigns[campaign.slug].signs == count_of(campaign.pk).signs == 4


def count_without_publishing(campaign: Campaign) -> None:
    before = count_of(campaign.pk).signs
    assert advance(count=signing.count).entries == 1
    assert count_of(campaign.pk).signs == before


def test_a_withdrawal_that_waits_names_the_new_place(campaign: Campaign, settings: Settings) -> None:
    [rui] = counted(campaign, [RUI])
    signing.withdraw(token=rui, now=NOW)
    assert QueuedEntry.objects.filter(kind=Kind.WITHDRAW).count() == 1
    settings.LOG_ORIGIN = NEW
    assert main(["tally", "succeed"]) == 0
    count()
    publish(log=own_log(), now=NOW)
    said = recount(entries_in_order())
    assert (said.faults, said.campaigns[campaign.slug].count) == ([], 2)
    assert count_of(campaign.pk).number == 2


@pytest.mark.usefixtures("rename")
def test_the_old_log_lies_where_it_can_be_read_and_its_key_is_gone(campaign: Campaign) -> None:
    old_note, old_vkey = own_shelf().text("checkpoint"), own_shelf().text("vkey")
    (seed,) = keys.seeds(keys_dir())
    assert main(["tally", "succeed"]) == 0
    before = own_shelf().before(1)
    assert (before.text("checkpoint"), before.text("vkey")) == (old_note, old_vkey)
    assert (before.folder / "tile/0/000.p").is_dir()
    assert keys.seeds(keys_dir()) != (seed,)
    assert not Witness.objects.exists()
    # Nothing is left to follow: the log has this name already.
    assert main(["tally", "succeed"]) == 1


def keys_dir() -> Path:
    return Path(django_settings.KEYS_DIR)


class DiedError(Exception):
    """What kill -9 does, as far as this process can."""


@pytest.mark.usefixtures("campaign", "rename")
@pytest.mark.parametrize(
    "of, dies_at",
    [
        (keys, "end"),
        (importlib.import_module("tocsin.tally.domain.succeed"), "_put_away"),
        (Memory, "put_away"),
        (importlib.import_module("tocsin.cli.tally"), "own_log"),
        (importlib.import_module("tocsin.tally.domain.publish"), "show"),
    ],
)
def test_it_goes_on_from_wherever_it_died(of: object, dies_at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object, **__: object) -> None:
        raise DiedError

    with monkeypatch.context() as patch:
        patch.setattr(of, dies_at, die)
        with pytest.raises(DiedError):
            main(["tally", "succeed"])
    assert main(["tally", "succeed"]) == 0
    said = recount(entries_in_order())
    assert (said.size, len(said.predecessors), said.faults) == (Head.objects.get().published, 1, [])
    assert main(["tally", "status"]) == 0
    assert own_shelf().before(1).text("checkpoint")
    assert own_shelf().before(2).text("checkpoint") is None
    assert main(["tally", "succeed"]) == 1  # it is done


@pytest.mark.usefixtures("campaign", "rename")
def test_the_worker_finishes_what_only_lacks_its_publishing(monkeypatch: pytest.MonkeyPatch) -> None:
    def die() -> None:
        raise DiedError

    with monkeypatch.context() as patch:
        patch.setattr("tocsin.cli.tally.own_log", die)
        with pytest.raises(DiedError):
            main(["tally", "succeed"])
    publish(log=own_log(), now=NOW)
    assert main(["tally", "status"]) == 0


@pytest.mark.parametrize("what", [b"cut off", b"\xff\xfe\x00", b""])
def test_files_that_a_disaster_left_unreadable_are_put_away_too(
    what: bytes, campaign: Campaign, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number, note = count_of(campaign.pk).number, own_shelf().text("checkpoint") or ""
    (tmp_path / "last").write_text(note)
    settings.LOG_ORIGIN = NEW
    for path in (own_shelf().folder / "checkpoint", Path(settings.LAST_CHECKPOINT)):
        path.write_bytes(what)
    assert main(["tally", "succeed"]) == 1
    assert "give it with --last" in capsys.readouterr().err
    assert main(["tally", "succeed", "--last", str(tmp_path / "last")]) == 0
    assert own_shelf().before(1).text("checkpoint") == note
    assert main(["tally", "status"]) == 0
    assert count_of(campaign.pk).number == number


@pytest.mark.usefixtures("campaign")
def test_a_key_that_was_cut_is_replaced(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    path = keys_dir() / "log.key"
    path.write_bytes(path.read_bytes()[:9])
    assert main(["tally", "status"]) == 1
    assert "holds 9 bytes where a key has 32: put the right file back" in capsys.readouterr().err
    settings.LOG_ORIGIN = NEW
    assert main(["tally", "succeed"]) == 0
    assert main(["tally", "status"]) == 0


@pytest.mark.usefixtures("campaign", "rename")
def test_until_it_is_done_nothing_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("tocsin.tally.domain.succeed"), "_put_away", lambda *_: None)
    assert main(["tally", "succeed"]) == 1
    with pytest.raises(LogRefusedError) as caught:
        publish(log=own_log(), now=NOW)
    assert caught.value.reason == LogRefusal.OTHER_KEY
    assert not Checkpoint.objects.exists()


def test_a_second_succession_takes_the_first_ones_name_along(campaign: Campaign, settings: Settings) -> None:
    settings.LOG_ORIGIN = NEW
    assert main(["tally", "succeed"]) == 0
    settings.LOG_ORIGIN = "testserver/tally/3"
    assert main(["tally", "succeed"]) == 0
    said = recount(entries_in_order())
    assert [one.origin for one in said.predecessors] == [NEW, OLD]
    assert (said.faults, said.campaigns[campaign.slug].count) == ([], count_of(campaign.pk).number)


def test_a_receipt_of_the_old_log_withdraws_in_the_new_one(campaign: Campaign, settings: Settings) -> None:
    [rui] = counted(campaign, [RUI])
    status = status_of(rui)
    receipt = receipt_of(rui)
    assert receipt is not None
    settings.LOG_ORIGIN = NEW
    assert main(["tally", "succeed"]) == 0
    Signature.objects.filter(index=(status.index or 0) + 1).delete()  # lost, as after a disaster
    before = count_of(campaign.pk).number

    def withdraw() -> ByReceipt:
        return signing.withdraw_by_receipt(receipt=receipt, link=to_text(rui), address=RUI.address, now=NOW)

    assert [withdraw(), withdraw()] == [ByReceipt.WITHDRAWN, ByReceipt.ALREADY]
    count()
    publish(log=own_log(), now=NOW)
    said = recount(entries_in_order())
    assert (said.faults, said.campaigns[campaign.slug].count, count_of(campaign.pk).number) == (
        [],
        before - 1,
        before - 1,
    )


@pytest.mark.usefixtures("rename")
def test_a_database_that_lacks_what_was_published_is_refused_until_that_is_said(
    campaign: Campaign, capsys: pytest.CaptureFixture[str]
) -> None:
    last = Entry.objects.order_by("-index").first()
    assert last is not None
    tables: tuple[Any, ...] = (Head, Checkpoint, Count, DayCount)
    kept = [list(table.objects.all()) for table in tables]
    confirm(sign(campaign, RUI).token)
    count_under_the_old_name()
    Entry.objects.filter(index__gt=last.index).delete()
    Signature.objects.filter(index__gt=last.index).delete()
    for table, rows in zip(tables, kept, strict=True):
        table.objects.all().delete()
        table.objects.bulk_create(rows)

    assert main(["tally", "succeed"]) == 1
    assert "tocsin tally recover --from" in capsys.readouterr().err
    assert main(["tally", "succeed", "--incomplete"]) == 0
    assert "what else the old log held is lost, and audits say so" in capsys.readouterr().out
    said = parse(entries_in_order()[0])
    assert isinstance(said, Successor)
    assert said.size == len(entries_in_order()) > 1
    with pytest.raises(CheckpointError):
        open_checkpoint(own_shelf().before(1).text("checkpoint") or "", log_keys=own_log().verifiers)


def open_old_log_and_publish() -> None:
    """Publish once more under the old name."""
    seeds = keys.seeds(keys_dir())
    publish(log=replace(own_log(), origin=OLD, signers=tuple(LogSigner(OLD, seed) for seed in seeds)), now=NOW)


def test_where_nothing_was_published_there_is_nothing_to_follow(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tally", "succeed"]) == 1
    assert "there is no log to follow" in capsys.readouterr().err


@pytest.mark.usefixtures("campaign", "rename")
def test_a_log_that_follows_as_many_as_audits_look_at_has_no_successor(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tally", "succeed"]) == 0
    Entry.objects.filter(index__gt=0).delete()
    names = [(number, entry.successor(f"o{number}.example", 1, bytes(32))) for number in range(1, MOST_LOGS)]
    Entry.objects.bulk_create(Entry(index=at, campaign=0, kind=int(Kind.SUCCESSOR), entry=data) for at, data in names)
    settings.LOG_ORIGIN = "testserver/tally/3"
    assert main(["tally", "succeed"]) == 1
    assert f"this log follows {MOST_LOGS} others already" in capsys.readouterr().err


def test_the_last_checkpoint_may_come_from_elsewhere_and_must_be_one(
    campaign: Campaign, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note = own_shelf().text("checkpoint") or ""
    settings.LOG_ORIGIN = NEW
    (tmp_path / "bad").write_text("no checkpoint")
    assert main(["tally", "succeed", "--last", str(tmp_path / "bad")]) == 1
    assert main(["tally", "succeed", "--last", str(tmp_path / "none")]) == 1
    assert "Traceback" not in capsys.readouterr().err
    (tmp_path / "good").write_text(note)
    assert main(["tally", "succeed", "--last", str(tmp_path / "good")]) == 0
    assert count_of(campaign.pk).number == 2


@pytest.mark.usefixtures("rename")
def test_a_backup_from_before_follows_and_is_brought_back(
    campaign: Campaign, capsys: pytest.CaptureFixture[str]
) -> None:
    tables: tuple[Any, ...] = (Entry, Head, Checkpoint, Count, DayCount, QueuedEntry, Signature, Tombstone)
    kept = [list(table.objects.all()) for table in tables]
    confirm(sign(campaign, RUI).token)
    count_under_the_old_name()
    assert main(["tally", "succeed"]) == 0
    whole = entries_in_order()
    note = own_shelf().text("checkpoint")
    for table, rows in zip(tables, kept, strict=True):
        table.objects.all().delete()
        table.objects.bulk_create(rows)

    last = str(own_shelf().before(1).folder / "checkpoint")
    assert main(["tally", "succeed", "--last", last, "--incomplete"]) == 1
    assert "type 'tocsin tally recover'" in capsys.readouterr().err
    assert main(["tally", "recover"]) == 0
    assert (entries_in_order(), own_shelf().text("checkpoint")) == (whole, note)
    said = recount(whole).campaigns[campaign.slug]
    assert (said.signs, said.count) == (count_of(campaign.pk).signs, count_of(campaign.pk).number)


def count_under_the_old_name() -> None:
    assert advance(count=signing.count).entries == 1
    open_old_log_and_publish()
