"""tally.queries: which logs this one follows, whatever stands where their names should."""

import pytest

from tocsin.tally.models import Entry
from tocsin.tally.queries import places_further, predecessors
from tocsin.tlog import entry
from tocsin.tlog.entry import Kind, Successor
from tocsin.tlog.succession import MOST_LOGS

pytestmark = pytest.mark.django_db


def write(*entries: bytes) -> None:
    Entry.objects.bulk_create(
        Entry(index=index, campaign=0, kind=int(Kind.SUCCESSOR), entry=data) for index, data in enumerate(entries)
    )


def test_the_first_entries_name_them_nearest_first() -> None:
    named = [Successor("b.example", 9, bytes(32)), Successor("a.example", 3, bytes(32))]
    write(*(entry.successor(one.origin, one.size, one.root) for one in named))
    assert predecessors() == named
    assert [places_further(one) for one in ("testserver/tally", "b.example", "a.example", "c.example")] == [
        0,
        1,
        2,
        None,
    ]


@pytest.mark.parametrize("spoiled", [b"", b"\x01\x05 no entry", entry.sign("a", bytes(32))])
def test_what_cannot_be_read_ends_the_names_and_fails_no_page(spoiled: bytes) -> None:
    write(entry.successor("b.example", 9, bytes(32)), spoiled, entry.successor("a.example", 3, bytes(32)))
    assert [one.origin for one in predecessors()] == ["b.example"]


def test_no_more_are_looked_at_than_a_log_can_follow() -> None:
    write(*(entry.successor(f"o{number}.example", 1, bytes(32)) for number in range(MOST_LOGS + 2)))
    assert len(predecessors()) == MOST_LOGS
