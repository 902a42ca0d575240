"""Rallies to come to, on a server of a test's own; run there as a program, with the server's settings."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from tests.running.server import SLUG, Server

_PROGRAM = """
from tocsin.cli.commands import set_django_up
set_django_up()
from tests.running.coming import store
store()
"""


def put_up_dates(server: Server) -> None:
    """Put up a rally in Kassel, one in Porto, and one in Lisbon that has room for two."""
    environ = server.environ | {"DJANGO_SETTINGS_MODULE": "tocsin.config.settings"}
    subprocess.run([sys.executable, "-c", _PROGRAM], env=environ, check=True)


def store() -> None:
    """Store them."""
    from tests.factories import rallies as factory  # noqa: PLC0415  only where Django is set up
    from tocsin.campaigns.models import Campaign  # noqa: PLC0415

    campaign, now = Campaign.objects.get(slug=SLUG), datetime.now(UTC)
    common: dict[str, Any] = {
        "campaign": campaign,
        "now": now,
        "first_on": (now + timedelta(days=20)).date(),
        "wall_time": time(17),
    }
    factory.rally(**common, duties={"marshal": 4})
    factory.rally(**common, where=factory.LISBON, zone="Europe/Lisbon", capacity=2)
    factory.rally(**common, where=replace(factory.LISBON, city="Porto"), zone="Europe/Lisbon")
