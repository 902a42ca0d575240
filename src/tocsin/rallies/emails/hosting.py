"""The mails to hosts."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from tocsin.rallies.emails.kinds import MailKind

CONFIRM_HOST: Final = MailKind(
    name="confirm_host",
    subject=_("Please confirm your rally: %(title)s"),
    neutral_subject=_("Please confirm"),
    is_asked_for=False,
)

KINDS: Final = (CONFIRM_HOST,)
