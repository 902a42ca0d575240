"""Whether an address has signed cannot be told from the answer to a form."""

from collections.abc import Callable

import pytest

from tests.cast import Person
from tests.running.mailbox import Mailbox, link_in
from tests.running.visitor import Answer, Visitor

Signer = Callable[[], Person]


def observable(answer: Answer) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """Return all that the answer shows, less the clock."""
    return answer.status, tuple(header for header in answer.headers if header[0] != "date"), answer.body


@pytest.fixture
def first_answer(visitor: Visitor, newcomer: Callable[..., Person]) -> Answer:
    return visitor.sign(newcomer())


def test_who_signed_and_did_not_confirm(
    visitor: Visitor, newcomer: Callable[..., Person], first_answer: Answer
) -> None:
    maya = newcomer()
    visitor.sign(maya)
    assert observable(visitor.sign(maya)) == observable(first_answer)


def test_who_signed_and_confirmed(
    visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person], first_answer: Answer
) -> None:
    maya = newcomer()
    visitor.sign(maya)
    visitor.confirm(link_in(mailbox.wait_for(maya.address), "c"))
    assert observable(visitor.sign(maya)) == observable(first_answer)


def test_who_withdrew(
    visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person], first_answer: Answer
) -> None:
    maya = newcomer()
    visitor.sign(maya)
    mail = mailbox.wait_for(maya.address)
    visitor.confirm(link_in(mail, "c"))
    visitor.ask("POST", f"{link_in(mail, 'm')}/withdraw", {"sure": "yes"})
    assert observable(visitor.sign(maya)) == observable(first_answer)


def test_who_stopped_all_mail(
    visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person], first_answer: Answer
) -> None:
    maya = newcomer()
    visitor.sign(maya)
    visitor.ask("POST", f"{link_in(mailbox.wait_for(maya.address), 'm')}/stop", {})
    assert observable(visitor.sign(maya)) == observable(first_answer)


def test_who_gets_no_more_mail_today(
    visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person], first_answer: Answer
) -> None:
    maya = newcomer()
    answers = [observable(visitor.sign(maya)) for _ in range(5)]
    assert set(answers) == {observable(first_answer)}
    mailbox.wait_for(maya.address, count=3)
    visitor.wait_quietly()
    assert len(mailbox.letters(maya.address)) == 3


def test_who_is_held(visitor: Visitor, newcomer: Callable[..., Person], first_answer: Answer) -> None:
    maya = newcomer()
    throw_away = visitor.sign(maya, email=maya.address.replace("example.org", "mailinator.com"))
    assert observable(throw_away) == observable(first_answer)


def test_asking_for_the_mail_again(visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person]) -> None:
    maya, stranger = newcomer(), newcomer()
    visitor.sign(maya)
    mailbox.wait_for(maya.address)
    path = f"{visitor.page}lost/"
    known = visitor.ask("POST", path, {"email": maya.address})
    unknown = visitor.ask("POST", path, {"email": stranger.address})
    assert observable(known) == observable(unknown)
