"""TOML values as JSON and back, so that what a file holds for later features is kept to the letter.

TOML knows dates, times and infinite numbers, which JSON does not, and PostgreSQL rounds floats
in JSON its own way; each of them becomes ``{"$toml": kind, "value": text}``.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

_TAG = "$toml"


def as_json(value: Any) -> Any:
    """Return a TOML value as one that JSON can hold."""
    if isinstance(value, Mapping):
        table = {key: as_json(one) for key, one in value.items()}
        return {_TAG: "table", "value": table} if _TAG in table else table
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    if isinstance(value, float):
        return {_TAG: "float", "value": repr(value)}
    if isinstance(value, date | time):  # a datetime is a date
        return {_TAG: type(value).__name__, "value": value.isoformat()}
    return value


def as_toml(value: Any) -> Any:
    """Return the TOML value that `as_json` was given."""
    if isinstance(value, Mapping):
        if _TAG in value:
            return _READERS[value[_TAG]](value["value"])
        return {key: as_toml(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_toml(one) for one in value]
    return value


def _table(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: as_toml(one) for key, one in value.items()}


_READERS: dict[str, Any] = {
    "table": _table,
    "float": float,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}
