"""Mail to nowhere, loudly: for benchmarks, and for a server that must not write to anybody."""

import logging
import os
import threading
from pathlib import Path

from tocsin.outbox.mails import Mail
from tocsin.outbox.transports import Answer

_log = logging.getLogger(__name__)


class NullTransport:
    """Counts mails and throws them away; with a file, writes each one's main link there, a line each."""

    def __init__(self, links: Path | None = None) -> None:
        self.mails = 0
        self._lock = threading.Lock()
        self._links = None if links is None else os.open(links, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        _log.warning("TOCSIN_MAIL_URL is null: every mail is thrown away")

    def connect(self) -> "NullTransport":
        """Return itself: there is no line to open."""
        return self

    def send(self, mail: Mail) -> Answer:
        """Say that the mail was taken."""
        with self._lock:
            self.mails += 1
        if self._links is not None:
            os.write(self._links, mail.link.encode() + b"\n")  # short appends are atomic
        return Answer(250)

    def close(self) -> None:
        """Do nothing."""
