"""Remind owners every 90 days that a keyholder should open a test row again; nothing is ever closed for it."""

from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation

from tocsin import db
from tocsin.campaigns.languages import spoken
from tocsin.campaigns.models import Campaign, Member
from tocsin.campaigns.states import Role, State
from tocsin.desk.emails import account_letter
from tocsin.desk.guard import in_first_language
from tocsin.outbox import domain as outbox
from tocsin.vault.labels import shown_labels
from tocsin.vault.models import Keyholder
from tocsin.vault.queries import is_drill_due, keyholders

_TEMPLATES = "desk/mails/drill"
# A paper that nobody looked for in three months is asked for once a month, not every day.
_AGAIN_AFTER = timedelta(days=30)


def remind_of_drills(*, now: datetime) -> int:
    """Write to the owners of each open campaign whose keyholders' drill is due; return how many mails were posted."""
    return sum(_remind(campaign, now) for campaign in Campaign.objects.filter(state=State.OPEN).order_by("pk"))


def _remind(campaign: Campaign, now: datetime) -> int:
    today = now.date()
    due = [
        one
        for one in keyholders(campaign.pk)
        if is_drill_due(one, today) and (one.reminded_on is None or today - one.reminded_on >= _AGAIN_AFTER)
    ]
    if not due:
        return 0
    owners = Member.objects.filter(campaign=campaign, role=Role.OWNER, user__is_active=True)
    words = {
        "title": in_first_language(campaign),
        "labels": ", ".join(shown_labels(due)),
        "link": f"{settings.BASE_URL}{reverse('desk:key', args=[campaign.slug])}",
    }
    letters = []
    with translation.override(spoken(campaign.languages[0])):
        for email in owners.values_list("user__email", flat=True).order_by("user__email"):
            mail: EmailMessage = get_adapter().render_mail(_TEMPLATES, email, words)
            letters.append(account_letter(to=email, subject=str(mail.subject), text=str(mail.body), now=now))
    with db.transaction():
        outbox.post(letters)
        Keyholder.objects.filter(pk__in=[one.pk for one in due]).update(reminded_on=today)
    return len(letters)
