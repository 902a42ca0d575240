"""The mails of accounts, as the worker builds them."""

import email
import email.policy
from datetime import UTC, datetime

import orjson
import pytest
from pytest_django import Settings

from tocsin.desk.emails import ACCOUNT_LETTER, account_letter, build_account_mails, builders
from tocsin.outbox.mails import Dropped, Mail, Opened
from tocsin.outbox.states import Reason

NOW = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)
TEXT = "Choose a password <here>:\n\nhttp://testserver/desk/account/x/?a=1&b=2"


def opened(**more: str) -> Opened:
    content = {"to": "noor@example.org", "subject": "Your account", "text": TEXT} | more
    return Opened(id=1, kind=ACCOUNT_LETTER, campaign=None, provider="other", attempts=0, content=content)


def built(**more: str) -> Mail | Dropped:
    return build_account_mails([opened(**more)], NOW)[0]


def test_a_mail_says_what_was_written_as_text_and_as_html(settings: Settings) -> None:
    settings.MAIL_FROM = "desk@example.org"
    mail = built()
    assert isinstance(mail, Mail)
    message = email.message_from_bytes(mail.content, policy=email.policy.default)
    text, page = message.iter_parts()
    assert (message["From"], message["To"], message["Subject"]) == (
        "desk@example.org",
        "noor@example.org",
        "Your account",
    )
    assert text.get_content().replace("\r\n", "\n").strip() == TEXT
    assert "&lt;here&gt;" in page.get_content()
    assert 'href="http://testserver/desk/account/x/?a=1&amp;b=2"' in page.get_content()
    assert mail.link == "http://testserver/desk/account/x/?a=1&b=2"


def test_nothing_in_a_text_is_taken_for_a_slot() -> None:
    typed = "Hello @@sl@@slot:ot:to@@ and @@slot:x@@"
    mail = built(text=typed)
    assert isinstance(mail, Mail)
    text, _page = email.message_from_bytes(mail.content, policy=email.policy.default).iter_parts()
    assert text.get_content().strip() == typed


def test_a_subject_cannot_bring_a_header() -> None:
    mail = built(subject="Hi\r\nBcc: all@example.org")
    assert isinstance(mail, Mail)
    assert b"\nBcc:" not in mail.content


@pytest.mark.parametrize("to", ["", "no address", "a@b\r\nBcc: c@d.example"])
def test_what_is_no_address_is_not_written_to(to: str) -> None:
    assert built(to=to) == Dropped(Reason.NO_ADDRESS)


@pytest.mark.usefixtures("db")
def test_a_letter_tells_its_provider_and_nothing_else() -> None:
    row = account_letter(to="noor@gmail.com", subject="s", text="t", now=NOW)
    assert row[:2] == (ACCOUNT_LETTER, None)
    assert row[4] == "google"
    assert orjson.dumps("noor") not in row[6]


def test_the_worker_is_told_of_every_kind() -> None:
    assert builders() == {ACCOUNT_LETTER: build_account_mails}
