"""Mail through any Django mail backend, which is how providers with an interface of their own are reached.

Slower than SMTP: each message is taken apart again, since a backend wants its fields.
"""

import contextlib
import email
import email.policy
import smtplib
from email.message import MIMEPart
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection

from tocsin.outbox.mails import Mail
from tocsin.outbox.transports import Answer, ConnectionLostError, NoConnectionError

# What the message itself does not carry as a field of its own.
_KEPT_HEADERS = ("Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted")
_REFUSED = Answer(550)
_LATER = Answer(451)


class DjangoTransport:
    """Opens the backend that TOCSIN_MAIL_BACKEND names."""

    def connect(self) -> "_Backend":
        """Return an opened backend."""
        backend = get_connection()
        try:
            backend.open()
        except Exception as error:
            message = f"{type(backend).__module__} does not open ({type(error).__name__})"
            raise NoConnectionError(message) from error
        return _Backend(backend)


class _Backend:
    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def send(self, mail: Mail) -> Answer:
        try:
            sent = self._backend.send_messages([_taken_apart(mail)])
        except smtplib.SMTPRecipientsRefused as error:
            return Answer(next((code for code, _ in error.recipients.values()), 550))
        except smtplib.SMTPResponseException as error:
            return Answer(error.smtp_code)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise ConnectionLostError(type(error).__name__, _LATER) from error
        except Exception as error:  # noqa: BLE001  each backend has errors of its own
            # A provider's error may be about this recipient or about our account: only the first is final.
            return _REFUSED if type(error).__name__ in _FINAL_ERRORS else _LATER
        return Answer(250) if sent else _LATER

    def close(self) -> None:
        with contextlib.suppress(Exception):  # a line that is gone cannot be told goodbye
            self._backend.close()


_FINAL_ERRORS = frozenset({"AnymailRecipientsRefused", "AnymailInvalidAddress"})


def _taken_apart(mail: Mail) -> EmailMultiAlternatives:
    message = email.message_from_bytes(mail.content, policy=email.policy.default)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    taken = EmailMultiAlternatives(
        subject=str(message["Subject"]),
        body=_content(text),
        from_email=str(message["From"]),
        to=[mail.to],
        headers={name: str(message[name]) for name in _KEPT_HEADERS if message[name]},
    )
    taken.attach_alternative(_content(html), "text/html")
    return taken


def _content(part: "MIMEPart[Any, Any] | None") -> str:
    return "" if part is None else str(part.get_content())
