"""The campaign that a command is about, by the slug that was typed."""

from tocsin.campaigns.models import Campaign
from tocsin.campaigns.queries import by_slug
from tocsin.cli.commands import CampaignUnknownError
from tocsin.cli.tables import ensure_tables


def campaign_named(slug: str) -> Campaign:
    """Return a campaign of this server, whose tables are made if need be; raises CampaignUnknownError."""
    ensure_tables()
    campaign = by_slug(slug)
    if campaign is None:
        raise CampaignUnknownError(slug)
    return campaign
