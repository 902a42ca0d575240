"""What a host's page asks, and the form that announces a rally."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count

from tocsin.campaigns.models import Campaign
from tocsin.rallies import keys
from tocsin.rallies.checks import earliest_day
from tocsin.rallies.domain.own_dates import not_over
from tocsin.rallies.models import DayOfAction, Host, Occurrence, Rally
from tocsin.rallies.states import Duty, HostPart, RsvpState
from tocsin.seal.box import BoxBrokenError
from tocsin.seal.tokens import token_hash

_MOST_NEEDS = 2_000


class Team(NamedTuple):
    """Who holds a rally: rows, whose names lie sealed (hosts.person_in)."""

    host: Host | None
    cohosts: tuple[Host, ...]


def host_behind(token: bytes) -> Host | None:
    """Return whose link this is, with the rally and its campaign, or None: invented, revoked or replaced."""
    rows = Host.objects.filter(token_hash=token_hash(token))
    return rows.select_related("rally__campaign", "rally__day_of_action").first()


def is_confirmed_host(token: bytes) -> bool:
    """Say whether this is the link of somebody who confirmed that they host or help."""
    return Host.objects.filter(token_hash=token_hash(token), confirmed_at__isnull=False).exists()


def days_to_come(campaign: Campaign, now: datetime) -> list[DayOfAction]:
    """Return the campaign's days of action that are not over anywhere on earth, the next first."""
    days = DayOfAction.objects.filter(campaign=campaign, held_on__gte=earliest_day(now))
    return list(days.order_by("held_on", "pk"))


def dates_to_come(rally: Rally, now: datetime) -> list[Occurrence]:
    """Return a rally's dates to come, in order: cancelled ones too, and what was postponed and waits for a new day."""
    return list(rally.occurrences.filter(not_over(now)).order_by("starts_at", "pk"))


def is_to_come(date: Occurrence, now: datetime) -> bool:
    """Say whether a date is one of `dates_to_come`."""
    return Occurrence.objects.filter(not_over(now), pk=date.pk).exists()


def dates_over(rally: Rally, now: datetime, limit: int = 10) -> list[Occurrence]:
    """Return a rally's last dates that have begun, the latest first: of these its host can say how many came."""
    return list(rally.occurrences.filter(starts_at__lte=now).order_by("-starts_at", "-pk")[:limit])


def date_of(rally: Rally, number: int) -> Occurrence | None:
    """Return one of a rally's own dates by its number; another rally's is not there."""
    return rally.occurrences.filter(pk=number).first()


def team_of(rally: Rally) -> Team:
    """Return who holds a rally."""
    rows = list(Host.objects.filter(rally=rally).order_by("pk"))
    first = next((row for row in rows if row.part == HostPart.HOST), None)
    return Team(first, tuple(row for row in rows if row.part != HostPart.HOST))


class Helpers(NamedTuple):
    """How many who come to a date have offered one duty, and how many are wanted."""

    duty: str
    offered: int
    wanted: int


def helpers_of(rally: Rally, date: Occurrence) -> list[Helpers]:
    """Return who has offered what for a date, each duty that is wanted or was offered."""
    rows = date.rsvps.filter(state=RsvpState.COMING).exclude(duty="").values_list("duty").annotate(number=Count("pk"))
    offered: dict[str, int] = dict(rows.values_list("duty", "number"))
    names = [one for one in Duty.values if one in offered or one in rally.duties]
    return [Helpers(one, offered.get(one, 0), int(rally.duties.get(one, 0))) for one in names]


def needs_of(date: Occurrence) -> list[str]:
    """Return what those who come wrote that they need to be able to, for the host's eyes; no names with it."""
    needs = []
    for row in date.rsvps.filter(state=RsvpState.COMING).order_by("token_hash")[:_MOST_NEEDS]:
        try:
            need = keys.unseal(date.rally_id, "rsvp", bytes(row.sealed)).get("needs", "")
        except (keys.RallyKeyGoneError, BoxBrokenError):
            continue
        needs += [str(need)] if need else []
    return needs
