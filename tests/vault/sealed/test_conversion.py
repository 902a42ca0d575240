"""vault.sealed: keys come out as they went in, originals go last, and every half state is seen and finished."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.factories.age import quick_age_file
from tocsin.kit import keyfiles
from tocsin.kit.keyfiles import KeyFileBrokenError, KeysSealedError
from tocsin.outbox import keys as outbox_keys
from tocsin.seal.keyfile import PassphraseWrongError
from tocsin.vault import sealed
from tocsin.vault.keeper import Keeper
from tocsin.vault.keyring import pepper_path
from tocsin.vault.sealed import Mode
from tocsin.vault.sealed.store import ROOT

PASSPHRASE = "lantern gravel okay seven mural tide"
ANOTHER = "orchid ladder prism cobalt wander fig"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make age files that open at once; the journey of a whole server makes real ones."""
    for module in ("conversion", "opening"):
        monkeypatch.setattr(f"tocsin.vault.sealed.{module}.wrap", quick_age_file)


@pytest.fixture
def folder(settings: Settings) -> Path:
    """Return a key folder as a standard server has it."""
    keys = Path(settings.KEYS_DIR)
    keyfiles.server_key("any")
    for number in (1, 2):
        keyfiles.read_or_make(pepper_path(number))
    keyfiles.write_new(keys / "log.key", b"l" * 32)
    keyfiles.write_new(keys / "django.key", b"django's own")
    return keys


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.suffix == ".key"
    }


def seal(folder: Path) -> int:
    return sealed.seal(folder, label="Sam", passphrase=PASSPHRASE)


def unsealed(folder: Path, keeping: Keeper) -> None:
    keeping.put(ROOT, sealed.root_key(folder, passphrase=PASSPHRASE))


def test_no_key_that_opens_or_tests_is_left_readable(folder: Path) -> None:
    before = contents(folder)
    assert seal(folder) == 3
    assert sealed.mode_of(folder) is Mode.SEALED
    secrets = [before[name] for name in ("server.key", "pepper/1.key", "pepper/2.key")]
    left = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert [secret for secret in secrets if any(secret in content for content in left)] == []
    assert (folder / "log.key").read_bytes() == b"l" * 32
    assert (folder / "django.key").read_bytes() == b"django's own"


def test_keys_are_locked_until_an_operator_opened_them(folder: Path, keeping: Keeper) -> None:
    pepper = keyfiles.read(pepper_path(1))
    server = keyfiles.server_key("any")
    seal(folder)
    keyfiles._server_root.cache_clear()  # noqa: SLF001  as a new process begins
    assert keyfiles.is_locked()
    for read in (lambda: keyfiles.read(pepper_path(1)), lambda: keyfiles.server_key("any")):
        with pytest.raises(KeysSealedError, match="tocsin unseal"):
            read()
    with pytest.raises(KeysSealedError):
        keyfiles.read_or_make(pepper_path(3))
    unsealed(folder, keeping)
    assert not keyfiles.is_locked()
    assert keyfiles.read(pepper_path(1)) == pepper
    assert keyfiles.server_key("any") == server


def test_without_a_keeper_they_stay_locked(folder: Path) -> None:
    seal(folder)
    assert keyfiles.is_locked()


def test_a_wrong_root_key_opens_nothing(folder: Path, keeping: Keeper) -> None:
    seal(folder)
    keeping.put(ROOT, bytes(32))
    assert keyfiles.is_locked()


def test_new_keys_are_sealed_at_once_and_destroyed_for_good(folder: Path, keeping: Keeper) -> None:
    seal(folder)
    unsealed(folder, keeping)
    fresh = keyfiles.read_or_make(pepper_path(3))
    assert keyfiles.read(pepper_path(3)) == fresh
    assert not pepper_path(3).exists()
    assert fresh not in b"".join(contents(folder).values())
    assert keyfiles.destroy(pepper_path(3))
    assert not keyfiles.destroy(pepper_path(3))
    with pytest.raises(FileNotFoundError):
        keyfiles.read(pepper_path(3))


def test_a_key_tells_when_its_file_was_made_also_while_it_is_locked(folder: Path) -> None:
    seal(folder)
    for path in (folder / "sealed" / "keys" / "pepper" / "1.key", folder / "log.key"):
        os.utime(path, (1_800_000_000, 1_800_000_000))
    assert keyfiles.is_locked()
    moment = datetime(2027, 1, 15, 8, tzinfo=UTC)
    assert [keyfiles.made_at(path) for path in (pepper_path(1), folder / "log.key")] == [moment, moment]
    assert keyfiles.made_at(pepper_path(3)) is None


def test_keys_that_stay_readable_are_listed_with_the_sealed_ones(folder: Path) -> None:
    names = ["django.key", "log.key", "server.key"]
    assert [path.name for path in keyfiles.paths(folder)] == names
    seal(folder)
    assert [path.name for path in keyfiles.paths(folder)] == names
    assert keyfiles.destroy(folder / "log.key")
    assert [path.name for path in keyfiles.paths(folder)] == ["django.key", "server.key"]


def test_keys_of_letters_are_never_written_and_end_with_the_keeper(folder: Path, keeping: Keeper) -> None:
    seal(folder)
    unsealed(folder, keeping)
    files = set(folder.rglob("*"))
    box = outbox_keys.sealing_box(20_000)
    letter = box.seal(b"x", b"words")
    assert outbox_keys.opening_box(20_000).open(b"x", letter) == b"words"
    assert outbox_keys.days_kept() == [20_000]
    assert set(folder.rglob("*")) == files
    keeping.drop_all("key/")  # as a start without power before it
    with pytest.raises(outbox_keys.OutboxKeyGoneError):
        outbox_keys.opening_box(20_000)
    assert outbox_keys.days_kept() == []


def test_a_key_of_letters_that_was_there_before_still_opens_them(folder: Path, keeping: Keeper) -> None:
    letter = outbox_keys.sealing_box(20_001).seal(b"x", b"words")
    seal(folder)
    unsealed(folder, keeping)
    assert outbox_keys.opening_box(20_001).open(b"x", letter) == b"words"
    assert outbox_keys.days_kept() == [20_001]
    outbox_keys.destroy(20_001)
    assert outbox_keys.days_kept() == []


def test_a_sealed_key_that_was_exchanged_for_another_does_not_open(folder: Path, keeping: Keeper) -> None:
    seal(folder)
    unsealed(folder, keeping)
    keys = folder / "sealed" / "keys" / "pepper"
    (keys / "1.key").write_bytes((keys / "2.key").read_bytes())
    with pytest.raises(KeyFileBrokenError, match="put the right file back"):
        keyfiles.read(pepper_path(1))


def test_bringing_back_gives_every_key_as_it_was(folder: Path, keeping: Keeper) -> None:
    before = contents(folder)
    seal(folder)
    unsealed(folder, keeping)
    fresh = keyfiles.read_or_make(pepper_path(3))
    assert sealed.bring_back(folder, root=sealed.root_key(folder, passphrase=PASSPHRASE)) == 4
    assert sealed.mode_of(folder) is Mode.STANDARD
    assert contents(folder) == before | {"pepper/3.key": fresh}
    assert [path.name for path in folder.iterdir() if "seal" in path.name] == []
    assert keyfiles.read(pepper_path(3)) == fresh


class Died(Exception):  # noqa: N818  it stands for a power cut
    """What ends a conversion at a chosen step."""


def steps_of(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], die_at: int) -> bool:
    """Run `act` and die before its `die_at`th change of the disk; say whether it died."""
    left = [die_at]

    def dying(real: Callable[..., object]) -> Callable[..., object]:
        def run(*given: object, **more: object) -> object:
            if left[0] == 0:
                raise Died
            left[0] -= 1
            return real(*given, **more)

        return run

    with monkeypatch.context() as patch:
        patch.setattr(keyfiles, "write_new", dying(keyfiles.write_new))
        patch.setattr(keyfiles, "destroy_file", dying(keyfiles.destroy_file))
        patch.setattr(Path, "rename", dying(Path.rename))
        try:
            act()
        except Died:
            return True
    return False


def test_dying_at_any_step_of_sealing_loses_no_key_and_is_finished_by_doing_it_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(folder)
    seen = set()
    for die_at in range(50):
        died = steps_of(monkeypatch, lambda: seal(folder), die_at)
        mode = sealed.mode_of(folder)
        seen.add(mode)
        if mode is Mode.STANDARD:
            assert contents(folder).items() >= before.items()
            continue
        root = sealed.root_key(folder, passphrase=PASSPHRASE)
        if mode is Mode.HALF:
            sealed.finish(folder, root=root)
        assert sealed.mode_of(folder) is Mode.SEALED
        sealed.bring_back(folder, root=root)
        assert contents(folder) == before
        if not died:
            break
    assert seen == {Mode.STANDARD, Mode.HALF, Mode.SEALED}
    assert not died


def test_dying_at_any_step_of_bringing_back_loses_no_key_and_is_finished_by_doing_it_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(folder)
    for die_at in range(50):
        seal(folder)
        root = sealed.root_key(folder, passphrase=PASSPHRASE)
        died = steps_of(monkeypatch, lambda root=root: sealed.bring_back(folder, root=root), die_at)  # type: ignore[misc]  # a default binds it
        if died and (folder / "sealed").exists():
            sealed.bring_back(folder, root=root)
        elif died:
            assert sealed.mode_of(folder) is Mode.HALF
            sealed.finish_bringing_back(folder)
        assert sealed.mode_of(folder) is Mode.STANDARD
        assert contents(folder) == before
        if not died:
            break
    assert not died


def test_a_key_that_differs_from_its_sealed_copy_is_not_destroyed(folder: Path) -> None:
    seal(folder)
    root = sealed.root_key(folder, passphrase=PASSPHRASE)
    keyfiles.write_new(pepper_path(1), b"p" * 32)
    assert sealed.mode_of(folder) is Mode.HALF
    for act in (sealed.finish, sealed.bring_back):
        with pytest.raises(sealed.DifferentKeyError, match=r"pepper/1\.key"):
            act(folder, root=root)
    assert pepper_path(1).read_bytes() == b"p" * 32


def test_nothing_is_converted_while_a_server_uses_the_keys(folder: Path) -> None:
    with sealed.using(folder), sealed.using(folder), pytest.raises(sealed.AloneError, match="stop it first"):
        seal(folder)
    with sealed.alone_with(folder), pytest.raises(sealed.AloneError, match="wait"), sealed.using(folder):
        pass


def test_each_operator_opens_with_a_passphrase_of_their_own(folder: Path) -> None:
    seal(folder)
    root = sealed.root_key(folder, passphrase=PASSPHRASE)
    sealed.add_operator(folder, root=root, label="noor", passphrase=ANOTHER)
    assert sealed.operators(folder) == ["noor", "sam"]
    assert sealed.root_key(folder, passphrase=ANOTHER) == root
    with pytest.raises(PassphraseWrongError):
        sealed.root_key(folder, passphrase="some other words altogether")
    with pytest.raises(sealed.OperatorExistsError):
        sealed.add_operator(folder, root=root, label="Noor", passphrase=ANOTHER)
    with pytest.raises(sealed.OperatorUnknownError):
        sealed.remove_operator(folder, label="otto")
    sealed.remove_operator(folder, label="sam")
    with pytest.raises(PassphraseWrongError):
        sealed.root_key(folder, passphrase=PASSPHRASE)
    with pytest.raises(sealed.LastOperatorError):
        sealed.remove_operator(folder, label="noor")


def test_a_name_that_is_no_file_name_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="name an operator"):
        sealed.seal(folder, label="../sam", passphrase=PASSPHRASE)
    assert sealed.mode_of(folder) is Mode.STANDARD


def test_a_standard_folder_has_no_operators(folder: Path) -> None:
    with pytest.raises(sealed.NotSealedError, match="tocsin seal"):
        sealed.operators(folder)
