"""Recounting: figures by the rules, and every entry that breaks one named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog.logs import GOLDEN
from tocsin.tlog import entry
from tocsin.tlog.entry import Reason, Successor
from tocsin.tlog.recount import Fault, LogFault, Published, Recount, recount


def signed(campaign: str, number: int) -> bytes:
    return entry.sign(campaign, number.to_bytes(32, "big"))


def withdrawn(campaign: str, index: int, reason: Reason = Reason.SIGNATORY) -> bytes:
    return entry.withdraw(campaign, index, reason)


def figures(*entries: bytes) -> dict[str, tuple[int, int, int]]:
    campaigns = recount(entries).campaigns
    return {name: (one.signs, one.withdrawals, one.count) for name, one in campaigns.items()}


def faults(*entries: bytes) -> list[Fault]:
    return recount(entries).faults


def test_the_golden_log_is_recounted() -> None:
    result = recount([bytes.fromhex(one) for one in GOLDEN["entries"]])
    figures_of = {
        name: {"signs": one.signs, "withdrawals": one.withdrawals, "count": one.count}
        for name, one in result.campaigns.items()
    }

    assert (figures_of, result.size, result.faults) == (GOLDEN["counts"], 5, [])


def test_an_empty_log_says_nothing() -> None:
    result = recount([])

    assert (result.size, result.campaigns, result.predecessors, result.faults) == (0, {}, (), [])


def test_each_campaign_s_signatures_less_its_withdrawals() -> None:
    log = [signed("b", 1), signed("a", 2), signed("b", 3), withdrawn("b", 0), signed("b", 4), withdrawn("b", 2)]

    assert figures(*log) == {"a": (1, 0, 1), "b": (3, 2, 1)}
    assert list(figures(*log)) == ["a", "b"]
    assert faults(*log) == []


def test_reasons_texts_and_keys_are_kept_with_their_index() -> None:
    text, key = b"t" * 32, b"k" * 32
    log = [
        entry.text_version("a", text),
        entry.sealing_key("a", key),
        signed("a", 1),
        signed("a", 2),
        signed("a", 3),
        withdrawn("a", 2, Reason.STRUCK),
        withdrawn("a", 4, Reason.STRUCK),
        withdrawn("a", 3, Reason.DUPLICATE),
        entry.text_version("b", text),
    ]
    campaigns = recount(log).campaigns

    assert campaigns["a"].reasons == {Reason.SIGNATORY: 0, Reason.DUPLICATE: 1, Reason.STRUCK: 2}
    assert (campaigns["a"].texts, campaigns["a"].keys) == ([Published(0, text)], [Published(1, key)])
    assert (campaigns["b"].count, campaigns["b"].texts) == (0, [Published(8, text)])


@pytest.mark.parametrize(
    "log, fault",
    [
        ([withdrawn("a", 1), signed("a", 1)], Fault(0, LogFault.WITHDRAWS_LATER, "a", 1)),
        ([signed("a", 1), withdrawn("a", 1)], Fault(1, LogFault.WITHDRAWS_LATER, "a", 1)),
        ([signed("a", 1), withdrawn("a", 2)], Fault(1, LogFault.WITHDRAWS_BEYOND_SIZE, "a", 2)),
        ([signed("a", 1), withdrawn("a", 2**64 - 1)], Fault(1, LogFault.WITHDRAWS_BEYOND_SIZE, "a", 2**64 - 1)),
        ([signed("a", 1), withdrawn("a", 0), withdrawn("a", 1)], Fault(2, LogFault.WITHDRAWS_NO_SIGNATURE, "a", 1)),
        ([entry.text_version("a", bytes(32)), withdrawn("a", 0)], Fault(1, LogFault.WITHDRAWS_NO_SIGNATURE, "a", 0)),
        ([b"?", withdrawn("a", 0)], Fault(1, LogFault.WITHDRAWS_NO_SIGNATURE, "a", 0)),
        ([signed("b", 1), withdrawn("a", 0)], Fault(1, LogFault.WITHDRAWS_OTHER_CAMPAIGN, "a", 0)),
        ([signed("a", 1), withdrawn("a", 0), withdrawn("a", 0)], Fault(2, LogFault.WITHDRAWS_TWICE, "a", 0)),
        ([signed("a", 1), b""], Fault(1, LogFault.MALFORMED)),
        ([signed("a", 1), signed("a", 1)[:-1]], Fault(1, LogFault.MALFORMED)),
        ([signed("a", 1), signed("a", 1) + b"\0"], Fault(1, LogFault.MALFORMED)),
        ([signed("a", 1), bytes(71)], Fault(1, LogFault.MALFORMED)),
        ([signed("a", 1), entry.successor("old", 5, bytes(32))], Fault(1, LogFault.SUCCESSOR_NOT_FIRST)),
    ],
)
def test_an_entry_that_breaks_a_rule_is_named_and_changes_no_number(log: list[bytes], fault: Fault) -> None:
    found = faults(*log)
    honest = [one for place, one in enumerate(log) if place < fault.index]

    assert fault in found
    assert [one for one in found if one.index >= fault.index] == [fault]
    if fault.index:
        assert figures(*log) == figures(*honest)


def test_faults_come_in_the_log_s_order() -> None:
    log = [withdrawn("a", 9), b"?", withdrawn("a", 3), signed("a", 1), b"?"]

    assert [(one.index, one.fault) for one in faults(*log)] == [
        (0, LogFault.WITHDRAWS_BEYOND_SIZE),
        (1, LogFault.MALFORMED),
        (2, LogFault.WITHDRAWS_LATER),
        (4, LogFault.MALFORMED),
    ]


def test_a_wrong_withdrawal_does_not_use_up_the_right_one() -> None:
    log = [signed("a", 1), withdrawn("b", 0), withdrawn("a", 0)]

    assert figures(*log) == {"a": (1, 1, 0)}
    assert [one.fault for one in faults(*log)] == [LogFault.WITHDRAWS_OTHER_CAMPAIGN]


def test_a_log_that_follows_another_names_it_first() -> None:
    result = recount([entry.successor("old.example.org/tally", 5, bytes(32)), signed("a", 1)])

    assert result.predecessors == (Successor("old.example.org/tally", 5, bytes(32)),)
    assert result.faults == []


def test_which_signatures_are_live() -> None:
    counting = Recount()
    counting.add([signed("a", 1), signed("a", 2), withdrawn("a", 0)])

    assert [index for index in range(-1, 5) if counting.is_live(index)] == [1]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.integers(0, 12)), max_size=30), st.data())
def test_however_a_log_is_cut_into_pieces_it_says_the_same(
    steps: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    kinds = (signed, withdrawn, lambda name, number: entry.text_version(name, bytes([number]) * 32))
    log = [kinds[kind](name, number) for name, kind, number in steps]
    in_pieces = Recount()
    while in_pieces.size < len(log):
        in_pieces.add(log[in_pieces.size : in_pieces.size + data.draw(st.integers(1, 9))])

    assert in_pieces.result() == recount(log) == slowly(log)


def slowly(log: list[bytes]) -> object:
    """Recount by the rules as they are written, with an object for every entry."""
    counting = Recount()
    for one in log:
        counting.add([one])
    result = counting.result()
    live: dict[int, str] = {}
    counts = dict.fromkeys(result.campaigns, 0)
    for index, data in enumerate(log):
        match entry.parse(data):
            case entry.Sign(campaign):
                live[index] = campaign
                counts[campaign] += 1
            case entry.Withdraw(campaign, target) if live.get(target) == campaign:
                del live[target]
                counts[campaign] -= 1
    assert {name: one.count for name, one in result.campaigns.items()} == counts
    assert [index for index in range(len(log)) if counting.is_live(index)] == sorted(live)
    return result
