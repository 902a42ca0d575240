"""The mails of accounts: a new password, a changed one. They wait in the outbox like all others."""

import html
import re
from collections.abc import Sequence
from datetime import datetime

import orjson
from django.conf import settings

from tocsin.kit.addresses import parse, provider_of, wire_form
from tocsin.outbox.mails import Builder, Dropped, Mail, Opened
from tocsin.outbox.mime import MailTemplate
from tocsin.outbox.sealing import LetterRow, letter_row
from tocsin.outbox.states import Reason

ACCOUNT_LETTER = "account"
_LINK = re.compile(r"https?://\S+")


def account_letter(*, to: str, subject: str, text: str, now: datetime) -> LetterRow:
    """Return a mail of an account as a row for outbox.post."""
    address = parse(to)
    content = orjson.dumps({"to": to, "subject": subject, "text": text})
    provider = provider_of(address.domain) if address else "other"
    return letter_row(kind=ACCOUNT_LETTER, campaign=None, content=content, provider=provider, now=now)


def builders() -> dict[str, Builder]:
    """Return the builder of each kind of letter that the desk posts, for the worker."""
    return {ACCOUNT_LETTER: build_account_mails}


def build_account_mails(letters: Sequence[Opened], now: datetime) -> list[Mail | Dropped]:
    """Make the mails as they were written; there are few, so each has a template of its own."""
    return [_mail(letter, now) for letter in letters]


def _mail(letter: Opened, now: datetime) -> Mail | Dropped:
    to = wire_form(str(letter.content["to"]))
    if to is None:
        return Dropped(Reason.NO_ADDRESS)
    text = str(letter.content["text"])
    template = MailTemplate(
        subject=str(letter.content["subject"]),
        text=text,
        html_text=_as_html(text),
        sender=settings.MAIL_FROM,
        headers={"Auto-Submitted": "auto-generated"},
    )
    link = _LINK.search(text)
    return Mail(to, template.fill(to=to, values={}, headers={}, now=now), link[0] if link else "")


def _as_html(text: str) -> str:
    """Return the same words with links that can be pressed."""
    escaped = html.escape(text)
    linked = _LINK.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', escaped)
    paragraphs = "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in linked.split("\n\n"))
    return f"<!doctype html><html><body>{paragraphs}</body></html>"
