"""A worker in a process of its own, to be killed: python -m tests.outbox.sender post|send [NUMBER]."""

import os
import sys
import threading

LINES = 3
PACE = {"connections": LINES, "lease_seconds": 2}


def main(verb: str, number: int) -> None:
    """Set Django up as a server would, and do one of the two."""
    import django  # noqa: PLC0415  first the settings

    os.environ["DJANGO_SETTINGS_MODULE"] = "tocsin.config.settings"
    django.setup()
    {"post": _post, "send": _send}[verb](number)


def _post(number: int) -> None:
    from datetime import UTC, datetime  # noqa: PLC0415  see above

    from django.core.management import call_command  # noqa: PLC0415  see above

    from tests.factories.outbox import post  # noqa: PLC0415  see above

    call_command("migrate", verbosity=0)
    post(*(f"maya{n}@example{n % 7}.org" for n in range(number)), now=datetime.now(UTC))


def _send(port: int) -> None:
    from tests.factories.outbox import NOTES  # noqa: PLC0415  see above
    from tocsin.outbox.sent import open_register  # noqa: PLC0415  see above
    from tocsin.outbox.transports.smtp import SmtpTransport  # noqa: PLC0415  see above
    from tocsin.outbox.worker import MailWorker, Pace  # noqa: PLC0415  see above

    transport = SmtpTransport(host="127.0.0.1", port=port, sender="noreply@example.org")
    pace = Pace(**PACE)
    worker = MailWorker(transport=transport, builders=NOTES, sent=open_register(), pace=pace)
    worker.run(threading.Event())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
