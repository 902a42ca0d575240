"""tally.domain.recover and rebuild: the public tiles are the backup, and the same root comes out of them."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pytest_django import Settings

from tests.tally.sequencer import (
    CAMPAIGN,
    NOW,
    SLUG,
    entries_in_order,
    flip_on_disk,
    give_indexes,
    grow_by,
    signs,
    withdrawal,
)
from tocsin import db
from tocsin.tally.copies import CopyError, FolderCopy, WebCopy, copy_at
from tocsin.tally.domain import Indexed, Plugs, Recovered, check, publish, queue, rebuild, recover
from tocsin.tally.log import own_log, own_shelf
from tocsin.tally.models import Checkpoint, Count, DayCount, Entry, Head, QueuedEntry
from tocsin.tally.queries import CountAt, count_of, logged_withdrawals, published
from tocsin.tally.refusals import LogRefusal, LogRefusedError
from tocsin.tlog.entry import Kind

pytestmark = pytest.mark.django_db(transaction=True)

_TABLES: tuple[Any, ...] = (Entry, Checkpoint, Count, DayCount, Head, QueuedEntry)


class Backup:
    """The log's tables as they once were."""

    def __init__(self) -> None:
        self._rows = [list(table.objects.all()) for table in _TABLES]

    def restore(self) -> None:
        for table, rows in zip(_TABLES, self._rows, strict=True):
            table.objects.all().delete()
            table.objects.bulk_create(rows)


class Told:
    """Remembers what the features above were told."""

    def __init__(self) -> None:
        self.counted: list[Indexed] = []
        self.restored: dict[bytes, int] = {}

    @property
    def plugs(self) -> Plugs:
        return Plugs({SLUG: CAMPAIGN}.get, self.counted.extend, self._restore)

    def _restore(self, found: Mapping[bytes, int]) -> int:
        self.restored |= found
        return 0


def bring_back(copy: FolderCopy | WebCopy | None = None) -> tuple[Recovered, Told]:
    told = Told()
    return recover(log=own_log(), copy=copy or FolderCopy(own_shelf().folder), plugs=told.plugs, now=NOW), told


@contextmanager
def behind_a_web_server(folder: Path) -> Iterator[str]:
    """Serve a folder, as a mirror of the log would."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_what_was_published_since_the_backup_comes_back_with_the_same_root() -> None:
    grow_by(300)
    backup = Backup()
    grow_by(300)
    give_indexes([withdrawal(20), withdrawal(500)])
    publish(log=own_log(), now=NOW)
    before, entries, numbers = published(), entries_in_order(), count_of(CAMPAIGN)
    backup.restore()
    with pytest.raises(LogRefusedError) as caught:
        check(own_log())
    assert caught.value.reason == LogRefusal.DATABASE_BEHIND
    back, told = bring_back()
    assert back == Recovered(602, 302, 0, frozenset())
    assert (published(), entries_in_order(), count_of(CAMPAIGN)) == (before, entries, numbers)
    assert numbers == CountAt(600, 2, 602)
    assert len(told.restored) == 300
    assert sorted(one.target for one in logged_withdrawals()) == [20, 500]
    assert check(own_log(), thoroughly=True).head.size == 602
    assert grow_by(5, begin=1000).size == 607


def test_what_waited_when_the_backup_was_made_gets_the_index_it_had_and_no_second_one() -> None:
    grow_by(3)
    waiting = [one._replace(ref=bytes([place])) for place, one in enumerate(signs(3, 10))]
    with db.transaction():
        queue(waiting)
    backup = Backup()
    give_indexes([])
    publish(log=own_log(), now=NOW)
    entries = entries_in_order()
    backup.restore()
    assert QueuedEntry.objects.count() == 7
    back, told = bring_back()
    assert (back.rows, told.restored, QueuedEntry.objects.count()) == (7, {}, 0)
    assert [(one.index, one.kind) for one in told.counted] == [(index, Kind.SIGN) for index in range(3, 10)]
    by_ref = {one.ref: one.entry for one in waiting}
    assert [by_ref[one.ref] for one in told.counted] == entries[3:]
    assert grow_by(0).size == 10


def test_dying_in_the_middle_and_starting_anew_ends_in_the_same_log(monkeypatch: pytest.MonkeyPatch) -> None:
    grow_by(10)
    backup = Backup()
    grow_by(40)
    before, entries = published(), entries_in_order()
    backup.restore()
    monkeypatch.setattr(import_module("tocsin.tally.domain.recover"), "PIECE", 16)
    pieces: list[Sequence[Indexed]] = []

    def die(batch: Sequence[Indexed]) -> None:
        pieces.append(batch)
        if len(pieces) == 3:
            raise ZeroDivisionError

    plugs = Plugs({SLUG: CAMPAIGN}.get, die, lambda _: 0)
    with pytest.raises(ZeroDivisionError):
        recover(log=own_log(), copy=FolderCopy(own_shelf().folder), plugs=plugs, now=NOW)
    assert Head.objects.get().size == 32
    back, _ = bring_back()
    assert (back.entries, published(), entries_in_order()) == (18, before, entries)


def test_an_empty_database_is_filled_from_another_server_s_mirror(settings: Settings, tmp_path: Path) -> None:
    nothing = Backup()
    grow_by(300)
    before = published()
    nothing.restore()
    shutil.move(own_shelf().folder, tmp_path / "mirror")
    with behind_a_web_server(tmp_path / "mirror") as url:
        back, _ = bring_back(WebCopy(url))
    assert (back.size, back.entries, published()) == (300, 300, before)
    assert len(rebuild(log=own_log()).written) == 5
    assert check(own_log(), thoroughly=True).head.size == 300
    assert grow_by(1).size == 301


def test_entries_of_an_unknown_campaign_keep_their_place_and_are_named() -> None:
    grow_by(2)
    backup = Backup()
    give_indexes(signs(50, 52, slug="lost", campaign=9))
    publish(log=own_log(), now=NOW)
    backup.restore()
    back, _ = bring_back()
    assert (back.unknown, count_of(CAMPAIGN), count_of(0).signs) == (frozenset({"lost"}), CountAt(2, 0, 4), 2)


@pytest.mark.parametrize("path", ["tile/entries/000", "tile/entries/001.p/44"])
def test_a_copy_with_one_flipped_bit_brings_nothing_in(path: str) -> None:
    grow_by(10)
    backup = Backup()
    grow_by(290)
    backup.restore()
    flip_on_disk(own_shelf().folder / path, 800)
    with pytest.raises(CopyError):
        bring_back()
    assert (Entry.objects.count(), Head.objects.get().size) == (10, 10)


def test_a_copy_that_ends_before_the_last_checkpoint_will_not_do(tmp_path: Path) -> None:
    grow_by(10)
    shutil.copytree(own_shelf().folder, tmp_path / "old")
    backup = Backup()
    grow_by(10)
    backup.restore()
    with pytest.raises(CopyError, match="ends at 10 entries, and 20 were published"):
        bring_back(FolderCopy(tmp_path / "old"))


def test_a_database_with_another_history_is_not_mixed_with_the_log(tmp_path: Path) -> None:
    grow_by(10)
    backup = Backup()
    grow_by(10)
    backup.restore()
    give_indexes(signs(1000, 1003))
    with pytest.raises(LogRefusedError) as caught:
        bring_back()
    assert (caught.value.reason, Entry.objects.count()) == (LogRefusal.OTHER_HISTORY, 13)


def test_without_a_checkpoint_there_is_nothing_to_recover_from(tmp_path: Path) -> None:
    with pytest.raises(CopyError, match="there is no checkpoint"):
        bring_back(FolderCopy(tmp_path))
    with pytest.raises(CopyError, match="neither a folder"):
        copy_at("ftp://example.org")


def test_files_that_are_gone_or_changed_are_written_anew_and_no_others() -> None:
    grow_by(600)
    folder = own_shelf().folder
    kept = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    (folder / "tile/0/001").unlink()
    (folder / "checkpoint").unlink()
    flip_on_disk(folder / "tile/entries/000", 9)
    flip_on_disk(folder / "tile/1/000.p/2", 9)
    assert sorted(rebuild(log=own_log()).written) == ["tile/0/001", "tile/1/000.p/2", "tile/entries/000"]
    assert {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()} == kept


def test_a_large_log_is_rebuilt_across_its_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.tally.stored.PIECE", 512)
    grow_by(1300)
    folder = own_shelf().folder
    kept = {path: path.read_bytes() for path in (folder / "tile").rglob("*") if path.is_file()}
    shutil.rmtree(folder / "tile")
    assert rebuild(log=own_log()).files == 5 + 1 + 5 + 1 + 1
    made = {path: path.read_bytes() for path in (folder / "tile").rglob("*") if path.is_file()}
    assert made.items() <= kept.items()
    assert len(made) == 13


def test_a_database_that_lost_an_entry_is_no_source_for_files() -> None:
    grow_by(10)
    Entry.objects.filter(index=4).update(entry=signs(77, 78)[0].entry)
    with pytest.raises(LogRefusedError) as caught:
        rebuild(log=own_log())
    assert caught.value.reason == LogRefusal.ENTRY_DIFFERS
