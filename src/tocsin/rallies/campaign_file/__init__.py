"""The rallies of a campaign file: [[days_of_action]] and [[rallies]] (docs/organise/campaign-file.md)."""

from tocsin.rallies.campaign_file.part import RALLIES

__all__ = ["RALLIES"]
