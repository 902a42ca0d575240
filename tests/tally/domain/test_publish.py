"""tally.domain.publish: what is signed is what lies on the disk and what got its index; all else has a name."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.tally.sequencer import (
    CAMPAIGN,
    NOW,
    SLUG,
    FlippingShelf,
    entries_in_order,
    flip_on_disk,
    give_indexes,
    grow_by,
    signs,
    with_shelf,
    withdrawal,
)
from tests.tlog.logs import merkle_tree_hash
from tocsin.tally.domain import Publication, check, publish
from tocsin.tally.log import Log, Memory, own_log, own_shelf
from tocsin.tally.models import Checkpoint, Count, Entry, Head
from tocsin.tally.queries import CountAt, Day, count_of, days_of, published, receipt_parts
from tocsin.tally.refusals import LogRefusal, LogRefusedError
from tocsin.tlog import bundles
from tocsin.tlog.entry import parse
from tocsin.tlog.hashing import EMPTY_ROOT, leaf_hash
from tocsin.tlog.keys import LogSigner
from tocsin.tlog.proofs import verify_inclusion
from tocsin.tlog.recount import recount
from tocsin.tlog.signed import open_checkpoint
from tocsin.tlog.tiles import ENTRIES, Tile, layout

pytestmark = pytest.mark.django_db(transaction=True)

# Row 33 of what this must stand up to, and a step beyond it on the way.
SIZES = (0, 1, 255, 256, 257, 600)


def shown(log: Log) -> tuple[str, int, bytes]:
    """Return what the checkpoint on the disk says, once its signature was checked."""
    checkpoint = open_checkpoint(log.shelf.text("checkpoint") or "", log_keys=log.verifiers).checkpoint
    return checkpoint.origin, checkpoint.size, checkpoint.root


def refusal_of(log: Log) -> tuple[LogRefusal, str]:
    """Publish, which must be refused; return why and where."""
    with pytest.raises(LogRefusedError) as caught:
        publish(log=log, now=NOW)
    return caught.value.reason, caught.value.about


def test_the_first_checkpoint_speaks_for_nothing() -> None:
    assert publish(log=own_log(), now=NOW) == Publication(0, 0)
    assert shown(own_log()) == ("testserver/tally", 0, EMPTY_ROOT)
    assert count_of(CAMPAIGN) == CountAt(0, 0, 0)


def test_each_growth_leaves_just_the_files_that_the_specification_names() -> None:
    log, done = own_log(), 0
    for size in SIZES:
        assert grow_by(size - done) == Publication(size, size - done)
        done = size
        entries = entries_in_order()
        assert shown(log) == (log.origin, size, merkle_tree_hash(entries))
        assert log.memory.read() == log.shelf.text("checkpoint")
        for tile in layout(size):
            data = log.shelf.read(tile)
            if tile.level == ENTRIES:
                assert bundles.decode(data) == entries[tile.begin : tile.begin + tile.width]
    # Partial tiles that a full one replaced are gone; those of sizes in between at the edge may stay.
    files = {path.relative_to(log.shelf.folder).as_posix() for path in log.shelf.folder.rglob("*") if path.is_file()}
    tiles = {name for name in files if name.startswith("tile/")}
    assert tiles == {
        *(f"tile/{level}/{number}" for level in ("0", "entries") for number in ("000", "001")),
        *(f"tile/{level}/002.p/88" for level in ("0", "entries")),
        "tile/1/000.p/1",
        "tile/1/000.p/2",
    }
    assert files - tiles == {"checkpoint", "vkey"}


def test_a_large_log_has_the_files_of_the_specification() -> None:
    shelf, done = own_shelf(), 0
    for size in (65_535, 65_536, 70_000):
        assert grow_by(size - done) == Publication(size, size - done)
        done = size
        assert {tile for tile in layout(size) if not (shelf.folder / tile.path).is_file()} == set()
        assert shown(own_log())[1] == size
    # The specification's own example.
    edge = [(0, 273, 112), (1, 0, 256), (1, 1, 17), (2, 0, 1), (ENTRIES, 273, 112)]
    assert all(shelf.read(Tile(*one)) for one in edge)


def test_numbers_are_what_a_recount_of_the_files_gives() -> None:
    others = {"other": 2, SLUG: CAMPAIGN}
    give_indexes([*signs(0, 40), *signs(40, 60, slug="other", campaign=2)])
    publish(log=own_log(), now=NOW)
    ours = [at for at, data in enumerate(entries_in_order()) if getattr(parse(data), "campaign", "") == SLUG]
    give_indexes([*signs(60, 65), *map(withdrawal, ours[:7])])
    publish(log=own_log(), now=NOW)
    give_indexes(signs(65, 70))  # has an index, and is in no file and no number
    files = [own_shelf().read(tile) for tile in layout(72) if tile.level == ENTRIES]
    result = recount(entry for data in files for entry in bundles.decode(data))
    assert (result.size, result.faults) == (72, [])
    for slug, campaign in others.items():
        tally = result.campaigns[slug]
        assert count_of(campaign) == CountAt(tally.signs, tally.withdrawals, 72)
    assert (count_of(1).number, count_of(2).number) == (38, 20)


def test_nothing_new_signs_nothing() -> None:
    grow_by(3)
    before = own_shelf().text("checkpoint")
    assert publish(log=own_log(), now=NOW) == Publication(3, 0)
    assert (own_shelf().text("checkpoint"), Checkpoint.objects.count()) == (before, 1)


def test_numbers_speak_for_the_published_size_and_days_add_up_to_them() -> None:
    grow_by(3)
    give_indexes([*signs(3, 5), withdrawal(1)])
    assert count_of(CAMPAIGN) == CountAt(3, 0, 3)
    publish(log=own_log(), now=NOW + timedelta(days=1))
    assert count_of(CAMPAIGN) == CountAt(5, 1, 6)
    assert days_of(CAMPAIGN) == [Day(date(2026, 4, 2), 3, 0), Day(date(2026, 4, 3), 2, 1)]
    assert (Count.objects.count(), count_of(2), days_of(2)) == (1, CountAt(0, 0, 6), [])


def test_every_entry_has_its_receipt_once_it_is_published() -> None:
    grow_by(300)
    give_indexes(signs(300, 301))
    newest = published()
    assert newest is not None
    for index, entry in enumerate(entries_in_order()[:300]):
        parts = receipt_parts(index)
        assert parts is not None
        verify_inclusion(index=index, size=300, leaf=leaf_hash(entry), proof=parts.proof, root=newest.root)
        assert parts.note == newest.note == own_shelf().text("checkpoint")
    assert (receipt_parts(300), receipt_parts(-1)) == (None, None)


@pytest.mark.parametrize(
    "path", ["tile/entries/000", "tile/entries/001.p/44", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"]
)
@pytest.mark.parametrize("bit", [0, 77])
def test_one_flipped_bit_in_what_was_written_is_not_signed(path: str, bit: int) -> None:
    give_indexes(signs(0, 300))
    assert refusal_of(with_shelf(partial(FlippingShelf, path=path, bit=bit))) == (LogRefusal.TILE_DIFFERS, path)
    assert (own_log().memory.read(), own_shelf().text("checkpoint"), Checkpoint.objects.count()) == (None, None, 0)
    # The disk was changed: what is written anew is right, and so it is signed.
    assert publish(log=own_log(), now=NOW) == Publication(300, 300)


@pytest.mark.parametrize("path", ["tile/entries/001.p/44", "tile/0/001.p/44", "tile/1/000.p/1"])
def test_one_bit_that_flips_in_a_published_tile_is_not_signed_into_the_next(path: str) -> None:
    grow_by(300)
    before = own_shelf().text("checkpoint")
    flip_on_disk(own_shelf().folder / path, 130)
    give_indexes(signs(300, 310))
    assert refusal_of(own_log())[0] == LogRefusal.TILE_DIFFERS
    assert own_shelf().text("checkpoint") == before


@pytest.mark.parametrize("bit", [0, 8, 16, 40, 200])
def test_one_bit_that_flips_in_the_database_before_publishing_is_not_signed(bit: int) -> None:
    grow_by(3)
    give_indexes(signs(3, 8))
    changed = Entry.objects.get(index=5)
    flipped = bytearray(changed.entry)
    flipped[bit // 8] ^= 1
    Entry.objects.filter(index=5).update(entry=bytes(flipped))
    assert refusal_of(own_log()) == (LogRefusal.ENTRY_DIFFERS, "between 3 and 8")
    # Not even a tile was written: what is served once stays in caches.
    assert not (own_shelf().folder / "tile/entries/000.p/8").exists()


def test_an_entry_that_is_gone_is_not_signed_over() -> None:
    give_indexes(signs(0, 5))
    Entry.objects.filter(index=2).delete()
    assert refusal_of(own_log())[0] == LogRefusal.ENTRY_DIFFERS


def test_a_published_tile_that_is_gone_is_named() -> None:
    grow_by(300)
    (own_shelf().folder / "tile/0/001.p/44").unlink()
    give_indexes(signs(300, 301))
    assert refusal_of(own_log()) == (LogRefusal.TILE_MISSING, "tile/0/001.p/44")
    with pytest.raises(LogRefusedError, match=r"tile/0/001\.p/44"):
        check(own_log(), thoroughly=True)


def test_a_database_behind_the_last_checkpoint_is_found_out_in_either_place(settings: Settings) -> None:
    grow_by(5)
    restored = list(Head.objects.values())
    grow_by(5)
    Entry.objects.filter(index__gte=5).delete()
    Checkpoint.objects.filter(size=10).delete()
    Head.objects.update(**restored[0])
    about = "5 entries here, 10 published"
    assert refusal_of(own_log()) == (LogRefusal.DATABASE_BEHIND, about)
    (own_shelf().folder / "checkpoint").unlink()
    assert refusal_of(own_log()) == (LogRefusal.DATABASE_BEHIND, about)
    (own_shelf().folder / "checkpoint").write_text(own_log().memory.read() or "", encoding="utf-8")
    Path(settings.LAST_CHECKPOINT).unlink()
    assert refusal_of(own_log()) == (LogRefusal.DATABASE_BEHIND, about)


def test_a_restored_database_that_went_on_by_itself_has_another_history() -> None:
    grow_by(5)
    restored = list(Head.objects.values())
    grow_by(5)
    Entry.objects.filter(index__gte=5).delete()
    Checkpoint.objects.filter(size=10).delete()
    Head.objects.update(**restored[0])
    give_indexes(signs(1000, 1020))
    assert refusal_of(own_log()) == (LogRefusal.OTHER_HISTORY, "at 10 entries")
    assert Checkpoint.objects.count() == 1


def test_when_the_last_checkpoint_and_the_shown_one_are_both_gone_nothing_is_signed(settings: Settings) -> None:
    grow_by(5)
    Path(settings.LAST_CHECKPOINT).unlink()
    (own_shelf().folder / "checkpoint").unlink()
    grow = partial(grow_by, 1)
    with pytest.raises(LogRefusedError) as caught:
        grow()
    assert caught.value.reason == LogRefusal.MEMORY_LOST


def test_one_of_the_two_is_made_from_the_other(settings: Settings) -> None:
    grow_by(5)
    note = own_log().memory.read()
    Path(settings.LAST_CHECKPOINT).unlink()
    publish(log=own_log(), now=NOW)
    assert own_log().memory.read() == note
    (own_shelf().folder / "checkpoint").unlink()
    (own_shelf().folder / "vkey").unlink()
    publish(log=own_log(), now=NOW)
    assert (own_shelf().text("checkpoint"), own_shelf().text("vkey")) == (note, own_log().vkeys)


def test_a_log_under_another_key_or_name_is_not_continued(settings: Settings) -> None:
    grow_by(5)
    stranger = replace(own_log(), signers=(LogSigner(own_log().origin, bytes(32)),))
    give_indexes(signs(5, 6))
    Checkpoint.objects.update(note="lost")
    assert refusal_of(stranger)[0] == LogRefusal.OTHER_KEY
    settings.LOG_ORIGIN = "elsewhere.example/tally"
    assert refusal_of(own_log())[0] == LogRefusal.OTHER_KEY


def test_a_sequencer_that_was_overtaken_stores_nothing() -> None:
    grow_by(5)
    give_indexes(signs(5, 6))

    def overtake(step: object) -> None:
        if str(step) == "remembered":
            Head.objects.update(published=6)

    with pytest.raises(LogRefusedError) as caught:
        publish(log=own_log(), now=NOW, on_step=overtake)
    assert (caught.value.reason, count_of(CAMPAIGN).signs) == (LogRefusal.MOVED, 5)


def test_what_witnesses_added_is_shown_and_not_mistaken_for_another_history() -> None:
    grow_by(5)
    Checkpoint.objects.update(cosignatures="— witness.example.net AAAAAAAA\n")
    publish(log=own_log(), now=NOW)
    newest = published()
    assert newest is not None
    assert own_shelf().text("checkpoint") == newest.note
    assert newest.note.endswith("— witness.example.net AAAAAAAA\n")
    assert grow_by(1).size == 6


def test_the_memory_may_lie_anywhere(tmp_path: Path) -> None:
    log = replace(own_log(), memory=Memory(tmp_path / "on" / "another" / "disk"))
    give_indexes(signs(0, 2))
    publish(log=log, now=datetime.now(UTC))
    assert log.memory.read() == own_shelf().text("checkpoint")
