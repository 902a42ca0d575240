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
    rally: Rally | None = None,
    original_on: date | None = None,
) -> Subscription:
    """Return the addresses of a campaign's calendar, of a country's, of a rally's, or of one of its dates."""
    address = f"{settings.BASE_URL}{path_of(campaign, language, country=country, rally=rally, original_on=original_on)}"
    # Programs ask for webcal: over HTTPS where they can; there is no registered twin for plain HTTP.
    return Subscription(f"webcal://{urlsplit(address).netloc}{urlsplit(address).path}", address)


def path_of(
    campaign: Campaign,
    language: str,
    *,
    country: str = "",
    rally: Rally | None = None,
    original_on: date | None = None,
) -> str:
    """Return the path of a calendar."""
    base = f"/{language}/{campaign.slug}/rallies"
    if rally is not None:
        of_rally = f"{base}/{rally.slug}"
        return f"{of_rally}/{original_on.isoformat()}.ics" if original_on is not None else f"{of_rally}.ics"
    return f"{base}/country/{country.lower()}.ics" if country else f"{base}.ics"
