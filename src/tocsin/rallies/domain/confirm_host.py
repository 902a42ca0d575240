"""Confirm: the button behind the link of a host's mail. The rally is live by its link from then on."""

from datetime import datetime, timedelta
from enum import Enum

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.queries import is_over
from tocsin.rallies.hosts import person_in
from tocsin.rallies.models import Host, Rally, TrustedHost
from tocsin.rallies.queries.broadcasts import is_resolved
from tocsin.rallies.states import ANNOUNCED_DAYS, HostPart, State
from tocsin.seal.tokens import token_hash


class Confirmed(Enum):
    """What came of pressing the button."""

    ANNOUNCED = "announced"
    APPROVED = "approved"  # at once: the host is trusted
    JOINED = "joined"  # somebody who was asked to help, or to take over
    ALREADY = "already"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    OVER = "over"  # the campaign was closed, or reached its goal, before the button was pressed


def confirm_host(*, token: bytes, now: datetime) -> Confirmed:
    """Confirm whoever's link this is; pressed again it is ALREADY, and changes nothing."""
    hashed = token_hash(token)
    with db.transaction():
        host = Host.objects.filter(token_hash=hashed).select_related("rally__campaign").first()
        if host is None:
            return Confirmed.UNKNOWN
        if host.rally.state == State.ASKED:
            return _announce(host, now)
        is_new = Host.objects.filter(pk=host.pk, confirmed_at__isnull=True).update(confirmed_at=now)
        if not is_new:
            return Confirmed.ALREADY
        _take_over(host)
        return Confirmed.JOINED


def has_expired(rally: Rally, now: datetime) -> bool:
    """Say whether nobody confirmed a rally in time, though it may not have been cleared away yet."""
    return rally.state == State.ASKED and rally.announced_at < now - timedelta(days=ANNOUNCED_DAYS)


def _announce(host: Host, now: datetime) -> Confirmed:
    rally, campaign = host.rally, host.rally.campaign
    if has_expired(rally, now):
        return Confirmed.EXPIRED
    if is_over(campaign, now) or is_resolved(campaign):
        return Confirmed.OVER
    asked = Rally.objects.filter(pk=rally.pk, state=State.ASKED)
    if not asked.update(state=State.ANNOUNCED, announced_at=now, changed_at=now):
        return Confirmed.ALREADY
    Host.objects.filter(pk=host.pk).update(confirmed_at=now)
    is_trusted = TrustedHost.objects.filter(campaign=campaign, tag=bytes(host.tag)).exists()
    if is_trusted:
        announced = Rally.objects.filter(pk=rally.pk, state=State.ANNOUNCED)
        announced.update(state=State.APPROVED, approved_on=now.date())
    touch(campaign=campaign)
    return Confirmed.APPROVED if is_trusted else Confirmed.ANNOUNCED


def _take_over(host: Host) -> None:
    """Make somebody the host to whom the rally was handed: the one before them has no link any more."""
    person = person_in(host.rally_id, host.sealed)
    if person is not None and person.takes_over:
        Host.objects.filter(rally=host.rally_id, part=HostPart.HOST).exclude(pk=host.pk).delete()
        Host.objects.filter(pk=host.pk).update(part=HostPart.HOST)
