"""A rally that was held yesterday, on a server of a test's own; run there as a program, with the server's settings."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from tests.running.server import SLUG, Server

_PROGRAM = """
from tocsin.cli.commands import set_django_up
set_django_up()
from tests.running.held import store
store()
"""


def put_up_held_rally(server: Server) -> str:
    """Put up a rally in Kassel that two others have spoken about; return the path of its date below the campaign's."""
    environ = server.environ | {"DJANGO_SETTINGS_MODULE": "tocsin.config.settings"}
    subprocess.run([sys.executable, "-c", _PROGRAM], env=environ, check=True)
    return f"rallies/kassel/{_yesterday().isoformat()}/"


def _yesterday() -> date:
    return (datetime.now(UTC) - timedelta(days=1)).date()


def store() -> None:
    """Store it."""
    from tests.factories import rallies as factory  # noqa: PLC0415  only where Django is set up
    from tests.rallies.domain.test_headcounts import date_of, report  # noqa: PLC0415  as above
    from tests.rallies.pictures import phone_photo  # noqa: PLC0415  as above
    from tocsin.campaigns.models import Campaign  # noqa: PLC0415  as above
    from tocsin.rallies.photos import fresh_photo  # noqa: PLC0415  as above

    now = datetime.now(UTC) - timedelta(days=1)
    campaign = Campaign.objects.get(slug=SLUG)
    held = date_of(factory.rally(campaign=campaign, now=now, first_on=_yesterday(), wall_time=time(1)))
    report(held, low=300, high=350, note="Two of us counted at the gate.")
    paper: dict[str, Any] = {
        "source": "press",
        "source_name": "Hessische Allgemeine",
        "url": "https://paper.example/42",
    }
    report(held, low=250, high=250, by_team=True, **paper)
    photo = fresh_photo(BytesIO(phone_photo()))
    report(held, low=500, high=900, by_team=True, source="attendee", photo=photo, photo_caption="Am Brunnen")
