"""Put a campaign's next sealing key into use: from then on signatures are sealed to it, and the log says so."""

from datetime import datetime

from tocsin import db
from tocsin.campaigns.domain.revision import touch
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State
from tocsin.tally.domain import Queued, queue
from tocsin.tlog.entry import Kind, sealing_key
from tocsin.vault import domain as vault_verbs
from tocsin.vault.models import CampaignKey


def exchange_key(*, campaign: Campaign, now: datetime) -> CampaignKey:
    """Retire the key in use for the one that waits; return it.

    The revision moves, so every web process begins a new epoch under the new key within a
    second. An open campaign's exchange stands in the log at once. Raises vault's
    NextKeyMissingError or NotDrilledError.
    """
    with db.transaction():
        stored = Campaign.objects.select_for_update().get(pk=campaign.pk)
        key = vault_verbs.use_next_key(campaign=stored.pk, now=now)
        if stored.state == State.OPEN:
            queue([Queued(stored.pk, Kind.SEALING_KEY, sealing_key(stored.slug, bytes(key.fingerprint)))])
        touch(campaign=stored)
    return key
