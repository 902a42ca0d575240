"""Tiles: file names and widths as the specification's examples have them, and what is in the files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog.logs import Log, nothing
from tocsin.tlog import bundles
from tocsin.tlog.compact import CompactRange
from tocsin.tlog.hashing import subtree_root
from tocsin.tlog.tiles import ENTRIES, Tile, TileError, grow, growth, layout, nodes_of, parse_path, tile_of

# How many full tiles each level has, and how wide the partial one is that follows them (0: there is none).
WIDTHS = {
    0: [],
    1: [(0, 1)],
    255: [(0, 255)],
    256: [(1, 0), (0, 1)],
    257: [(1, 1), (0, 1)],
    65_535: [(255, 255), (0, 255)],
    65_536: [(256, 0), (1, 0), (0, 1)],
    # "273 full level 0 tiles, one partial level 0 tile of width 112, one full level 1 tile, one
    # partial level 1 tile of width 17, and one partial level 2 tile of width 1"
    70_000: [(273, 112), (1, 17), (0, 1)],
}


@pytest.mark.parametrize("size", WIDTHS)
def test_a_log_is_laid_out_as_the_specification_says(size: int) -> None:
    rows: dict[int, list[Tile]] = {level: [] for level in range(ENTRIES, len(WIDTHS[size]))}
    for tile in layout(size):
        rows[tile.level].append(tile)

    for level, (full, partial) in enumerate(WIDTHS[size]):
        expected = [Tile(level, number) for number in range(full)] + ([Tile(level, full, partial)] if partial else [])
        assert rows[level] == expected
    assert rows[ENTRIES] == [Tile(ENTRIES, tile.number, tile.width) for tile in rows.get(0, [])]


def test_the_paths_of_some_layouts() -> None:
    assert [tile.path for tile in layout(0)] == []
    assert [tile.path for tile in layout(1)] == ["tile/entries/000.p/1", "tile/0/000.p/1"]
    assert [tile.path for tile in layout(256)] == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
    assert [tile.path for tile in layout(70_000)][-5:] == [
        "tile/0/272",
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]


@pytest.mark.parametrize(
    "tile, path",
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 999), "tile/0/999"),
        (Tile(0, 1000), "tile/0/x001/000"),
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(63, 5, 255), "tile/63/005.p/255"),
        (Tile(ENTRIES, 1_234_067, 1), "tile/entries/x001/x234/067.p/1"),
    ],
)
def test_a_path_and_its_tile(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_path(path) == tile


@given(st.integers(-1, 63), st.integers(0, 2**55), st.integers(1, 256))
def test_every_path_is_read_back(level: int, number: int, width: int) -> None:
    tile = Tile(level, number, width)

    assert parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/1000",
        "tile/0/x000/001",
        "tile/0/x000/x000/001",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/x001/x000",
        "tile/00/000",
        "tile/01/000",
        "tile/-1/000",
        "tile/64/000",
        "tile/99/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.p/1/",
        "tile/0/000.p/1\n",
        "tile/0/000\n",
        "tile/Entries/000",
        "tile/entries/..",
        "tile/0/../000",
        "tile/0/٠٠٠",
        "tile/0/000.p/١",
        "checkpoint",
        "tile/0/" + "x001/" * 6 + "000",
        "tile/0/" + "x001/" * 3000 + "000",
    ],
)
def test_any_other_spelling_of_a_path_is_refused(path: str) -> None:
    with pytest.raises(TileError):
        parse_path(path)


def test_a_full_tile_says_so_and_a_partial_one_names_it() -> None:
    assert Tile(0, 3).is_full
    assert not Tile(0, 3, 255).is_full
    assert Tile(0, 3, 17).full == Tile(0, 3)


def test_where_a_tile_begins() -> None:
    assert [Tile(ENTRIES, 2).begin, Tile(0, 2).begin, Tile(1, 2).begin] == [512, 512, 131_072]


def test_each_hash_of_a_tile_is_what_the_definition_says() -> None:
    log = Log.of(70_000)
    for tile, data in log.tiles.items():
        if tile.level == 0:
            assert data == b"".join(log.leaves[tile.begin : tile.begin + tile.width])
            continue
        step = 256**tile.level
        for place in range(tile.width):
            first = (tile.number * 256 + place) * step
            assert data[place * 32 : place * 32 + 32] == subtree_root(log.leaves[first : first + step])
    assert list(log.tiles) == [tile for tile in layout(70_000) if tile.level != ENTRIES]


@given(st.lists(st.integers(1, 300), max_size=6))
def test_however_a_log_grows_its_tiles_and_bundles_come_out_the_same(steps: list[int]) -> None:
    log = Log.of(sum(steps))
    files: dict[Tile, bytes] = {}
    size = 0
    for step in steps:
        entries, leaves = log.entries[size : size + step], log.leaves[size : size + step]
        made = {**dict(bundles.grow(size, entries, files.__getitem__)), **dict(grow(size, leaves, files.__getitem__))}
        assert list(made) == list(growth(size, size + step))
        files |= made
        size += step

    for tile in layout(size):
        expected = dict(bundles.grow(0, log.entries, nothing)) | log.tiles
        assert files[tile] == expected[tile]
    assert CompactRange.from_nodes(size, nodes_of(size, files.__getitem__)).root() == log.root()


def test_nothing_new_makes_no_file() -> None:
    assert list(growth(300, 300)) == []
    assert list(grow(300, [], nothing)) == []
    assert list(bundles.grow(300, [], nothing)) == []


def test_the_tile_of_a_hash_is_as_wide_as_the_log_makes_it() -> None:
    assert tile_of(0, 0, 70_000) == Tile(0, 0)
    assert tile_of(0, 69_999, 70_000) == Tile(0, 273, 112)
    assert tile_of(1, 272, 70_000) == Tile(1, 1, 17)
    assert tile_of(ENTRIES, 69_999, 70_000) == Tile(ENTRIES, 273, 112)
    for level, index in ((0, 70_000), (1, 273), (2, 1), (0, -1)):
        with pytest.raises(TileError, match="has no hash"):
            tile_of(level, index, 70_000)


@pytest.mark.parametrize("length", [0, 31, 5 * 32 - 1, 5 * 32 + 1, 6 * 32])
def test_a_tile_of_another_length_is_refused_by_its_path(length: int) -> None:
    node = nodes_of(5, lambda _: bytes(length))

    with pytest.raises(TileError, match=r"tile/0/000\.p/5 should be 160 bytes"):
        node(0, 0)


def test_a_tile_is_read_once() -> None:
    log, reads = Log.of(600), []

    def read(tile: Tile) -> bytes:
        reads.append(tile)
        return log.tiles[tile]

    node = nodes_of(600, read)
    for index in range(600):
        node(0, index)

    assert reads == [Tile(0, 0), Tile(0, 1), Tile(0, 2, 88)]
