"""tocsin tally: status, key, the exchange of keys, and the whole way back after a loss."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from tests.cast import MAYA, OTTO, PILAR, RUI, Person
from tests.factories.signing import NOW, confirm, count, counted, open_campaign, sign
from tests.tally.sequencer import entries_in_order, flip_on_disk
from tocsin.cli.commands import main
from tocsin.cli.looks import log as look_at_the_log
from tocsin.cli.prepare import NotReadyError, refuse_an_old_database
from tocsin.seal.tokens import token_hash
from tocsin.signing import domain as signing
from tocsin.signing.models import PendingSignature, Signature, Tombstone
from tocsin.signing.states import Hold, State
from tocsin.tally.domain import publish
from tocsin.tally.log import own_log, own_shelf
from tocsin.tally.models import Checkpoint, Count, DayCount, Entry, Head, QueuedEntry
from tocsin.tally.queries import count_of, published
from tocsin.tally.turn import only_sequencer
from tocsin.tlog.keys import parse_log_vkey
from tocsin.tlog.signed import CheckpointError, CheckpointRefusal, open_checkpoint

pytestmark = pytest.mark.django_db(transaction=True)

SAM = Person("Sam Okoro", "sam@example.net", "NG", "Lagos")
_TABLES: tuple[Any, ...] = (
    *(Entry, Checkpoint, Count, DayCount, Head, QueuedEntry),
    *(Signature, PendingSignature, Tombstone),
)


class Backup:
    """What the database held of log and signatures."""

    def __init__(self) -> None:
        self._rows = [list(table.objects.all()) for table in _TABLES]

    def restore(self) -> None:
        for table, rows in zip(_TABLES, self._rows, strict=True):
            table.objects.all().delete()
            table.objects.bulk_create(rows)


def states() -> list[tuple[str, State]]:
    """Return where every signature stands, by country."""
    return sorted((row.country, State(row.state)) for row in Signature.objects.all())


def test_status_says_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    counted(open_campaign(), [MAYA])
    assert main(["tally", "status"]) == 0
    said = capsys.readouterr().out
    assert "testserver/tally" in said
    assert "1 entries, 1 have an index" in said


def test_status_names_what_stops_it_and_the_mend(capsys: pytest.CaptureFixture[str]) -> None:
    counted(open_campaign(), [MAYA])
    flip_on_disk(own_shelf().folder / "tile/0/000.p/1", 3)
    assert main(["tally", "status"]) == 1
    assert "type 'tocsin tally recover'" in capsys.readouterr().err
    assert [finding.is_wrong for finding in look_at_the_log()] == [True]


def test_the_key_can_be_given_to_others(capsys: pytest.CaptureFixture[str]) -> None:
    counted(open_campaign(), [MAYA])
    assert main(["tally", "key"]) == 0
    said = capsys.readouterr().out
    assert said == own_shelf().text("vkey")
    assert parse_log_vkey(said.strip()) == own_log().verifiers[0]


def test_keys_are_exchanged_with_an_overlap(capsys: pytest.CaptureFixture[str]) -> None:
    counted(open_campaign(), [MAYA])
    (old,) = own_log().verifiers

    assert main(["tally", "rotate"]) == 0
    publish(log=own_log(), now=NOW)
    (_, new) = own_log().verifiers
    both = own_shelf().text("checkpoint") or ""
    for verifier in (old, new):
        assert open_checkpoint(both, log_keys=[verifier]).checkpoint.size == 1
    assert own_shelf().text("vkey") == f"{old.vkey}\n{new.vkey}\n"
    assert main(["tally", "rotate"]) == 1

    assert main(["tally", "rotate", "--finish"]) == 0
    publish(log=own_log(), now=NOW)
    alone = own_shelf().text("checkpoint") or ""
    assert open_checkpoint(alone, log_keys=[new]).checkpoint.size == 1
    with pytest.raises(CheckpointError) as caught:
        open_checkpoint(alone, log_keys=[old])
    assert caught.value.reason == CheckpointRefusal.NOT_BY_THIS_LOG
    assert own_shelf().text("vkey") == f"{new.vkey}\n"
    assert main(["tally", "rotate", "--finish"]) == 1
    # The receipt that somebody keeps from before still verifies with the key they know.
    assert open_checkpoint(both, log_keys=[old]).checkpoint.size == 1


def test_after_a_restored_backup_the_server_stays_shut_until_the_log_is_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    campaign = open_campaign()
    maya, otto = counted(campaign, [MAYA, OTTO])
    pending = sign(campaign, PILAR)
    held = sign(campaign, RUI, hold=Hold.NETWORK_RATE)
    confirm(held.token)
    waiting = sign(campaign, SAM)
    confirm(waiting.token)
    backup = Backup()

    signing.withdraw(token=maya, now=NOW)
    confirm(pending.token)
    count()
    key = Signature.objects.filter(state=State.HELD).values_list("tag", "seat").get()
    signing.release(campaign=campaign, keys=[(bytes(key[0]), key[1])], now=NOW)
    count()
    before, entries, number = published(), entries_in_order(), count_of(campaign.pk).number
    assert (number, len(entries)) == (4, 6)

    backup.restore()
    with pytest.raises(NotReadyError, match="type 'tocsin tally recover'"):
        refuse_an_old_database()
    assert main(["tally", "recover"]) == 0
    refuse_an_old_database()
    assert "4 entries brought back" in capsys.readouterr().out
    assert (published(), entries_in_order(), count_of(campaign.pk).number) == (before, entries, number)
    assert [state for _, state in states()] == [State.COUNTED] * 4
    assert Signature.objects.filter(token_hash=token_hash(maya)).count() == 0
    assert (Tombstone.objects.count(), PendingSignature.objects.count(), QueuedEntry.objects.count()) == (1, 0, 0)
    # Who presses again what was pressed before the loss is not counted a second time.
    confirm(pending.token, waiting.token, maya, otto)
    count()
    assert (len(entries_in_order()), count_of(campaign.pk).number) == (6, 4)
    assert main(["tally", "recover"]) == 0


def test_recovering_from_a_copy_elsewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    campaign = open_campaign()
    counted(campaign, [MAYA])
    backup = Backup()
    counted(campaign, [OTTO])
    shutil.move(own_shelf().folder, tmp_path / "copy")
    backup.restore()
    assert main(["tally", "recover"]) == 1
    assert "--from" in capsys.readouterr().err
    assert main(["tally", "recover", "--from", str(tmp_path / "copy")]) == 0
    assert count_of(campaign.pk).number == 2
    assert main(["tally", "status"]) == 0


def test_a_lost_folder_is_written_anew(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    counted(open_campaign(), [MAYA])
    shutil.rmtree(own_shelf().folder)
    assert main(["tally", "recover"]) == 0
    shutil.rmtree(own_shelf().folder)
    Path(settings.LAST_CHECKPOINT).unlink()
    assert main(["tally", "recover"]) == 1
    assert "--from-database" in capsys.readouterr().err
    assert main(["tally", "recover", "--from-database"]) == 0
    assert main(["tally", "status"]) == 0


def test_nothing_is_recovered_beside_a_worker(capsys: pytest.CaptureFixture[str]) -> None:
    counted(open_campaign(), [MAYA])
    with only_sequencer(own_shelf().folder):
        assert main(["tally", "recover"]) == 1
    assert "stop it first" in capsys.readouterr().err
