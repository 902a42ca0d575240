"""tally.domain: entries wait, get their index in a random order, and add up."""

import hashlib

import pytest

from tests.tlog.logs import merkle_tree_hash
from tocsin import db
from tocsin.tally.domain import Advance, Indexed, Queued, advance, queue, unqueue
from tocsin.tally.models import Entry, Head, QueuedEntry
from tocsin.tally.queries import CountAt, count_of, log_size, published_size, waiting_entries
from tocsin.tally.ranges import unpack
from tocsin.tlog import entry
from tocsin.tlog.entry import Kind, Reason

pytestmark = pytest.mark.django_db(transaction=True)


def signs(number: int, campaign: int = 1) -> list[Queued]:
    """Return `number` different signatures' entries."""
    return [
        Queued(campaign, Kind.SIGN, entry.sign("demo", hashlib.sha256(bytes([place])).digest()), bytes([place]))
        for place in range(number)
    ]


def put(entries: list[Queued]) -> None:
    """Queue `entries` in a transaction of their own."""
    with db.transaction():
        queue(entries)


def step(limit: int = 5000) -> tuple[Advance, list[Indexed]]:
    """Advance once; return what it says and what it told."""
    told: list[Indexed] = []
    return advance(count=told.extend, limit=limit), told


def test_nothing_waits_nothing_moves() -> None:
    assert step() == (Advance(0, 0), [])
    assert (log_size(), count_of(1)) == (0, CountAt(0, 0, 0))


def test_every_entry_gets_one_index_and_the_batch_is_shuffled() -> None:
    put(signs(100))
    done, told = step()
    assert done == Advance(100, 100)
    assert [item.index for item in told] == list(range(100))
    # The queue's own order is that of hashes; neither that nor the order of queueing may show.
    order = [item.ref or b"" for item in told]
    assert sorted(order) == [bytes([place]) for place in range(100)]
    assert order != [bytes(row.entry) for row in Entry.objects.order_by("index")]
    assert order != sorted(order)


def test_two_batches_of_the_same_entries_are_ordered_differently() -> None:
    put(signs(50))
    _, first = step()
    Entry.objects.all().delete()
    Head.objects.update(size=0, peaks=b"")
    put(signs(50))
    _, second = step()
    assert [item.ref for item in first] != [item.ref for item in second]


def test_a_limit_leaves_the_rest_for_the_next_step() -> None:
    put(signs(10))
    assert (step(limit=7)[0], step(limit=7)[0], waiting_entries()) == (Advance(7, 7), Advance(10, 3), 0)


def test_texts_and_keys_stand_before_the_signatures_of_their_batch() -> None:
    text = Queued(1, Kind.TEXT_VERSION, entry.text_version("demo", b"t" * 32))
    key = Queued(1, Kind.SEALING_KEY, entry.sealing_key("demo", b"k" * 32))
    put([*signs(30), text, key])
    _, told = step()
    assert {item.kind for item in told[:2]} == {Kind.TEXT_VERSION, Kind.SEALING_KEY}


def test_the_range_grows_with_the_log_and_the_numbers_wait_for_the_publishing() -> None:
    put(signs(3))
    step()
    put([Queued(1, Kind.WITHDRAW, entry.withdraw("demo", 1, Reason.SIGNATORY))])
    step()
    entries = [bytes(row.entry) for row in Entry.objects.order_by("index")]
    head = Head.objects.get()
    assert unpack(head.size, head.peaks).root() == merkle_tree_hash(entries)
    assert (log_size(), published_size(), count_of(1)) == (4, 0, CountAt(0, 0, 0))


def test_the_same_entry_cannot_wait_twice() -> None:
    put(signs(1))
    with pytest.raises(Exception, match=r"(?i)unique"):
        put(signs(1))


def test_an_entry_is_taken_back_until_it_has_its_index() -> None:
    (waiting,) = signs(1)
    put([waiting])
    with db.transaction():
        assert unqueue(waiting.entry)
        assert not unqueue(waiting.entry)
    put([waiting])
    step()
    with db.transaction():
        assert not unqueue(waiting.entry)


def test_when_the_counting_fails_nothing_has_an_index() -> None:
    put(signs(5))

    def fail(_batch: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        advance(count=fail)
    assert (QueuedEntry.objects.count(), Entry.objects.count(), log_size(), count_of(1).signs) == (5, 0, 0, 0)
