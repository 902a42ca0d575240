"""The demo's rallies: a file behind the campaign's own, with dates around the day of its first start."""

from datetime import date, datetime, time, timedelta
from importlib import resources
from string import Template

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.rallies.details import Details, Where
from tocsin.rallies.domain.writing import write_rally
from tocsin.rallies.states import State

_THURSDAY, _SATURDAY = 3, 5


def rally_tables(now: datetime) -> str:
    """Return the rallies as the end of a campaign file."""
    text = resources.files("tocsin.cli.demo").joinpath("rallies.toml").read_text(encoding="utf-8")
    return Template(text).substitute(_dates(now.date()))


def announce_one(campaign: Campaign, now: datetime) -> None:
    """Leave one rally for the organiser to decide on at the desk."""
    details = Details(
        first_on=_next(now.date(), _SATURDAY) + timedelta(weeks=1),
        wall_time=time(18),
        zone="Europe/Paris",
        where=Where(city="Annecy", country="FR", place="Gare d’Annecy", latitude=45.9019, longitude=6.1214),
        held_by="Les Dormeurs du Léman",
        languages=("fr",),
        about={"en": "Some forty of us will come by the last train, and stay until the first one."},
    )
    with db.transaction():
        write_rally(campaign=campaign, details=details, state=State.ANNOUNCED, now=now)


def _dates(today: date) -> dict[str, date]:
    day, thursday = _next(today, _SATURDAY) + timedelta(weeks=1), _next(today, _THURSDAY)
    return {
        "day": day,
        "past": day - timedelta(weeks=4),
        "weekly": thursday - timedelta(weeks=6),
        "off": thursday + timedelta(weeks=1),
        "moved": thursday + timedelta(weeks=2),
        "moved_to": thursday + timedelta(weeks=2, days=1),
    }


def _next(today: date, weekday: int) -> date:
    """Return the next day of the week, tomorrow at the earliest."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
