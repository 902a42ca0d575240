"""Rallies with their dates, hosts and those who come."""

from datetime import UTC, date, datetime, time
from typing import Any

from tests.cast import OTTO, Person
from tests.factories.campaigns import CampaignFactory
from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.kit.addresses import parse
from tocsin.rallies import keys
from tocsin.rallies.details import Details, Where
from tocsin.rallies.domain.writing import write_rally
from tocsin.rallies.hosts import Person as Holder
from tocsin.rallies.hosts import seal_person
from tocsin.rallies.models import Host, Rally
from tocsin.rallies.states import State
from tocsin.seal.tokens import new_token, token_hash

NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
KASSEL = Where(city="Kassel", country="DE", place="Königsplatz", latitude=51.3167, longitude=9.5)
LISBON = Where(city="Lisbon", country="PT", place="Praça do Comércio", latitude=38.7167, longitude=-9.1333)


def details(**changes: Any) -> Details:
    """Return a rally in Kassel at noon of Saturday 6 June 2026, but for `changes`."""
    usual: dict[str, Any] = {
        "first_on": date(2026, 6, 6),
        "wall_time": time(12),
        "zone": "Europe/Berlin",
        "where": KASSEL,
        "held_by": "Friends of the night train",
        "languages": ("de",),
    }
    return Details(**(usual | changes))


def rally(
    *, campaign: Campaign | None = None, state: State = State.APPROVED, now: datetime = NOW, **changes: Any
) -> Rally:
    """Return a stored rally with its dates."""
    is_main = changes.pop("is_main", False)
    with db.transaction():
        return write_rally(
            campaign=campaign or CampaignFactory.create(),
            details=details(**changes),
            state=state,
            now=now,
            is_main=is_main,
        )


def host(of: Rally, *, person: Person = OTTO, confirmed_at: datetime | None = NOW) -> tuple[Host, bytes]:
    """Return the host of a rally, and the token of their link."""
    token = new_token()
    address = parse(person.address)
    assert address is not None
    row = Host.objects.create(
        rally=of,
        token_hash=token_hash(token),
        tag=keys.host_tag(of.campaign.slug, address),
        sealed=seal_person(of.pk, Holder(person.name, address, person.language), token=token),
        invited_at=NOW,
        confirmed_at=confirmed_at,
    )
    return row, token
