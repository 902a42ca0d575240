"""The addresses of calendars, as a page offers them."""

from datetime import date
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import Rally


class Subscription(NamedTuple):
    """One calendar: to subscribe to in one press, and to copy or load as a file."""

    webcal: str
    address: str


def subscription(
    campaign: Campaign,
    language: str,
    *,
    country: str = "",
    region: str = "",
    rally: Rally | None = None,
    original_on: date | None = None,
) -> Subscription:
    """Return the addresses of a campaign's calendar, of a country's, a region's, a rally's, or of one of its dates."""
    path = path_of(campaign, language, country=country, region=region, rally=rally, original_on=original_on)
    address = f"{settings.BASE_URL}{path}"
    # Programs ask for webcal: over HTTPS where they can; there is no registered twin for plain HTTP.
    return Subscription(f"webcal://{urlsplit(address).netloc}{urlsplit(address).path}", address)


def path_of(
    campaign: Campaign,
    language: str,
    *,
    country: str = "",
    region: str = "",
    rally: Rally | None = None,
    original_on: date | None = None,
) -> str:
    """Return the path of a calendar."""
    base = f"/{language}/{campaign.slug}/rallies"
    if rally is not None:
        of_rally = f"{base}/{rally.slug}"
        return f"{of_rally}/{original_on.isoformat()}.ics" if original_on is not None else f"{of_rally}.ics"
    return f"{base}{part_of(country, region)}.ics"


def part_of(country: str, region: str) -> str:
    """Return what the address of a feed has before its ending: a region is said without its country."""
    if region:
        return f"/region/{region.lower()}"
    return f"/country/{country.lower()}" if country else ""
