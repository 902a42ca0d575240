"""The mail baselines: the same mail again and again over one connection, by smtplib alone, or by Django's own backend.

python -m tocsin.cli.bench.baselines.mailers bare|django PORT MAIL_FILE
"""

import email
import email.policy
import smtplib
import sys
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection


def send_bare(port: int, mail: bytes) -> None:
    """Send the bytes as they are, until ended."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        while True:
            server.sendmail("noreply@example.org", ["somebody@example.org"], mail)


def send_by_django(port: int, mail: bytes) -> None:
    """Build each message anew and send it over one open backend, until ended."""
    settings.configure(USE_TZ=True, DEFAULT_FROM_EMAIL="noreply@example.org")
    read = email.message_from_bytes(mail, policy=email.policy.default)
    text, html = read.get_body(("plain",)), read.get_body(("html",))
    words, markup = (str(part.get_content()) if part is not None else "" for part in (text, html))
    backend = get_connection("django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port)
    backend.open()
    while True:
        message = EmailMultiAlternatives(str(read["Subject"]), words, to=["somebody@example.org"], connection=backend)
        message.attach_alternative(markup, "text/html")
        message.send()


if __name__ == "__main__":
    {"bare": send_bare, "django": send_by_django}[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]).read_bytes())
