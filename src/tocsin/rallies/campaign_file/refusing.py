"""Saying in a campaign file's own keys what is wrong with a rally."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tocsin.campaigns.campaign_file.tables import Table
from tocsin.campaigns.refusals import Refusal as FileRefusal
from tocsin.rallies.refusals import Refusal, Refused
from tocsin.rallies.repeats import FIRST_DAY, LAST_DAY

# Fields of Details that have another name in a file.
_KEYS = {
    "first_on": "starts",
    "wall_time": "starts",
    "zone": "timezone",
    "pin": "position",
    "online_url": "online",
}
_FIRST_YEAR, _LAST_YEAR = FIRST_DAY.year, LAST_DAY.year


def refuse(table: Table, refused: Refused) -> None:
    """Note in the table what is wrong with one field of Details."""
    table.refuse(_KEYS.get(refused.field, refused.field), FileRefusal.PART_REFUSED, refused.mend)


def refuse_key(table: Table, key: str, refusal: Refusal, limit: str = "") -> None:
    """Note what is wrong with one key of the table."""
    table.refuse(key, FileRefusal.PART_REFUSED, Refused(key, refusal, limit).mend)


def checked_year(table: Table, key: str, on: Any) -> bool:
    """Say whether a date lies in a year that clocks are known for, and note it if not."""
    if isinstance(on, date) and not _FIRST_YEAR <= on.year <= _LAST_YEAR:
        table.refuse(
            key,
            FileRefusal.WRONG_KIND,
            _("a date between %(first)s and %(last)s") % {"first": _FIRST_YEAR, "last": _LAST_YEAR},
        )
        return False
    return True
