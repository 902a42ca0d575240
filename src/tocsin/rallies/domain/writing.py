"""Store a rally, and change what is said about it: the steps that every door's verb is made of."""

import secrets
from datetime import datetime

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
# Second parts of addresses below /rallies/ that are no rally's.
RESERVED = frozenset({"country", "day", "import", "map", "online"})
_UID_BYTES = 16


def write_rally(
    *,
    campaign: Campaign,
    details: Details,
    state: State,
    now: datetime,
    is_main: bool = False,
    source: str = "",
    slug: str = "",
    uid: str = "",
) -> Rally:
    """Store a rally with its dates, as a step of the caller's transaction; raises RefusedError.

    `state` is ASKED for what a stranger announces, APPROVED for what the team enters. `slug` and `uid` are
    those of a rally that moves here with its campaign; the caller has seen that nobody else's are the same.
    """
    db.required()
    details = settled(details)
    if refused := refusals_of(details):
        raise RefusedError(refused)
    rally = Rally.objects.create(
        campaign=campaign,
        slug=slug or free_slug(campaign, details),
        uid=uid or secrets.token_hex(_UID_BYTES),
        state=state,
        is_main=is_main,
        announced_at=now,
        approved_on=now.date() if state is State.APPROVED else None,
        changed_at=now,
        source=source,
        **columns_of(details),
    )
    add_dates(rallies=[rally], now=now)
    if state is not State.ASKED:  # that is on no page: who announces a thousand makes no page be drawn anew
        touch(campaign=campaign)
    return rally


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


def free_slug(campaign: Campaign, details: Details) -> str:
    """Return an address that no rally of the campaign has: the town's name, with a number if need be."""
    where = details.where
    words = slug_from(where.city) or slug_from(next(iter(details.title.values()), "")) or where.country.lower()
    base = (words or "rally")[:_MAX_SLUG].rstrip("-")
    taken = set(Rally.objects.filter(campaign=campaign, slug__startswith=base).values_list("slug", flat=True))
    if base not in taken | RESERVED:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


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
