"""Invite somebody to a team: the row and the mail with its link are written together."""

from datetime import datetime

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from tocsin import db
from tocsin.campaigns import domain
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.states import Role
from tocsin.desk.emails import account_letter
from tocsin.desk.guard import in_first_language
from tocsin.outbox import domain as outbox
from tocsin.seal.tokens import to_text

_TEMPLATES = "desk/mails/team_invitation"


def send_invitation(*, campaign: Campaign, email: str, role: Role, invited_by: User, now: datetime) -> None:
    """Invite an address and post its mail, in the language that is active; what happens is the same for every address.

    Raises RefusedError as campaigns.domain.invite does.
    """
    with db.transaction():
        token = domain.invite(campaign=campaign, email=email, role=role, invited_by=invited_by, now=now)
        words = {
            "title": in_first_language(campaign),
            "invited_by": invited_by.email,
            "is_owner": role == Role.OWNER,
            "link": f"{settings.BASE_URL}{reverse('desk:invitation', args=[to_text(token)])}",
        }
        mail: EmailMessage = get_adapter().render_mail(_TEMPLATES, email, words)
        outbox.post([account_letter(to=email, subject=str(mail.subject), text=str(mail.body), now=now)])
