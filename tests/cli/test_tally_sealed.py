"""tocsin tally in sealed mode: the log's keys stay readable there, and are exchanged and ended all the same."""

import importlib
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.cast import MAYA, OTTO
from tests.factories.age import quick_age_file
from tests.factories.signing import NOW, counted, open_campaign
from tocsin.cli.commands import main
from tocsin.tally import keys
from tocsin.tally.domain import publish
from tocsin.tally.log import own_log, own_shelf
from tocsin.tlog.signed import open_checkpoint
from tocsin.vault import sealed
from tocsin.vault.sealed import Mode

pytestmark = pytest.mark.django_db(transaction=True)

SAMS = "lantern gravel okay seven mural tide"


@pytest.fixture
def folder(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the sealed key folder of a server whose log was published before, and whose keys nobody has opened."""
    for module in ("conversion", "opening"):
        monkeypatch.setattr(importlib.import_module(f"tocsin.vault.sealed.{module}"), "wrap", quick_age_file)
    counted(open_campaign(), [MAYA, OTTO])
    (tmp_path / "sam.txt").write_text(SAMS, encoding="utf-8")
    assert main(["seal", "--operator", "sam", "--passphrase-file", str(tmp_path / "sam.txt")]) == 0
    return Path(settings.KEYS_DIR)


def test_the_logs_keys_are_exchanged_while_the_others_are_sealed(folder: Path) -> None:
    old = (folder / "log.key").read_bytes()
    assert main(["tally", "rotate"]) == 0
    new = (folder / "log.2.key").read_bytes()
    assert keys.seeds(folder) == (old, new)
    assert sealed.mode_of(folder) is Mode.SEALED
    publish(log=own_log(), now=NOW)
    for verifier in own_log().verifiers:
        assert open_checkpoint(own_shelf().text("checkpoint") or "", log_keys=[verifier]).checkpoint.size == 2
    assert main(["tally", "rotate", "--finish"]) == 0
    assert keys.seeds(folder) == (new,)
    assert [path.name for path in folder.glob("log*")] == ["log.2.key"]


def test_the_newer_key_signs_on_after_sealing_and_bringing_back(folder: Path, tmp_path: Path) -> None:
    assert main(["tally", "rotate"]) == 0
    assert main(["tally", "rotate", "--finish"]) == 0
    (seed,) = keys.seeds(folder)
    assert main(["seal", "--undo", "--passphrase-file", str(tmp_path / "sam.txt")]) == 0
    assert keys.seeds(folder) == (seed,)


def test_a_log_that_ended_leaves_no_key_that_could_sign_on(
    folder: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    (old,) = keys.seeds(folder)
    settings.LOG_ORIGIN = "testserver/tally/2"
    assert main(["tally", "succeed"]) == 0
    assert "Its keys are destroyed" in capsys.readouterr().out
    (new,) = keys.seeds(folder)
    assert new != old
    assert old not in [path.read_bytes() for path in folder.rglob("*.key")]
