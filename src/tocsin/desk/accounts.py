"""Accounts at the desk: made by whoever runs the server, never by a public form."""

from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_str

from tocsin import db
from tocsin.desk.emails import account_letter
from tocsin.desk.unlocked import lock_all
from tocsin.kit.keyfiles import server_key
from tocsin.outbox import domain as outbox
from tocsin.seal.box import Box

_PURPOSE = b"desk-second-factor"


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Allauth's rules, without sign-up; its mails go through the outbox and link to our own address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  allauth's signature
        """Say no: who signs has no account, and organisers are invited."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """Return the subject as it is: the sender's name says where it comes from."""
        return force_str(subject)

    def logout(self, request: HttpRequest) -> None:
        """Lock what this session has unlocked, then end it."""
        lock_all(request)
        super().logout(request)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link for a mail; never built from the Host header, which a stranger chooses."""
        return password_link(key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Post the mail as a letter, sealed like every other until it is sent."""
        mail: EmailMessage = self.render_mail(template_prefix, email, {"base_url": settings.BASE_URL, **context})
        with db.transaction():
            outbox.post([account_letter(to=email, subject=str(mail.subject), text=str(mail.body), now=timezone.now())])


class SealedSecrets(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Keeps the secrets of second factors sealed, so that a stolen database cannot make codes."""

    def encrypt(self, text: str) -> str:
        """Return `text` sealed under a key that lies outside the database."""
        return _box().seal(_PURPOSE, text.encode()).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what `encrypt` sealed."""
        return _box().open(_PURPOSE, bytes.fromhex(encrypted_text)).decode()

    def get_totp_issuer(self) -> str:
        """Return the name that an authenticator app shows beside the code."""
        return f"Tocsin {settings.ALLOWED_HOSTS[0]}"

    def build_totp_svg(self, url: str) -> str:
        """Return the QR code as SVG without styles: our pages allow nothing inline."""
        return segno.make(url, error="m").svg_inline(scale=5, border=2, dark="#000", light="#fff")


def password_link(key: str) -> str:
    """Return the address under which the account behind allauth's `key` gets a password."""
    uid, token = key.split("-", 1)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
    return f"{settings.BASE_URL}{path}"


def _box() -> Box:
    return Box(server_key("desk-second-factor"))
