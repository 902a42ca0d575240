"""What changed last among the rallies that the public sees: for feed readers."""

from typing import NamedTuple

from django.db.models import F, Q

from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.states import SHOWN, DateState


class Change(NamedTuple):
    """A rally that is new or changed, with its first date; or one date that is no longer as its series had it."""

    rally: Rally
    occurrence: Occurrence | None
    is_of_date: bool


def last_changes(campaign: Campaign, *, limit: int, country: str = "", region: str = "") -> list[Change]:
    """Return the last changes, in three queries: up to `limit` of rallies and as many of their dates."""
    where = {name: value for name, value in (("country", country), ("region", region)) if value}
    there = Rally.objects.filter(campaign=campaign, state__in=SHOWN, **where)
    rallies = list(there.order_by("-changed_at", "-pk")[:limit])
    first = Occurrence.objects.filter(rally__in=rallies, original_on=F("rally__first_on"))
    first_dates = {one.rally_id: one for one in first}
    for rally in rallies:
        rally.campaign = campaign
    dates = list(
        Occurrence.objects.filter(~_AS_ITS_SERIES, campaign=campaign, rally__in=there)
        .select_related("rally")
        .order_by("-changed_at", "-pk")[:limit]
    )
    for one in dates:
        one.rally.campaign = campaign
    return [
        *(Change(rally, first_dates.get(rally.pk), is_of_date=False) for rally in rallies),
        *(Change(one.rally, one, is_of_date=bool(one.rally.repeat)) for one in dates),
    ]


_AS_ITS_SERIES = Q(state=DateState.STANDS, held_on=F("original_on"), place="", address="", note="")
