"""Send my link again: whoever asks gets the same answer, and the same row in the outbox."""

from datetime import datetime

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.kit.addresses import Address
from tocsin.outbox import domain as outbox
from tocsin.rallies.emails.hosting import HOST_LINKS
from tocsin.rallies.emails.letters import letter_to_look_up


def resend_host_link(*, campaign: Campaign, address: Address, language: str, now: datetime) -> None:
    """Post the mail that helps, as a step of the caller's transaction: links, or the way to the form."""
    db.required()
    row = letter_to_look_up(kind=HOST_LINKS, campaign=campaign, to=address.typed, language=language, now=now)
    outbox.post([row])
