"""`tocsin seal` and `tocsin unseal`: what an operator types, and what they are told."""

import importlib
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.factories.age import quick_age_file
from tocsin.cli import looks
from tocsin.cli.commands import main
from tocsin.kit import keyfiles
from tocsin.vault import sealed
from tocsin.vault.keeper import Keeper
from tocsin.vault.keyring import pepper_path
from tocsin.vault.sealed import Mode
from tocsin.vault.sealed.slot import RESEND, Slot, is_held, push
from tocsin.vault.sealed.store import ROOT

SAMS = "lantern gravel okay seven mural tide"
NOORS = "orchid ladder prism cobalt wander fig"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("conversion", "opening"):
        monkeypatch.setattr(importlib.import_module(f"tocsin.vault.sealed.{module}"), "wrap", quick_age_file)


@pytest.fixture
def folder(settings: Settings) -> Path:
    keyfiles.read_or_make(pepper_path(1))
    return Path(settings.KEYS_DIR)


@pytest.fixture
def sams(tmp_path: Path) -> str:
    path = tmp_path / "sam.txt"
    path.write_text(SAMS, encoding="utf-8")
    return str(path)


@pytest.fixture
def noors(tmp_path: Path) -> str:
    path = tmp_path / "noor.txt"
    path.write_text(NOORS, encoding="utf-8")
    return str(path)


def test_keys_are_sealed_shared_and_brought_back(
    folder: Path, sams: str, noors: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pepper = pepper_path(1).read_bytes()
    assert main(["seal", "--operator", "sam", "--passphrase-file", sams]) == 0
    assert main(["seal", "--operator", "sam", "--passphrase-file", sams]) == 1
    assert main(["seal", "--add", "noor", "--passphrase-file", sams, "--new-passphrase-file", noors]) == 0
    capsys.readouterr()
    assert main(["seal", "--status"]) == 0
    assert capsys.readouterr().out == "mode: sealed\noperators: noor, sam\n"
    assert main(["seal", "--remove", "sam"]) == 0
    assert main(["seal", "--undo", "--passphrase-file", sams]) == 1
    assert "no operator of this server has this passphrase" in capsys.readouterr().err
    assert main(["seal", "--undo", "--passphrase-file", noors]) == 0
    assert sealed.mode_of(folder) is Mode.STANDARD
    assert pepper_path(1).read_bytes() == pepper


def test_an_interrupted_sealing_is_finished_by_the_same_command(
    folder: Path, sams: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["seal", "--operator", "sam", "--passphrase-file", sams])
    keyfiles.write_new(pepper_path(2), b"p" * 32)
    assert main(["seal", "--status"]) == 0
    assert "interrupted" in capsys.readouterr().out
    assert main(["seal", "--operator", "sam", "--passphrase-file", sams]) == 0
    assert not pepper_path(2).exists()
    assert sealed.mode_of(folder) is Mode.SEALED


@pytest.mark.usefixtures("folder")
def test_without_a_server_there_is_nothing_to_open(sams: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["unseal"]) == 1  # said before anybody is asked for a passphrase
    assert "not sealed: there is nothing to open" in capsys.readouterr().err
    main(["seal", "--operator", "sam", "--passphrase-file", sams])
    assert main(["unseal", "--passphrase-file", sams]) == 1
    assert "no sealed server runs here" in capsys.readouterr().err


def test_the_slot_takes_the_right_root_key_and_gives_nothing_back(folder: Path, sams: str, keeping: Keeper) -> None:
    main(["seal", "--operator", "sam", "--passphrase-file", sams])
    slot = Slot(folder, keeping)
    try:
        assert (folder / "slot").stat().st_mode & 0o777 == 0o600
        assert not push(folder, ROOT, bytes(32))
        assert not push(folder, "unlocked/7/somebody", b"key")
        assert keyfiles.is_locked()
        assert main(["unseal", "--passphrase-file", sams]) == 0
        assert not keyfiles.is_locked()
        assert push(folder, f"{RESEND}7", b"key")
        assert is_held(folder, f"{RESEND}7")
        assert not is_held(folder, ROOT)
        keeping.drop(f"{RESEND}7")
        assert not is_held(folder, f"{RESEND}7")
    finally:
        slot.close()
    assert not (folder / "slot").exists()


@pytest.mark.django_db
def test_check_says_that_it_cannot_see_sealed_keys(folder: Path, sams: str) -> None:
    main(["seal", "--operator", "sam", "--passphrase-file", sams])
    assert [str(finding)[:31] for finding in looks.campaigns()] == ["note   the keys are sealed, so "]
    assert folder.exists()
