"""Hand a campaign out as a file."""

from tocsin.campaigns.campaign_file import write_campaign_file
from tocsin.campaigns.models import Campaign


def export_campaign(*, campaign: Campaign) -> str:
    """Return the campaign as a TOML file that `import_campaign` takes."""
    return write_campaign_file(campaign)
