"""A mail server that keeps what it gets: every address's mailbox at once."""

import logging
import re
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.running.ports import free_port

PATIENCE_SECONDS = 30.0


class Mailbox:
    """Takes mail by SMTP on a free loopback port and lets tests wait for it."""

    def __init__(self) -> None:
        self.port = free_port()
        self._letters: list[tuple[str, EmailMessage]] = []
        self._refusals: dict[str, str] = {}
        self._changed = threading.Condition()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def start(self) -> None:
        """Listen."""
        # It tells every command at level INFO, from a thread that outlives the test that captures it.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self._controller.start()

    def stop(self) -> None:
        """Stop listening; what came stays readable."""
        self._controller.stop()

    def refuse(self, address: str, answer: str) -> None:
        """Answer every mail for `address` with `answer`, as in "550 no such mailbox"."""
        self._refusals[address] = answer

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or say what `refuse` was told to."""
        if answer := self._refusals.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options += options
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        """Keep one mail for each of its recipients."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        with self._changed:
            self._letters += [(address, message) for address in envelope.rcpt_tos]
            self._changed.notify_all()
        return "250 kept"

    def empty(self) -> None:
        """Forget what came."""
        with self._changed:
            self._letters.clear()

    def letters(self, address: str) -> list[EmailMessage]:
        """Return what came for `address`, oldest first."""
        with self._changed:
            return [message for to, message in self._letters if to == address]

    def everyone(self) -> list[str]:
        """Return the address of each mail that came, oldest first."""
        with self._changed:
            return [to for to, _ in self._letters]

    def wait_for(
        self, address: str, count: int = 1, seconds: float = PATIENCE_SECONDS, *, saying: str = ""
    ) -> EmailMessage:
        """Return the `count`th mail for `address`, of those that say `saying`; fail when it does not come in time."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while len(found := self._found(address, saying)) < count:
                if not self._changed.wait(deadline - time.monotonic()):
                    pytest.fail(f"{len(found)} of {count} mails came for {address}")
        return found[count - 1]

    def _found(self, address: str, saying: str) -> list[EmailMessage]:
        return [message for to, message in self._letters if to == address and saying in plain_text(message)]


def plain_text(message: EmailMessage) -> str:
    """Return a mail's text part."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def link_in(message: EmailMessage, kind: str) -> str:
    """Return the link to /c/ or /m/ in a mail's text part, less the host."""
    found = re.search(rf"https?://[^/\s]+(/{kind}/[\w-]{{43}})", plain_text(message))
    assert found, plain_text(message)
    return found[1]
