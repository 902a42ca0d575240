"""Which transport TOCSIN_MAIL_URL names."""

from email.utils import parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tocsin.outbox.transports import Transport
from tocsin.outbox.transports.null import NullTransport
from tocsin.outbox.transports.smtp import SmtpTransport
from tocsin.outbox.transports.through_django import DjangoTransport

_SECURITY = {"smtp": "plain", "smtp+tls": "starttls", "smtps": "tls"}
_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def transport_for(url: str, *, mail_from: str) -> Transport:
    """Return the transport of a mail address such as smtp+tls://user:password@host:587.

    `null:` throws mails away, `null:///path` writes their links there; `django:` takes the
    backend of TOCSIN_MAIL_BACKEND.
    """
    parts = urlsplit(url)
    if parts.scheme == "null":
        return NullTransport(Path(unquote(parts.path)) if parts.path else None)
    if parts.scheme == "django":
        return DjangoTransport()
    return SmtpTransport(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or _PORTS[parts.scheme],
        sender=parseaddr(mail_from)[1],
        security=_SECURITY[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
