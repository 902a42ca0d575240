"""Which vaults this browser session has unlocked: shown on every page of the desk, ended by signing out.

The session holds a random number, which is a part of the keeper's name for the key; the key itself
is in the keeper's memory. Another person or browser has another number.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from tocsin.campaigns.models import Campaign, User
from tocsin.signing.opened.door import Door, lock

_KEY = "desk-vault"
_DESK = "/desk/"
_A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Unlocked:
    """One vault that is open, as the top of each page says it."""

    slug: str
    title: str
    language: str
    minutes: int
    seconds: int
    locks_at: datetime


def door_of(request: HttpRequest, campaign: Campaign, user: User) -> Door:
    """Return this session's door to a campaign; without a number of its own it is shut."""
    return Door(campaign, user, str(request.session.get(_KEY, {}).get("session", "")))


def new_door(request: HttpRequest, campaign: Campaign, user: User) -> Door:
    """Return the door to unlock, and remember that this session may have opened it."""
    kept = request.session.get(_KEY) or {"session": secrets.token_hex(16), "campaigns": []}
    kept["campaigns"] = sorted({*kept["campaigns"], campaign.pk})
    request.session[_KEY] = kept
    return Door(campaign, user, kept["session"])


def doors(request: HttpRequest) -> list[Door]:
    """Return the doors that this session may have opened."""
    kept = request.session.get(_KEY)
    if not kept or not isinstance(request.user, User):
        return []
    campaigns = Campaign.objects.filter(pk__in=kept["campaigns"]).order_by("slug")
    return [Door(campaign, request.user, kept["session"]) for campaign in campaigns]


def lock_all(request: HttpRequest) -> None:
    """Lock everything that this session has unlocked, before it ends."""
    for door in doors(request):
        lock(door=door, now=timezone.now())


def unlocked(request: HttpRequest) -> dict[str, Any]:
    """Give the desk's pages the vaults that are open (a context processor).

    Nothing of the session is read for other pages: reading it would make them vary by cookie.
    """
    if not request.path.startswith(_DESK) or not hasattr(request, "user"):
        return {}
    return {"unlocked": [_shown(door, left) for door in doors(request) if (left := door.left()) > 0]}


def _shown(door: Door, left: float) -> Unlocked:
    campaign = door.campaign
    title = str(campaign.title.get(campaign.languages[0]) or campaign.slug)
    locks_at = timezone.now() + timedelta(seconds=left)
    return Unlocked(campaign.slug, title, campaign.languages[0], ceil(left / _A_MINUTE), int(left), locks_at)
