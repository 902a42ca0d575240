"""Facts of one rally, without a database."""

from datetime import UTC, date, datetime, time
from typing import Any

from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.series import moment_of
from tocsin.website.kit.facts import Facts

ON = date(2026, 6, 6)
NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


def facts(language: str = "en", *, title: str = "Bring back the night trains", own: str = "", **rally: Any) -> Facts:
    """Return a rally in Kassel at six in the evening of Saturday, 6 June 2026."""
    campaign = Campaign(
        slug="night-trains",
        languages=[language],
        title={language: title},
        motto={},
        accent="#1d4ed8",
        hashtags=["NightTrains"],
        contact="office@night-trains.example",
    )
    usual: dict[str, Any] = {
        "slug": "kassel",
        "title": {language: own} if own else {},
        "city": "Kassel",
        "country": "DE",
        "place": "Königsplatz",
        "zone": "Europe/Berlin",
        "first_on": ON,
        "wall_time": time(18),
    }
    of = Rally(campaign=campaign, **(usual | rally))
    moment = moment_of(ON, time(18), 120, of.zone)
    row = Occurrence(rally=of, original_on=ON, held_on=ON, wall_time=time(18), minutes=120, **moment._asdict())
    return Facts(row, language, NOW)
