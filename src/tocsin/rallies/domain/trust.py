"""Trust a host: what they announce in this campaign is approved by itself from now on."""

from datetime import datetime

from tocsin import db
from tocsin.campaigns.models import Campaign, User
from tocsin.rallies.models import Host, TrustedHost
from tocsin.rallies.states import HostPart


def trust(*, campaign: Campaign, rally: int, now: datetime, by: User | None = None) -> bool:
    """Trust whoever holds a rally; False when it has no host, or they are trusted already.

    `by` is who of the team says so.
    """
    tag = _tag_of(campaign, rally)
    if tag is None:
        return False
    with db.transaction():
        said = {"trusted_on": now.date(), "trusted_by": by}
        _, is_new = TrustedHost.objects.get_or_create(campaign=campaign, tag=tag, defaults=said)
    return is_new


def distrust(*, campaign: Campaign, rally: int) -> bool:
    """Let what the host of a rally announces wait for the desk again; False when they were not trusted."""
    tag = _tag_of(campaign, rally)
    if tag is None:
        return False
    with db.transaction():
        gone, _ = TrustedHost.objects.filter(campaign=campaign, tag=tag).delete()
    return bool(gone)


def take_trust_back(*, campaign: Campaign, trusted: int) -> bool:
    """Do the same for a row of the list of trusted hosts; False when it is there no more, or another campaign's."""
    with db.transaction():
        gone, _ = TrustedHost.objects.filter(campaign=campaign, pk=trusted).delete()
    return bool(gone)


def _tag_of(campaign: Campaign, rally: int) -> bytes | None:
    host = Host.objects.filter(rally=rally, rally__campaign=campaign, part=HostPart.HOST, confirmed_at__isnull=False)
    tag = host.values_list("tag", flat=True).first()
    return None if tag is None else bytes(tag)
