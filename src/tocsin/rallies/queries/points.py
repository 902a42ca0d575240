"""Where the public's rallies are and when each is next: what the map, its picture and GeoJSON are made of."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.public_place import NOWHERE, public_pin
from tocsin.rallies.queries.shown import forgotten
from tocsin.rallies.states import SHOWN, Attendance, DateState

_DIGITS: Final = 5


class Point(NamedTuple):
    """One rally on the date to go to: the next that stands, or else the next, or else the last one held."""

    slug: str
    uid: str
    title: dict[str, str]  # {language: text}, as the host wrote it; empty: the campaign's and the town
    city: str
    country: str
    latitude: float | None  # degrees; none: it has no place, it is online alone
    longitude: float | None
    is_approximate: bool  # the address is private: this is the town's place
    starts_at: datetime
    ends_at: datetime
    zone: str
    state: DateState
    attendance: Attendance
    access: tuple[str, ...]
    is_main: bool
    is_over: bool
    is_series: bool

    @property
    def place(self) -> tuple[float, float] | None:
        """Latitude and longitude, if it has them."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


def points(campaign: Campaign, *, now: datetime) -> list[Point]:
    """Return each of the public's rallies once, by country, town and address; one query, however many they are.

    A rally whose dates to come are all cancelled is there as cancelled, for a month; one that was
    never held is gone with its last date.
    """
    rows = Occurrence.objects.filter(pk__in=_dates_to_show(campaign, now))
    columns = [*_OF_RALLY, *_OF_DATE]
    found = rows.order_by("rally__country", "rally__city", "rally__slug").values_list(*columns)
    return [_point(dict(zip(columns, row, strict=True)), now) for row in found]


_OF_RALLY = tuple(
    f"rally__{name}"
    for name in (
        "slug", "uid", "title", "city", "country", "latitude", "longitude", "is_address_private", "zone",
        "attendance", "access", "is_main", "repeat",
    )
)  # fmt: skip
_OF_DATE = ("starts_at", "ends_at", "state", "latitude", "longitude")


def _dates_to_show(campaign: Campaign, now: datetime) -> QuerySet[Rally, int]:
    """Return a query for the number of one date a rally: each part stops at the first row of the index by rally."""
    dates = Occurrence.objects.filter(rally=OuterRef("pk")).order_by("starts_at")
    coming = dates.filter(ends_at__gt=now)
    held = dates.filter(ends_at__lte=now, state=DateState.STANDS).order_by("-starts_at")
    choice = Coalesce(
        *(
            Subquery(one.values("pk")[:1])
            for one in (coming.filter(state=DateState.STANDS), coming.exclude(forgotten(now)), held)
        )
    )
    return (
        Rally.objects.filter(campaign=campaign, state__in=SHOWN)
        .annotate(date_to_show=choice)
        .filter(date_to_show__isnull=False)
        .values_list(F("date_to_show"), flat=True)
    )


def _point(row: dict[str, Any], now: datetime) -> Point:
    is_private = row["rally__is_address_private"]
    pins = (row["latitude"], row["longitude"]), (row["rally__latitude"], row["rally__longitude"])
    is_online = row["rally__attendance"] == Attendance.ONLINE
    latitude, longitude = NOWHERE if is_online else public_pin(*pins, is_private=is_private)
    return Point(
        slug=row["rally__slug"],
        uid=row["rally__uid"],
        title=row["rally__title"],
        city=row["rally__city"],
        country=row["rally__country"],
        latitude=None if latitude is None else round(latitude, _DIGITS),
        longitude=None if longitude is None else round(longitude, _DIGITS),
        is_approximate=is_private,
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        zone=row["rally__zone"],
        state=DateState(row["state"]),
        attendance=Attendance(row["rally__attendance"]),
        access=tuple(row["rally__access"]),
        is_main=row["rally__is_main"],
        is_over=row["ends_at"] <= now,
        is_series=bool(row["rally__repeat"]),
    )
