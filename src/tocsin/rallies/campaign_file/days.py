"""The days of action of a campaign file."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from tocsin.campaigns.campaign_file.tables import Table
from tocsin.campaigns.refusals import Refusal as FileRefusal
from tocsin.campaigns.slugs import MAX_SLUG, is_slug
from tocsin.rallies.campaign_file.refusing import checked_year, refuse_key
from tocsin.rallies.campaign_file.said import SaidDay
from tocsin.rallies.refusals import Refusal

_RULE = re.compile(r"(\d{1,2}):(\d{2}) local everywhere")
_BEHIND = "local everywhere"


def read_days(tables: Sequence[Table], languages: Sequence[str]) -> dict[str, SaidDay]:
    """Return the days by key, in order; of two with one key the first."""
    days: dict[str, SaidDay] = {}
    for table in tables:
        key = table.text("key")
        if not is_slug(key):
            refuse_key(table, "key", Refusal.KEY_SHAPE, str(MAX_SLUG))
        elif key in days:
            refuse_key(table, "key", Refusal.KEY_REPEATED)
        held_on = table.value("date", date, _("a date, as in 2026-05-01"))
        if held_on is None:
            table.refuse("date", FileRefusal.EMPTY)
        elif isinstance(held_on, datetime):  # to Python a datetime is a date
            table.refuse("date", FileRefusal.WRONG_KIND, _("a date, as in 2026-05-01"))
        checked_year(table, "date", held_on)
        day = SaidDay(
            key=key,
            title=table.texts("title", languages),
            held_on=held_on or date.min,
            wall_time=_hour(table),
            rest=table.rest(),
        )
        days.setdefault(key, day)
    return days


def rule_of(wall_time: time) -> str:
    """Return the rule of a day as a file has it."""
    return f"{wall_time:%H:%M} {_BEHIND}"


def _hour(table: Table) -> time | None:
    """Return the hour of "17:00 local everywhere"; None without a rule."""
    rule = table.text("rule")
    if not rule:
        return None
    found = _RULE.fullmatch(" ".join(rule.split()))
    if found is None or not (int(found[1]) < 24 and int(found[2]) < 60):  # noqa: PLR2004  hours and minutes
        refuse_key(table, "rule", Refusal.RULE_SHAPE)
        return None
    return time(int(found[1]), int(found[2]))
