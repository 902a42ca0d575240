"""Hand a campaign out as a file."""

from collections.abc import Sequence

from tocsin.campaigns.campaign_file import write_campaign_file
from tocsin.campaigns.campaign_file.parts import Part
from tocsin.campaigns.models import Campaign


def export_campaign(*, campaign: Campaign, parts: Sequence[Part] = ()) -> str:
    """Return the campaign as a TOML file that `import_campaign` takes, with what `parts` have to say."""
    return write_campaign_file(campaign, parts)
