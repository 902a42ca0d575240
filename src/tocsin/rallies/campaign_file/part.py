"""The part of a campaign file that rallies are: what the doors hand to the verbs that read and write it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin.campaigns.campaign_file.tables import Table
from tocsin.campaigns.details import Details
from tocsin.campaigns.models import Campaign
from tocsin.rallies.campaign_file.reading import read
from tocsin.rallies.campaign_file.writing import write
from tocsin.rallies.domain.from_file import store


class _Rallies:
    """A campaign_file.parts.Part."""

    keys = ("days_of_action", "rallies")

    def read(self, root: Table, campaign: Details) -> Any:
        return read(root, campaign)

    def store(self, *, campaign: Campaign, said: Any, now: datetime) -> Mapping[str, Any]:
        return store(campaign=campaign, said=said, now=now)

    def write(self, campaign: Campaign, carried: Mapping[str, Any]) -> dict[str, Any]:
        return write(campaign, carried)


RALLIES = _Rallies()
