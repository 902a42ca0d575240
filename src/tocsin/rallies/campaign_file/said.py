"""What a campaign file says about rallies, before any of it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from tocsin.rallies.details import Details, Texts
from tocsin.rallies.hosts import PrivatePlace
from tocsin.rallies.states import DateState


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidDay:
    """One of [[days_of_action]]."""

    key: str
    title: Texts
    held_on: date
    wall_time: time | None
    rest: Mapping[str, Any]  # keys that have no place yet, as TOML


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidDate:
    """One date of a rally that is not as its series has it."""

    original_on: date
    state: DateState
    held_on: date
    wall_time: time
    minutes: int
    place: str
    address: str
    latitude: float | None
    longitude: float | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidRally:
    """One of [[rallies]], or of the towns that one of them lists."""

    details: Details
    day: str = ""  # the key of its day of action
    is_main: bool = False
    has_ended: bool = False
    slug: str = ""
    uid: str = ""
    private: PrivatePlace = field(default_factory=PrivatePlace)  # sealed, when there is any
    dates: tuple[SaidDate, ...] = ()
    rest: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """All of it, in the order of the file."""

    days: tuple[SaidDay, ...]
    rallies: tuple[SaidRally, ...]
