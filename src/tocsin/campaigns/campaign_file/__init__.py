"""The campaign file: a whole campaign as TOML, to read, to write, to carry from server to server."""

from tocsin.campaigns.campaign_file.reading import CampaignFile, read_campaign_file
from tocsin.campaigns.campaign_file.writing import write_campaign_file

__all__ = ["CampaignFile", "read_campaign_file", "write_campaign_file"]
