"""Announce: a rally that nobody has confirmed, its host sealed, and a mail with a button behind its link.

All of it in one transaction, so that none of it is there alone. The token is in the mail, and sealed with the host.
Crash point: the rally's key is a file, made before the commit. A crash between them leaves a key of a rally
that is not there, which upkeep destroys.
"""

from datetime import datetime

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.kit.addresses import Address
from tocsin.outbox import domain as outbox
from tocsin.rallies import keys
from tocsin.rallies.domain.writing import write_rally
from tocsin.rallies.emails.hosting import CONFIRM_HOST, host_letter
from tocsin.rallies.forms import Announcement
from tocsin.rallies.hosts import Known, seal_person, seal_place
from tocsin.rallies.models import Host, Rally
from tocsin.rallies.states import State
from tocsin.seal.tokens import new_token, to_text, token_hash


def announce(*, campaign: Campaign, announced: Announcement, now: datetime) -> Rally:
    """Store what somebody announces and post the mail, as a step of the caller's transaction.

    It asks nothing of what is stored about that somebody, so nothing that is seen from outside depends on it.
    Raises RefusedError for details that cannot stand, and KeysSealedError.
    """
    db.required()
    rally = write_rally(campaign=campaign, details=announced.details, state=State.ASKED, now=now)
    if announced.private:
        rally.sealed_place = seal_place(rally.pk, announced.private)
        rally.save(update_fields=["sealed_place"])
    person, token = announced.person, new_token()
    Host.objects.create(
        rally=rally,
        token_hash=token_hash(token),
        tag=tag_of(campaign, person.address),
        sealed=seal_person(rally.pk, person, token=token),
        invited_at=now,
    )
    reader = Known(person.name, person.address.typed, person.language)
    outbox.post([host_letter(kind=CONFIRM_HOST, rally=rally, reader=reader, token=to_text(token), now=now)])
    return rally


def tag_of(campaign: Campaign, address: Address) -> bytes:
    """Return what a campaign knows a host again by, at every rally of theirs."""
    return keys.host_tag(campaign.slug, address)
