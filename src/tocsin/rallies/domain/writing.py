"""Store a rally, and change what is said about it: the steps that every door's verb is made of."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.slugs import slug_from
from tocsin.rallies.checks import refusals_of, settled
from tocsin.rallies.details import Details, columns_of, details_of
from tocsin.rallies.domain.dates import add_dates, move_dates
from tocsin.rallies.domain.promote import promote_waiting
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.refusals import RefusedError
from tocsin.rallies.states import State

_MAX_SLUG = 70  # leaves room for a number behind it
_FEW = 20  # beginnings of addresses to look for: of more, all of the campaign's are asked for
# Second parts of addresses below /rallies/ that are no rally's.
RESERVED = frozenset({"country", "day", "import", "map", "online"})
_UID_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRally:
    """A rally to store.

    `state` is ASKED for what a stranger announces, APPROVED for what the team enters. `slug` and `uid` are those of
    a rally that moves here with its campaign; the caller has seen that nobody else's are the same.
    """

    details: Details
    state: State
    is_main: bool = False
    source: str = ""
    slug: str = ""
    uid: str = ""


def write_rally(
    *,
    campaign: Campaign,
    details: Details,
    state: State,
    now: datetime,
    is_main: bool = False,
) -> Rally:
    """Store a rally with its dates, as a step of the caller's transaction; raises RefusedError."""
    new = NewRally(details=details, state=state, is_main=is_main)
    (rally,) = write_rallies(campaign=campaign, new=[new], now=now)
    return rally


def write_rallies(*, campaign: Campaign, new: Sequence[NewRally], now: datetime) -> list[Rally]:
    """Store rallies with their dates, in order, with as many questions for many as for one.

    A step of the caller's transaction; raises RefusedError.
    """
    db.required()
    new = [replace(one, details=settled(one.details)) for one in new]
    slugs = _Slugs(campaign, new)
    rallies = [_rally(campaign, one, slugs, now) for one in new]
    Rally.objects.bulk_create(rallies, batch_size=500)
    add_dates(rallies=rallies, now=now)
    if any(one.state is not State.ASKED for one in new):  # that is on no page: no page is drawn anew
        touch(campaign=campaign)
    return rallies


def _rally(campaign: Campaign, new: NewRally, slugs: "_Slugs", now: datetime) -> Rally:
    if refused := refusals_of(new.details):
        raise RefusedError(refused)
    return Rally(
        campaign=campaign,
        slug=new.slug or slugs.free(new.details),
        uid=new.uid or secrets.token_hex(_UID_BYTES),
        state=new.state,
        is_main=new.is_main,
        announced_at=now,
        approved_on=now.date() if new.state is State.APPROVED else None,
        changed_at=now,
        source=new.source,
        **columns_of(new.details),
    )


def change_rally(*, rally: Rally, details: Details, now: datetime) -> list[Occurrence]:
    """Give a rally these details, as a step of the caller's transaction; return the dates that changed with it.

    A change of time or place moves SEQUENCE in calendars (RFC 5545, section 3.8.7.4). That one, and one of
    what people read or follow, is marked for the desk: what it approved said something else. Raises RefusedError.
    """
    db.required()
    details = settled(details)
    if refused := refusals_of(details):
        raise RefusedError(refused)
    before = details_of(rally)
    has_moved = _when_and_where(before) != _when_and_where(details)
    for name, value in columns_of(details).items():
        setattr(rally, name, value)
    rally.changed_at = now
    if has_moved:
        rally.sequence += 1
    if has_moved or _words_and_links(before) != _words_and_links(details):
        rally.has_big_change = rally.approved_on is not None
    rally.save()
    if details.is_address_private:
        _keep_private(rally, now)
    changed = move_dates(rally=rally, before=before, now=now)
    if before.capacity != details.capacity:
        promote_waiting(rally=rally, now=now)
    touch(campaign=rally.campaign)
    return changed


def _keep_private(rally: Rally, now: datetime) -> None:
    """Take their own places off the dates of a rally whose address is private, those that have passed too."""
    as_usual = {"place": "", "address": "", "latitude": None, "longitude": None}
    rally.occurrences.exclude(**as_usual).update(changed_at=now, **as_usual)


class _Slugs:
    """Addresses that no rally of a campaign has: the town's name, with a number if need be."""

    def __init__(self, campaign: Campaign, new: Sequence[NewRally]) -> None:
        bases = {_base_of(one.details) for one in new if not one.slug}
        starts = reduce(or_, (Q(slug__startswith=base) for base in bases), Q())
        taken = Rally.objects.filter(starts, campaign=campaign) if len(bases) <= _FEW else campaign.rallies.all()
        self._taken = {*taken.values_list("slug", flat=True), *RESERVED, *(one.slug for one in new)} if bases else set()
        self._next: dict[str, int] = {}

    def free(self, details: Details) -> str:
        """Return one, and keep it."""
        base = slug = _base_of(details)
        number = self._next.get(base, 1)
        while slug in self._taken:
            number += 1
            slug = f"{base}-{number}"
        self._next[base] = number
        self._taken.add(slug)
        return slug


def _base_of(details: Details) -> str:
    where = details.where
    words = slug_from(where.city) or slug_from(next(iter(details.title.values()), "")) or where.country.lower()
    return (words or "rally")[:_MAX_SLUG].rstrip("-")


def _when_and_where(details: Details) -> tuple[object, ...]:
    where = details.where
    return (
        details.first_on,
        details.wall_time,
        details.minutes,
        details.zone,
        details.repeat,
        details.attendance,
        details.online_url,
        details.is_address_private,
        where,
    )


def _words_and_links(details: Details) -> tuple[object, ...]:
    return (
        dict(details.title),
        dict(details.about),
        details.held_by,
        dict(details.until_note),
        details.chats,
        details.day_of_action,
    )
