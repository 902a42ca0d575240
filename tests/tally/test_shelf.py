"""tally.shelf: what was put is on the disk after `sync`, by one road or the other."""

import errno
import os
from pathlib import Path

import pytest

from tocsin.tally import shelf as shelves
from tocsin.tally.shelf import Shelf
from tocsin.tlog.tiles import ENTRIES, Tile

MANY = [Tile(level, number) for level in (ENTRIES, 0) for number in range(998, 1_002)]
FEW = [Tile(0, 5, 7)]


@pytest.mark.parametrize("tiles", [MANY, FEW])
def test_what_was_put_is_read_again_and_nothing_half_written_stays(tmp_path: Path, tiles: list[Tile]) -> None:
    shelf = Shelf(tmp_path / "tally")
    for tile in tiles:
        shelf.put(tile, tile.path.encode())
    shelf.sync()
    assert [shelf.read(tile) for tile in tiles] == [tile.path.encode() for tile in tiles]
    files = {str(path.relative_to(shelf.folder)) for path in shelf.folder.rglob("*") if path.is_file()}
    assert files == {tile.path for tile in tiles}


@pytest.mark.parametrize("whole", [None, lambda _handle: -1])
def test_where_the_whole_file_system_cannot_be_waited_for_each_file_and_folder_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: object
) -> None:
    waited_for: set[str] = set()
    wait = os.fsync

    def fsync(handle: int) -> None:
        waited_for.add(str(Path(f"/dev/fd/{handle}").resolve()))
        wait(handle)

    monkeypatch.setattr(shelves, "_syncfs", whole)
    monkeypatch.setattr(os, "fsync", fsync)
    shelf = Shelf(tmp_path.resolve() / "tally")
    for tile in MANY:
        shelf.put(tile, b"x")
    shelf.sync()
    assert waited_for == {str(shelf.folder), *map(str, shelf.folder.rglob("*"))}


@pytest.mark.parametrize("tiles", [MANY, FEW])
def test_what_an_error_of_the_disk_left_is_waited_for_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiles: list[Tile]
) -> None:
    waited_for: list[str] = []
    wait = os.fsync

    def fsync(handle: int) -> None:
        waited_for.append(str(Path(f"/dev/fd/{handle}").resolve()))
        if len(waited_for) == 1:
            raise OSError(errno.EIO, "Input/output error")
        wait(handle)

    monkeypatch.setattr(shelves, "_syncfs", None)
    monkeypatch.setattr(os, "fsync", fsync)
    shelf = Shelf(tmp_path.resolve() / "tally")
    for tile in tiles:
        shelf.put(tile, b"x")
    with pytest.raises(OSError, match="Input/output"):
        shelf.sync()
    shelf.sync()
    assert {str(shelf.folder / tile.path) for tile in tiles} <= set(waited_for[1:])
    before = len(waited_for)
    shelf.sync()
    assert len(waited_for) == before
