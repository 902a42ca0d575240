"""However often and however simultaneously somebody confirms, one signature counts."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cast import Person
from tests.running.mailbox import Mailbox, link_in
from tests.running.visitor import Visitor

AT_ONCE = 100


def outcomes(visitor: Visitor, links: list[str]) -> Counter[str]:
    """Press the button behind each of `links` at the same time; return how often which page came."""
    with ThreadPoolExecutor(max_workers=len(links)) as crowd:
        answers = crowd.map(lambda link: visitor.ask("POST", link, {"consent": "yes"}), links)
    return Counter(_heading(answer.text) if answer.status == 200 else str(answer.status) for answer in answers)


def _heading(page: str) -> str:
    return page.partition("<h1>")[2].partition("</h1>")[0]


def test_a_hundred_at_once_count_one(visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person]) -> None:
    maya = newcomer()
    visitor.sign(maya)
    link = link_in(mailbox.wait_for(maya.address), "c")
    before = visitor.settled()
    seen = outcomes(visitor, [link] * AT_ONCE)
    assert set(seen) <= {"Thank you. You have signed.", "You have signed"}
    assert seen["Thank you. You have signed."] >= 1
    visitor.wait_for_count(before["count"] + 1)
    after = visitor.settled()
    assert (after["count"], after["signs"]) == (before["count"] + 1, before["signs"] + 1)


@pytest.mark.parametrize("round_number", range(5))
def test_two_pending_ones_of_one_address_at_once_count_one(
    visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person], round_number: int
) -> None:
    maya = newcomer()
    visitor.sign(maya)
    visitor.sign(maya)
    links = [link_in(mailbox.wait_for(maya.address, count=number), "c") for number in (1, 2)]
    before = visitor.settled()
    seen = outcomes(visitor, links)
    assert seen == {"Thank you. You have signed.": 1, "You have signed": 1}
    visitor.wait_for_count(before["count"] + 1)
    assert visitor.settled()["signs"] == before["signs"] + 1


def test_withdrawing_twice_at_once_drops_the_number_once(
    visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person]
) -> None:
    maya = newcomer()
    visitor.sign(maya)
    mail = mailbox.wait_for(maya.address)
    visitor.confirm(link_in(mail, "c"))
    before = visitor.settled()
    path = f"{link_in(mail, 'm')}/withdraw"
    with ThreadPoolExecutor(max_workers=20) as crowd:
        answers = list(crowd.map(lambda _: visitor.ask("POST", path, {"sure": "yes"}), range(20)))
    assert Counter(_heading(answer.text) for answer in answers) == {"Your signature is withdrawn": 20}
    after = visitor.settled()
    assert (after["count"], after["withdrawals"]) == (before["count"] - 1, before["withdrawals"] + 1)
