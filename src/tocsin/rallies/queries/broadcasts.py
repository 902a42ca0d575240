"""What organisers tell all rallies of a day, a country or a region: which messages show on which pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import Broadcast, Host, Rally, Rsvp
from tocsin.rallies.states import BroadcastState, DateState, RsvpState, State

# Whose people are written to: their page is there, and they have not ended.
REACHED = (State.ANNOUNCED, State.APPROVED, State.RETURNED)
COMING = (RsvpState.COMING, RsvpState.WAITING)


@dataclass(frozen=True, slots=True)
class Reach:
    """How many a message goes to, at the most: two RSVPs of one mailbox get one mail."""

    rallies: int
    people: int


class Banner(NamedTuple):
    """A message as a page shows it."""

    text: str
    language: str
    is_ending: bool  # it says that the goal is reached


def shown_broadcasts(campaign: Campaign, now: datetime) -> list[Broadcast]:
    """Return the messages whose banners show at `now`, newest first: ask once a page, then `broadcasts_of` for each."""
    rows = Broadcast.objects.filter(campaign=campaign, sent_at__lte=now, shown_until__gt=now)
    return list(rows.exclude(state=BroadcastState.DRAFT).order_by("-sent_at", "-pk"))


def broadcasts_of(rally: Rally, shown: Iterable[Broadcast]) -> list[Broadcast]:
    """Return those of `shown` that are for this rally; no question is asked."""
    return [one for one in shown if _is_for(one, rally)]


def text_in(broadcast: Broadcast, language: str, campaign: Campaign) -> tuple[str, str]:
    """Return what a message says to a reader of `language`, and the language of that text."""
    codes: Sequence[str] = (language, *campaign.languages, *broadcast.text)
    code = next((one for one in codes if broadcast.text.get(one)), language)
    return str(broadcast.text.get(code, "")), code


def notes_of(rally: Rally, shown: Iterable[Broadcast], language: str, campaign: Campaign) -> list[str]:
    """Return the messages for a rally as plain text, newest first: for calendars and feeds.

    That the goal is reached is not among them: each date that it cancelled says so itself.
    """
    return [text_in(one, language, campaign)[0] for one in broadcasts_of(rally, shown) if not one.is_ending]


def banners_of(shown: Iterable[Broadcast], rally: Rally | None, language: str, campaign: Campaign) -> list[Banner]:
    """Return what stands above a rally's page, newest first; without a rally, what is for all of them."""
    if rally is not None:
        found = broadcasts_of(rally, shown)
    else:
        found = [one for one in shown if not (one.day_of_action_id or one.country or one.region)]
    return [Banner(*text_in(one, language, campaign), one.is_ending) for one in found]


def next_end(shown: Iterable[Broadcast]) -> datetime | None:
    """Return when the first of the banners goes: a page that shows them is kept no longer."""
    return min((one.shown_until for one in shown), default=None)


def rallies_reached(broadcast: Broadcast) -> QuerySet[Rally]:
    """Return the rallies that a message is for, of those whose people are written to."""
    rows = Rally.objects.filter(campaign=broadcast.campaign_id, state__in=REACHED)
    if broadcast.day_of_action_id is not None:
        rows = rows.filter(day_of_action=broadcast.day_of_action_id)
    if broadcast.country:
        rows = rows.filter(country=broadcast.country)
    if broadcast.region:
        rows = rows.filter(region=broadcast.region)
    return rows


def reach(broadcast: Broadcast, now: datetime) -> Reach:
    """Return how many rallies a message is for, and how many people hold them or come to dates that are not over."""
    rallies = rallies_reached(broadcast)
    hosts = Host.objects.filter(rally__in=rallies, confirmed_at__isnull=False).count()
    return Reach(rallies.count(), hosts + coming_to(rallies, now).count())


def coming_to(rallies: QuerySet[Rally] | Sequence[int], now: datetime) -> QuerySet[Rsvp]:
    """Return who comes to dates of these rallies that are not over, or waits for a place, and was not told off."""
    dates = Rsvp.objects.filter(occurrence__rally__in=rallies, occurrence__ends_at__gt=now, state__in=COMING)
    return dates.exclude(occurrence__state=DateState.CANCELLED)


def is_resolved(campaign: Campaign) -> bool:
    """Say whether the campaign has reached its goal, so that no rally is announced any more."""
    return Broadcast.objects.filter(campaign=campaign, is_ending=True).exclude(state=BroadcastState.DRAFT).exists()


def resolved_at(campaign: Campaign) -> datetime | None:
    """Return when the campaign was said to have reached its goal, or None."""
    rows = Broadcast.objects.filter(campaign=campaign, is_ending=True).exclude(state=BroadcastState.DRAFT)
    return rows.values_list("sent_at", flat=True).order_by("pk").first()


def _is_for(broadcast: Broadcast, rally: Rally) -> bool:
    if broadcast.campaign_id != rally.campaign_id:
        return False
    if broadcast.day_of_action_id is not None and broadcast.day_of_action_id != rally.day_of_action_id:
        return False
    if broadcast.country and broadcast.country != rally.country:
        return False
    return not broadcast.region or broadcast.region == rally.region
