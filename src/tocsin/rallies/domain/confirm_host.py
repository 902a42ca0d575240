"""Confirm: the button behind the link of a host's mail. The rally is live by its link from then on."""

from datetime import datetime
from enum import Enum

from django.db.models import Q

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.queries import is_over
from tocsin.rallies.hosts import person_in
from tocsin.rallies.models import Host, Rally, TrustedHost
from tocsin.rallies.queries.broadcasts import is_resolved
from tocsin.rallies.states import HostPart, State
from tocsin.rallies.unanswered import has_expired, open_offers
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
        return _join(host, now)


def _announce(host: Host, now: datetime) -> Confirmed:
    rally, campaign = host.rally, host.rally.campaign
    if has_expired(host, now):
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


def _join(host: Host, now: datetime) -> Confirmed:
    """Let in who was asked to help, or to take over, unless they were asked long ago."""
    # One after the other: who was asked to take over at the same time finds that they are too late.
    Rally.objects.select_for_update(no_key=True).get(pk=host.rally_id)
    found = Host.objects.filter(pk=host.pk).select_related("rally").first()
    if found is None:
        return Confirmed.UNKNOWN
    if has_expired(found, now):
        return Confirmed.EXPIRED
    if not Host.objects.filter(pk=host.pk, confirmed_at__isnull=True).update(confirmed_at=now):
        return Confirmed.ALREADY
    _take_over(found)
    return Confirmed.JOINED


def _take_over(host: Host) -> None:
    """Make somebody the host to whom the rally was handed: the one before them has no link any more."""
    person = person_in(host.rally_id, host.sealed)
    if person is not None and person.takes_over:
        over = Q(part=HostPart.HOST) | Q(pk__in=open_offers(host.rally))
        Host.objects.filter(over, rally=host.rally_id).exclude(pk=host.pk).delete()
        Host.objects.filter(pk=host.pk).update(part=HostPart.HOST)
