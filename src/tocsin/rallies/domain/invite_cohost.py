"""Ask somebody to help with a rally: a link of their own, in a mail, that works once they press the button."""

from datetime import datetime
from enum import Enum

from django.db.models import F, Q

from tocsin import db
from tocsin.outbox import domain as outbox
from tocsin.rallies.domain.announce import tag_of
from tocsin.rallies.domain.own_dates import CHANGEABLE
from tocsin.rallies.emails.hosting import COHOST, HAND_OVER, host_letter
from tocsin.rallies.emails.kinds import MailKind
from tocsin.rallies.hosts import Known, Person, person_in, seal_person
from tocsin.rallies.models import Host, Rally
from tocsin.rallies.states import HostPart
from tocsin.rallies.unanswered import late_invitations, open_offers
from tocsin.seal.tokens import new_token, to_text, token_hash

MOST_HOSTS = 10
# Of a rally on one day (UTC): whoever is asked gets a mail, and a link that was ended makes room for the next one.
MOST_A_DAY = 10


class Invited(Enum):
    """What came of asking somebody."""

    ASKED = "asked"
    ALREADY = "already"  # they are its host, or a co-host already
    TOO_MANY = "too_many"
    TODAY = "today"  # as many as one day allows were asked
    NOT_HOST = "not_host"  # only the host asks others
    OVER = "over"  # the rally takes no changes any more


def invite_cohost(*, host: int, person: Person, now: datetime) -> Invited:
    """Ask a person to help with the rally of `host` (a row's number), and mail them a link of their own."""
    with db.transaction():
        row = _own(host, now)
        if isinstance(row, Invited):
            return row
        if Host.objects.filter(rally=row.rally, tag=tag_of(row.rally.campaign, person.address)).exists():
            return Invited.ALREADY
        if Host.objects.filter(rally=row.rally).count() >= MOST_HOSTS:
            return Invited.TOO_MANY
        if not _count(row.rally, now):
            return Invited.TODAY
        _mail(row, person, kind=COHOST, takes_over=False, now=now)
    return Invited.ASKED


def hand_over(*, host: int, person: Person, now: datetime) -> Invited:
    """Ask a person to hold the rally from now on. Until they press the button, nothing changes for who asked.

    A slip in the address costs nothing so: the rally is never nobody's. A co-host who is asked gets a new link.
    """
    with db.transaction():
        row = _own(host, now)
        if isinstance(row, Invited):
            return row
        tag = tag_of(row.rally.campaign, person.address)
        if bytes(row.tag) == tag:
            return Invited.ALREADY
        offers = open_offers(row.rally)
        # Asked before, or helping already: the link in this mail is the one that counts.
        others = Host.objects.filter(rally=row.rally).exclude(tag=tag).exclude(pk__in=offers)
        if others.count() >= MOST_HOSTS:
            return Invited.TOO_MANY
        if not _count(row.rally, now):
            return Invited.TODAY
        # Of two who were asked to take over, the last one is meant.
        Host.objects.filter(Q(tag=tag) | Q(pk__in=offers), rally=row.rally).delete()
        _mail(row, person, kind=HAND_OVER, takes_over=True, now=now)
    return Invited.ASKED


def _own(host: int, now: datetime) -> Host | Invited:
    """Return who asks, with the rally, which nobody else hands over meanwhile; ends what nobody answered in time."""
    # Of two offers at once the second finds the first, and takes its place.
    rally = Rally.objects.select_for_update(of=("self",), no_key=True).filter(hosts=host)
    if rally.first() is None:
        return Invited.NOT_HOST
    row = Host.objects.filter(pk=host).select_related("rally__campaign").first()
    if row is None or row.part != HostPart.HOST or row.confirmed_at is None:
        return Invited.NOT_HOST
    if row.rally.state not in CHANGEABLE:
        return Invited.OVER
    Host.objects.filter(late_invitations(now), rally=row.rally).delete()
    return row


def _count(rally: Rally, now: datetime) -> bool:
    """Count one more who is asked today; False when the day has had as many as it may."""
    today, row = now.date(), Rally.objects.filter(pk=rally.pk)
    again = row.filter(invited_on=today, invited_times__lt=MOST_A_DAY).update(invited_times=F("invited_times") + 1)
    is_first = Q(invited_on__isnull=True) | ~Q(invited_on=today)
    return bool(again or row.filter(is_first).update(invited_on=today, invited_times=1))


def _mail(host: Host, person: Person, *, kind: MailKind, takes_over: bool, now: datetime) -> None:
    rally, token = host.rally, new_token()
    Host.objects.create(
        rally=rally,
        part=HostPart.COHOST,
        token_hash=token_hash(token),
        tag=tag_of(rally.campaign, person.address),
        sealed=seal_person(rally.pk, person, token=token, takes_over=takes_over),
        invited_at=now,
    )
    asker = person_in(rally.pk, host.sealed)
    reader = Known(person.name, person.address.typed, person.language)
    values = {"from_name": asker.name if asker else ""}
    outbox.post([host_letter(kind=kind, rally=rally, reader=reader, token=to_text(token), now=now, values=values)])
