"""Whom a team trusts: known by the rallies that they hold, since a host is a tag here and no name."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final

from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import Host, Rally, TrustedHost
from tocsin.rallies.states import HostPart

_MOST: Final = 500
_MOST_RALLIES: Final = 5


@dataclass(frozen=True, slots=True)
class Trusted:
    """A host whose rallies are public by themselves."""

    number: int
    since: date
    by: str  # the mail address of who of the team said so; empty: gone from this server
    rallies: tuple[Rally, ...]  # the newest few that they hold; none once their rows are gone
    more: int  # further rallies of theirs


def trusted_hosts(campaign: Campaign) -> list[Trusted]:
    """Return the trusted hosts of a campaign, newest first: two questions, however many."""
    rows = list(TrustedHost.objects.filter(campaign=campaign).select_related("trusted_by").order_by("-pk")[:_MOST])
    held: dict[bytes, list[Rally]] = defaultdict(list)
    hosts = Host.objects.filter(
        rally__campaign=campaign,
        tag__in=[bytes(row.tag) for row in rows],
        part=HostPart.HOST,
        confirmed_at__isnull=False,
    )
    for host in hosts.select_related("rally").order_by("-rally"):
        held[bytes(host.tag)].append(host.rally)
    return [
        Trusted(
            row.pk,
            row.trusted_on,
            row.trusted_by.email if row.trusted_by else "",
            tuple(held[bytes(row.tag)][:_MOST_RALLIES]),
            max(0, len(held[bytes(row.tag)]) - _MOST_RALLIES),
        )
        for row in rows
    ]
