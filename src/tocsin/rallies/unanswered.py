"""Links of hosts whose button nobody has pressed: which came to nothing, and which offer to take a rally over."""

from datetime import datetime, timedelta

from django.db.models import Q

from tocsin.rallies.hosts import person_in
from tocsin.rallies.models import Host, Rally
from tocsin.rallies.states import ANNOUNCED_DAYS, INVITED_DAYS, HostPart, State

_INVITED = Q(part=HostPart.COHOST, confirmed_at__isnull=True)


def has_expired(host: Host, now: datetime) -> bool:
    """Say whether a link came to nothing, because nobody pressed its button in time; the row may still be there."""
    if host.rally.state == State.ASKED:
        return host.rally.announced_at < now - timedelta(days=ANNOUNCED_DAYS)
    is_invited = host.part == HostPart.COHOST and host.confirmed_at is None
    return is_invited and host.invited_at < now - timedelta(days=INVITED_DAYS)


def expired(now: datetime) -> Q:
    """Return which hosts' links came to nothing, as `has_expired` says of one."""
    late_rally = Q(rally__state=State.ASKED, rally__announced_at__lt=now - timedelta(days=ANNOUNCED_DAYS))
    return late_rally | (late_invitations(now) & ~Q(rally__state=State.ASKED))


def late_invitations(now: datetime) -> Q:
    """Return which hosts were asked to help, or to take over, and have not answered in time."""
    return _INVITED & Q(invited_at__lt=now - timedelta(days=INVITED_DAYS))


def open_offers(rally: Rally) -> list[int]:
    """Return the rows of those who were asked to take over and have not answered."""
    asked = ((row.pk, person_in(rally.pk, row.sealed)) for row in Host.objects.filter(_INVITED, rally=rally))
    return [number for number, person in asked if person is not None and person.takes_over]
