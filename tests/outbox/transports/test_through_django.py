"""outbox.transports.through_django: the same mail through any backend."""

import smtplib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django import Settings

from tocsin.outbox.mails import Mail
from tocsin.outbox.mime import MailTemplate, slot
from tocsin.outbox.transports import ConnectionLostError, NoConnectionError
from tocsin.outbox.transports.through_django import DjangoTransport


class AnymailRecipientsRefused(Exception):  # noqa: N818  named as the library names it
    pass


class Failing(BaseEmailBackend):
    """Raises what the recipient's name says."""

    errors: dict[str, Exception] = {  # noqa: RUF012  a table
        "refused": smtplib.SMTPRecipientsRefused({"x": (550, b"")}),
        "later": smtplib.SMTPDataError(452, b""),
        "gone": smtplib.SMTPServerDisconnected(),
        "anymail": AnymailRecipientsRefused(),
        "strange": KeyError("x"),
    }

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        raise self.errors[email_messages[0].to[0].partition("@")[0]]


class Closed(BaseEmailBackend):
    def open(self) -> bool:
        message = "no"
        raise OSError(message)


def a_mail(to: str = "maya@example.org") -> Mail:
    template = MailTemplate(
        subject="Éxito",
        text=f"Hello {slot('name')}",
        html_text="<p>Hello</p>",
        sender="x <a@example.org>",
        headers={"Auto-Submitted": "auto-generated"},
    )
    headers = {
        "List-Unsubscribe": "<https://x.example/m/T/stop>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    now = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)
    return Mail(to, template.fill(to=to, values={"name": "Maya"}, headers=headers, now=now))


def test_a_backend_gets_the_same_mail(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    sent = a_mail()
    assert DjangoTransport().connect().send(sent).is_sent
    (got,) = django_mail.outbox
    assert (got.subject, got.to, got.from_email, got.body.strip()) == (
        "Éxito",
        ["maya@example.org"],
        "x <a@example.org>",
        "Hello Maya",
    )
    assert isinstance(got, EmailMultiAlternatives)
    ((html, media_type),) = got.alternatives
    assert (str(html).strip(), media_type) == ("<p>Hello</p>", "text/html")
    assert got.message()["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert got.message()["Auto-Submitted"] == "auto-generated"
    assert str(got.message()["Message-ID"]).encode() in sent.content


@pytest.mark.parametrize("name, code", [("refused", 550), ("later", 452), ("anymail", 550), ("strange", 451)])
def test_what_a_backend_raises_is_an_answer(settings: Settings, name: str, code: int) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Failing"
    assert DjangoTransport().connect().send(a_mail(f"{name}@example.org")).code == code


def test_a_backend_that_loses_its_line_may_have_sent(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Failing"
    with pytest.raises(ConnectionLostError):
        DjangoTransport().connect().send(a_mail("gone@example.org"))


def test_a_backend_that_does_not_open_is_no_connection(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Closed"
    with pytest.raises(NoConnectionError):
        DjangoTransport().connect()
