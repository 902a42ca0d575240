"""How mail goes: what waits, and what mail providers refused. No address is known here."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tocsin.desk.guard import CampaignView
from tocsin.desk.providers import refused_by_provider
from tocsin.outbox.queries import bounces, waiting_mail

DAYS = 30
A_MINUTE = 60


class MailView(CampaignView):
    """Shows the outbox in numbers."""

    place = "mail"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the numbers; bounces are counted without a campaign, so they are of all campaigns."""
        now = timezone.now()
        waiting = waiting_mail(now=now)
        refused = refused_by_provider(bounces(since=now.date() - timedelta(days=DAYS)))
        facts = {
            "waiting": waiting.letters,
            "put_off": waiting.put_off,
            "due_since": now - timedelta(seconds=waiting.oldest_seconds)
            if waiting.oldest_seconds >= A_MINUTE
            else None,
            "now": now,
            "refused": refused,
            "days": DAYS,
        }
        return self.page("mail.html", facts)
