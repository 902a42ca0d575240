"""tlog.succession: the old log comes out of the new one again, to its root, or the difference shows."""

import random

import pytest

from tests.tlog.logs import merkle_tree_hash
from tocsin.tlog import entry
from tocsin.tlog.entry import Reason, Successor
from tocsin.tlog.hashing import leaf_hashes, subtree_root
from tocsin.tlog.recount import LogFault, recount
from tocsin.tlog.succession import MOST_LOGS, Predecessor, TakenOver, predecessors, taken_over


def old_log(size: int = 300) -> list[bytes]:
    """Return a log with every kind of entry and a fault, the same each time."""
    chance = random.Random(5)
    log = [entry.text_version("a", bytes(32)), entry.sealing_key("a", bytes(32)), b"\x01\x02 no entry"]
    while len(log) < size:
        is_gone = len(log) > 10 and chance.random() < 0.2
        digest = len(log).to_bytes(32, "big")
        gone = entry.withdraw("a", chance.randrange(len(log)), Reason.STRUCK)
        log.append(gone if is_gone else entry.sign("a", digest))
    return log


def successor_of(log: list[bytes], origin: str = "old.example.org/tally") -> list[bytes]:
    return [entry.successor(origin, len(log), merkle_tree_hash(log)), *map(taken_over, log)]


def root_of(log: list[bytes], places: int, size: int) -> bytes:
    made = Predecessor(places)
    half = places + size // 2
    made.add(log[places:half])
    made.add(log[half : places + size])
    assert made.size == size
    return made.root()


def test_the_old_root_comes_out_of_the_new_log_at_every_size() -> None:
    old = old_log()
    new = successor_of(old)
    for size in (1, 2, 11, 255, 256, 257, 300):
        assert root_of(new, 1, size) == merkle_tree_hash(old[:size])


def test_of_three_logs_the_third_gives_both_roots() -> None:
    first = old_log()
    second = [*successor_of(first, "first.example"), entry.sign("a", b"2" * 32)]
    third = [*successor_of(second, "second.example"), entry.sign("a", b"3" * 32)]
    assert [one.origin for one in predecessors(third)] == ["second.example", "first.example"]
    assert root_of(third, 1, len(second)) == merkle_tree_hash(second)
    assert root_of(third, 2, len(first)) == merkle_tree_hash(first)
    assert recount(third).predecessors == tuple(predecessors(third))


def test_the_numbers_stay_and_faults_stay_where_they_were_one_place_further() -> None:
    old = old_log()
    before, after = recount(old), recount(successor_of(old))
    assert {name: (one.signs, one.withdrawals) for name, one in before.campaigns.items()} == {
        name: (one.signs, one.withdrawals) for name, one in after.campaigns.items()
    }
    assert [one.index + 1 for one in before.faults] == [one.index for one in after.faults]


@pytest.mark.parametrize("at", [0, 2, 40, 299])
def test_an_entry_left_out_changed_or_exchanged_shows(at: int) -> None:
    old = old_log()
    right = successor_of(old)
    other = entry.sign("a", b"?" * 32)
    for wrong in (
        [*right[: at + 1], *right[at + 2 :], other],
        [*right[: at + 1], other, *right[at + 2 :]],
        [*right[: at + 1], other, *right[at + 1 : -1]],
    ):
        assert root_of(wrong, 1, len(old)) != merkle_tree_hash(old)


def test_a_withdrawal_names_the_place_its_signature_has_now_and_all_else_is_the_same_bytes() -> None:
    assert taken_over(entry.withdraw("a", 7, Reason.DUPLICATE)) == entry.withdraw("a", 8, Reason.DUPLICATE)
    assert taken_over(entry.withdraw("a", 8, Reason.DUPLICATE), -1) == entry.withdraw("a", 7, Reason.DUPLICATE)
    for one in (entry.sign("a", b"x" * 32), entry.successor("o", 3, bytes(32)), b"", b"\x01\x02", b"?"):
        assert taken_over(one) == one
    assert taken_over(entry.withdraw("a", 0, Reason.STRUCK), -1) == entry.withdraw("a", 0, Reason.STRUCK)


def test_a_name_that_comes_later_is_no_predecessor() -> None:
    named = entry.successor("o", 0, subtree_root(leaf_hashes([b"?"])))
    assert predecessors([entry.sign("a", bytes(32)), named]) == []
    assert predecessors([b"?", named]) == []
    assert predecessors([named]) == [Successor("o", 0, subtree_root(leaf_hashes([b"?"])))]


@pytest.mark.parametrize("piece", [1, 2, 7, 256, 1000])
def test_one_pass_gives_every_root_that_was_asked_for(piece: int) -> None:
    first = old_log()
    second = [*successor_of(first, "first.example"), *old_log(20)]
    third = [*successor_of(second, "second.example"), entry.sign("a", b"3" * 32)]
    over = TakenOver()
    asked = [("first.example", 0), ("first.example", 299), ("second.example", 17), ("second.example", 900)]
    for origin, size in asked:
        over.ask(origin, size)
    for begin in range(0, len(third), piece):
        over.add(third[begin : begin + piece])
    assert over.logs == predecessors(third)
    assert over.root(1, len(second)) == merkle_tree_hash(second)
    assert over.root(1, 17) == merkle_tree_hash(second[:17])
    assert over.root(2, len(first)) == merkle_tree_hash(first)
    assert over.root(2, 299) == merkle_tree_hash(first[:299])
    assert over.root(2, 0) == merkle_tree_hash([])
    # Not there, or not asked for.
    assert [over.root(1, 900), over.root(1, 18), over.root(3, 0)] == [None, None, None]


@pytest.mark.parametrize("piece", [1, 64, 256])
def test_more_names_than_a_log_can_follow_are_faults_and_nobody_makes_their_roots(piece: int) -> None:
    many = [entry.successor(f"o{number}", number, bytes(32)) for number in range(MOST_LOGS + 3)]
    over = TakenOver()
    for begin in range(0, len(many), piece):
        over.add(many[begin : begin + piece])
    assert len(over.logs) == len(predecessors(many)) == len(recount(many).predecessors) == MOST_LOGS
    assert [(one.index, one.fault) for one in recount(many).faults] == [
        (MOST_LOGS + more, LogFault.SUCCESSOR_NOT_FIRST) for more in range(3)
    ]
