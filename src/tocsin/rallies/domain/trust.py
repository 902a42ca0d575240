"""Trust a host: what they announce in this campaign is approved by itself from now on."""

from datetime import datetime

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import Host, TrustedHost
from tocsin.rallies.states import HostPart


def trust(*, campaign: Campaign, rally: int, now: datetime) -> bool:
    """Trust whoever holds a rally; False when it has no host, or they are trusted already."""
    tag = _tag_of(campaign, rally)
    if tag is None:
        return False
    with db.transaction():
        _, is_new = TrustedHost.objects.get_or_create(campaign=campaign, tag=tag, defaults={"trusted_on": now.date()})
    return is_new


def distrust(*, campaign: Campaign, rally: int) -> bool:
    """Let what the host of a rally announces wait for the desk again; False when they were not trusted."""
    tag = _tag_of(campaign, rally)
    if tag is None:
        return False
    with db.transaction():
        gone, _ = TrustedHost.objects.filter(campaign=campaign, tag=tag).delete()
    return bool(gone)


def _tag_of(campaign: Campaign, rally: int) -> bytes | None:
    host = Host.objects.filter(rally=rally, rally__campaign=campaign, part=HostPart.HOST, confirmed_at__isnull=False)
    tag = host.values_list("tag", flat=True).first()
    return None if tag is None else bytes(tag)
