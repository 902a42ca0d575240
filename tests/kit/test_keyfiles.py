"""Key files: private, whole, and one for all processes."""

import multiprocessing
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from tocsin.kit import keyfiles
from tocsin.kit.framing import sub
from tocsin.kit.keyfiles import KeyFileBrokenError


def mode(path: Path) -> str:
    return stat.filemode(path.stat().st_mode)


def test_a_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "pepper" / "1.key"

    key = keyfiles.read_or_make(path)

    assert len(key) == 32
    assert keyfiles.read_or_make(path) == keyfiles.read(path) == key
    assert mode(path) == "-rw-------"
    assert mode(path.parent) == mode(path.parent.parent) == "drwx------"
    assert [child.name for child in path.parent.iterdir()] == ["1.key"]


def test_a_key_has_the_size_asked_for(tmp_path: Path) -> None:
    assert len(keyfiles.read_or_make(tmp_path / "long.key", 64)) == 64


def test_keys_are_random(tmp_path: Path) -> None:
    assert len({keyfiles.read_or_make(tmp_path / f"{number}.key") for number in range(20)}) == 20


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_cut_key_is_refused_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "server.key"
    path.write_bytes(content)

    with pytest.raises(KeyFileBrokenError, match="put the right file back"):
        keyfiles.read_or_make(path)
    assert path.read_bytes() == content


def test_a_missing_key_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        keyfiles.read(tmp_path / "none.key")


def make_in_process(path: Path, results: "multiprocessing.Queue[bytes]") -> None:
    results.put(keyfiles.read_or_make(path))


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    for round_number in range(5):
        path = tmp_path / str(round_number) / "server.key"
        results: multiprocessing.Queue[bytes] = context.Queue()
        makers = [context.Process(target=make_in_process, args=(path, results)) for _ in range(6)]
        for maker in makers:
            maker.start()
        keys = {results.get(timeout=10) for _ in makers}
        for maker in makers:
            maker.join()
        assert keys == {path.read_bytes()}


def test_a_destroyed_key_is_overwritten_and_gone(tmp_path: Path) -> None:
    path = tmp_path / "1.key"
    key = keyfiles.read_or_make(path)
    other_name = tmp_path / "kept open"
    other_name.hardlink_to(path)

    assert keyfiles.destroy(path)
    assert not path.exists()
    assert other_name.read_bytes() != key
    assert len(other_name.read_bytes()) == 32
    assert not keyfiles.destroy(path)


def test_a_key_tells_when_it_was_made(tmp_path: Path) -> None:
    path = tmp_path / "1.key"
    assert keyfiles.made_at(path) is None
    keyfiles.read_or_make(path)
    os.utime(path, (1_800_000_000, 1_800_000_000))
    assert keyfiles.made_at(path) == datetime(2027, 1, 15, 8, tzinfo=UTC)


def test_the_server_key_serves_each_purpose_with_another_key(settings: Settings) -> None:
    signing, proving = keyfiles.server_key("signing"), keyfiles.server_key("proof of work")
    root = (Path(settings.KEYS_DIR) / "server.key").read_bytes()

    assert signing == sub(root, "signing")
    assert len({signing, proving, root}) == 3
    assert keyfiles.server_key("signing") == signing


def test_another_key_folder_is_another_server(settings: Settings, tmp_path: Path) -> None:
    here = keyfiles.server_key("signing")
    settings.KEYS_DIR = tmp_path / "elsewhere"

    assert keyfiles.server_key("signing") != here
