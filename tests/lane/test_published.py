"""lane.published: the log's files as the specification wants them, to be read from anywhere, and nothing else."""

from http import HTTPStatus
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.lane.visits import Visits, tell
from tests.tlog.logs import Log
from tocsin.lane.published import log_file
from tocsin.tally.shelf import CHECKPOINT, VKEY, Shelf
from tocsin.tlog import bundles
from tocsin.tlog.tiles import ENTRIES, Tile, layout
from tocsin.website.headers import STRICT_HEADERS

OPEN_TO_ALL = {b"access-control-allow-origin": b"*", b"cross-origin-resource-policy": b"cross-origin"}


def filled(folder: Path, size: int) -> Shelf:
    """Return a shelf with a log of `size` entries on it."""
    shelf, log = Shelf(folder), Log.of(size)
    for tile in layout(size):
        begin = tile.begin
        is_bundle = tile.level == ENTRIES
        shelf.put(tile, bundles.encode(log.entries[begin : begin + tile.width]) if is_bundle else log.tiles[tile])
    shelf.show(CHECKPOINT, "a checkpoint\n")
    shelf.show(VKEY, "a key\n")
    return shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return filled(tmp_path / "tally", 300)


def test_the_checkpoint_is_text_that_hardly_any_cache_keeps(shelf: Shelf) -> None:
    answer = log_file("/tally/checkpoint", shelf)

    assert (answer.status, answer.body) == (HTTPStatus.OK, b"a checkpoint\n")
    assert dict(answer.headers) == OPEN_TO_ALL | {
        b"content-type": b"text/plain; charset=utf-8",
        b"cache-control": b"public, max-age=1",
    }


def test_the_key_is_text(shelf: Shelf) -> None:
    answer = log_file("/tally/vkey", shelf)

    assert (answer.status, answer.body) == (HTTPStatus.OK, b"a key\n")
    assert dict(answer.headers)[b"content-type"] == b"text/plain; charset=utf-8"


@pytest.mark.parametrize("tile", list(layout(300)))
def test_every_tile_is_bytes_that_caches_keep(shelf: Shelf, tile: Tile) -> None:
    answer = log_file(f"/tally/{tile.path}", shelf)

    assert (answer.status, answer.body) == (HTTPStatus.OK, shelf.read(tile))
    assert dict(answer.headers) == OPEN_TO_ALL | {
        b"content-type": b"application/octet-stream",
        b"cache-control": b"public, max-age=31536000, immutable",
    }


@pytest.mark.parametrize("level", [0, ENTRIES])
def test_a_partial_tile_that_gave_way_to_a_full_one_is_still_found(shelf: Shelf, level: int) -> None:
    cut = log_file(f"/tally/{Tile(level, 0, 100).path}", shelf)

    assert (cut.status, cut.body) == (HTTPStatus.OK, filled(shelf.folder / "then", 100).read(Tile(level, 0, 100)))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/002",
        "tile/0/000/",
        "tile/0/001.p/45",
        "tile/0/001.p/0",
        "tile/0/000.p/256",
        "tile/0/0",
        "tile/0/x000/001",
        "tile/3/000",
        "tile/64/000",
        "tile/entries/009",
        "tile/0/../../checkpoint",
        "../secret",
        "tile/0/..%2f..%2f..%2fsecret",
        "checkpoint/",
        ".sequencer",
        ".checkpoint.new",
        "tile/0/.000.new",
        "tile/0/000\n",
        "x" * 5000,
    ],
)
def test_anything_else_is_not_there(shelf: Shelf, name: str) -> None:
    (shelf.folder.parent / "secret").write_text("not yours", encoding="utf-8")
    (shelf.folder / ".sequencer").touch()

    assert log_file(f"/tally/{name}", shelf).status == HTTPStatus.NOT_FOUND


def test_before_the_first_checkpoint_there_is_none(tmp_path: Path) -> None:
    assert log_file("/tally/checkpoint", Shelf(tmp_path)).status == HTTPStatus.NOT_FOUND


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("collected_static")
def test_the_lane_serves_them_with_the_strict_headers(settings: Settings) -> None:
    filled(Path(settings.TALLY_DIR), 300)
    strict = {name.decode(): value.decode() for name, value in STRICT_HEADERS}
    strict["cross-origin-resource-policy"] = "cross-origin"

    async def story(visits: Visits) -> None:
        for path in ("/tally/checkpoint", "/tally/vkey", "/tally/tile/0/000", "/tally/tile/entries/001.p/44"):
            answer = await visits.get(path)
            assert answer.status == HTTPStatus.OK
            assert answer.headers.items() >= strict.items()
            assert "set-cookie" not in answer.headers
        assert (await visits.get("/tally/")).status == HTTPStatus.NOT_FOUND
        assert (await visits.post("/tally/tile/0/000", {})).status == HTTPStatus.METHOD_NOT_ALLOWED

    tell(story)
