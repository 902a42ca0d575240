"""Rallies and their dates in memory alone: calendars need no database once they have their rows."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from tocsin.campaigns.models import Campaign
from tocsin.rallies import calendars
from tocsin.rallies.checks import settled
from tocsin.rallies.details import Details, Where, columns_of
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.queries.calendars import Dated
from tocsin.rallies.series import moment_of
from tocsin.rallies.states import DateState, State

ANNOUNCED = datetime(2026, 1, 1, tzinfo=UTC)


def rally_of(**given: Any) -> Rally:
    """Return an approved rally in Kassel with these details."""
    details = settled(Details(**({"where": Where(city="Kassel", country="DE")} | given)))
    campaign = Campaign(slug="night-trains", languages=["en"], title={"en": "Night trains"})
    rally = Rally(campaign=campaign, slug="kassel", uid="0" * 32, state=State.APPROVED, **columns_of(details))
    rally.announced_at = rally.changed_at = ANNOUNCED
    return rally


def date_of(rally: Rally, on: date, **changes: Any) -> Occurrence:
    """Return a date of a series, changed."""
    usual = {"held_on": on, "wall_time": rally.wall_time, "minutes": rally.minutes, "state": DateState.STANDS}
    one = Occurrence(original_on=on, changed_at=ANNOUNCED, **(usual | changes))
    one.starts_at, one.ends_at = moment_of(one.held_on, one.wall_time, one.minutes, rally.zone)
    return one


def calendar_of(rally: Rally, rows: Sequence[Occurrence]) -> bytes:
    """Return the calendar of one rally."""
    dated = [Dated(rally, list(rows))]
    head = calendars.Head(name="One")
    return calendars.calendar_of_rallies(dated, campaign=rally.campaign, language="en", head=head)
