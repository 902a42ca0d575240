"""The demo's rallies: a file behind the campaign's own, with dates around the day of its first start."""

from datetime import date, datetime, time, timedelta
from importlib import resources
from string import Template

import orjson

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.kit import addresses
from tocsin.outbox.keys import opening_box
from tocsin.outbox.models import Letter
from tocsin.outbox.sealing import open_letter
from tocsin.rallies.details import Details, Where
from tocsin.rallies.domain.announce import announce
from tocsin.rallies.domain.confirm_host import Confirmed, confirm_host
from tocsin.rallies.domain.headcounts import Reported, report_headcount
from tocsin.rallies.forms import Announcement
from tocsin.rallies.hosts import Person, PrivatePlace
from tocsin.rallies.models import Occurrence
from tocsin.rallies.states import Method, Source
from tocsin.seal.tokens import from_text

_THURSDAY, _SATURDAY = 3, 5


def _by(low: int, high: int, source: Source, method: Method = Method.ESTIMATE, name: str = "") -> Reported:
    return Reported(low=low, high=high, source=source, method=method, source_name=name)


# Of the past rallies in their order; of the last ones nobody has said anything yet.
_SAID = (
    (_by(420, 480, Source.HOST, Method.COUNTED), _by(400, 400, Source.PRESS, name="La Voz del Andén")),
    (_by(180, 220, Source.HOST),),
    (_by(900, 1200, Source.HOST, Method.DENSITY), _by(600, 600, Source.POLICE, name="Préfecture de police")),
    (_by(350, 350, Source.HOST, Method.COUNTED),),
    (_by(700, 850, Source.HOST, Method.DENSITY), _by(800, 800, Source.PRESS, name="Il Corriere del Treno")),
    (_by(95, 110, Source.HOST, Method.COUNTED),),
)


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
    address = addresses.parse("camille@example.org")
    if address is None:
        message = "made up an address that is none"
        raise RuntimeError(message)
    person = Person("Camille", address, campaign.languages[0])
    with db.transaction():
        announce(campaign=campaign, announced=Announcement(details, PrivatePlace(), person), now=now)
    _press_the_button(now)


def _press_the_button(now: datetime) -> None:
    """Confirm what was announced last, as its host does, whose mail nobody else gets to read."""
    letter = Letter.objects.latest("pk")
    box = opening_box(letter.key_day)
    sealed = bytes(letter.sealed)
    content = orjson.loads(open_letter(box, kind=letter.kind, campaign=letter.campaign, sealed=sealed))
    token = from_text(content["values"]["link"].rpartition("/")[2])
    if token is None or confirm_host(token=token, now=now) is not Confirmed.ANNOUNCED:
        message = "the demo's host could not confirm"
        raise RuntimeError(message)
    letter.delete()


def report_headcounts(campaign: Campaign, now: datetime) -> None:
    """Let hosts, papers and the police say how many came to what was held, each their own number."""
    held = Occurrence.objects.filter(rally__campaign=campaign, rally__repeat="", ends_at__lt=now)
    rows = held.select_related("rally__campaign").order_by("pk")
    for occurrence, said in zip(rows, _SAID, strict=False):
        for reported in said:
            report_headcount(occurrence=occurrence, reported=reported, now=now, by_team=True)


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
