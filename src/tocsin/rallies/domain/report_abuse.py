"""Note that somebody says a rally is none, or means harm."""

from django.db.models import F

from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import Rally
from tocsin.rallies.states import LIVE

_MANY = 999  # says "many" as well as any number


def report_abuse(*, campaign: Campaign, slug: str) -> bool:
    """Count one report of a rally whose page is there; a member of the team looks at it. False for any other."""
    live = Rally.objects.filter(campaign=campaign, slug=slug, state__in=LIVE, reports__lt=_MANY)
    return bool(live.update(reports=F("reports") + 1))
