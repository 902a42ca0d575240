"""The plain list of who opened what: written without content, read by the campaign's owners."""

from datetime import datetime

from tocsin.campaigns.models import Campaign, User
from tocsin.signing.opened.models import Act, VaultAct


def note(*, campaign: Campaign, user: User | None, act: Act, now: datetime) -> None:
    """Write one line."""
    VaultAct.objects.create(campaign=campaign, user=user, act=act, at=now)


def acts(campaign: int, *, limit: int = 100) -> list[VaultAct]:
    """Return the newest lines."""
    return list(VaultAct.objects.filter(campaign_id=campaign).select_related("user").order_by("-at", "-pk")[:limit])
