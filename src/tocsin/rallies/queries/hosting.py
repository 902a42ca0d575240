"""What a host's page asks, and the form that announces a rally."""

from datetime import datetime, timedelta
from typing import NamedTuple

from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import DayOfAction, Host, Occurrence, Rally
from tocsin.rallies.states import HostPart
from tocsin.seal.tokens import token_hash


class Team(NamedTuple):
    """Who holds a rally: rows, whose names lie sealed (hosts.person_in)."""

    host: Host | None
    cohosts: tuple[Host, ...]


def host_behind(token: bytes) -> Host | None:
    """Return whose link this is, with the rally and its campaign, or None: invented, revoked or replaced."""
    rows = Host.objects.filter(token_hash=token_hash(token))
    return rows.select_related("rally__campaign", "rally__day_of_action").first()


def days_to_come(campaign: Campaign, now: datetime) -> list[DayOfAction]:
    """Return the campaign's days of action that are not over anywhere on earth, the next first."""
    earliest = (now - timedelta(hours=12)).date()  # where the day ends last: UTC−12
    return list(DayOfAction.objects.filter(campaign=campaign, held_on__gte=earliest).order_by("held_on", "pk"))


def dates_to_come(rally: Rally, now: datetime) -> list[Occurrence]:
    """Return a rally's dates that are not over, in order, cancelled and postponed ones too."""
    return list(rally.occurrences.filter(ends_at__gt=now).order_by("starts_at", "pk"))


def date_of(rally: Rally, number: int) -> Occurrence | None:
    """Return one of a rally's own dates by its number; another rally's is not there."""
    return rally.occurrences.filter(pk=number).first()


def team_of(rally: Rally) -> Team:
    """Return who holds a rally."""
    rows = list(Host.objects.filter(rally=rally).order_by("pk"))
    first = next((row for row in rows if row.part == HostPart.HOST), None)
    return Team(first, tuple(row for row in rows if row.part != HostPart.HOST))
