"""The campaigns that this process takes signatures for, as they were at their last revision.

Looked up for every post, so it is a dictionary in memory; `refresh` brings it up to date once
a second, off the event loop.
"""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from tocsin.campaigns import queries as campaigns
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State
from tocsin.kit import keyfiles
from tocsin.signing.intake import Intake, load_intake
from tocsin.vault.queries import DisplayKeyMissingError, PepperMissingError
from tocsin.vault.sealer import KeyMissingError
from tocsin.website.pages import busy_page

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Door:
    """One public campaign: what its form needs, or None where this machine cannot take for it."""

    campaign: Campaign
    intake: Intake | None
    busy_pages: Mapping[str, str]  # by language, ready for the moment when nothing else is

    def takes_at(self, now: datetime) -> bool:
        """Say whether people can sign here at `now`."""
        return self.intake is not None and campaigns.is_open(self.campaign, now)


class Doors:
    """Every public campaign's door, by slug."""

    def __init__(self) -> None:
        self._by_slug: dict[str, Door] = {}
        self._by_number: dict[int, Door] = {}
        self._is_locked = False

    def find(self, slug: str) -> Door | None:
        """Return the door of a public campaign."""
        return self._by_slug.get(slug)

    def everyone(self) -> Collection[Door]:
        """Return all of them."""
        return self._by_slug.values()

    def find_number(self, number: int) -> Door | None:
        """Return the door of a public campaign by its number."""
        return self._by_number.get(number)

    def refresh(self, now: datetime) -> None:
        """Read again what has a new revision, and let epoch keys go whose minute is over."""
        revisions = dict(campaigns.revisions().values())
        known = {slug: door.campaign.revision for slug, door in self._by_slug.items()}
        was_locked, self._is_locked = self._is_locked, keyfiles.is_locked()
        if was_locked and not self._is_locked:
            known = {}  # somebody opened this server's keys: every form is read again
        if revisions != known:
            changed = [slug for slug, revision in revisions.items() if known.get(slug) != revision]
            kept = {slug: door for slug, door in self._by_slug.items() if slug in revisions and slug not in changed}
            # One assignment: a request sees the old doors or the new ones, never half of each.
            self._by_slug = kept | {slug: door for slug in changed if (door := _read(slug)) is not None}
            self._by_number = {door.campaign.pk: door for door in self._by_slug.values()}
        for door in self._by_slug.values():
            if door.intake is not None:
                door.intake.sealer.forget(now)


def _read(slug: str) -> Door | None:
    campaign = campaigns.public_campaign(slug)
    if campaign is None:
        return None
    busy = {language: busy_page(campaign, language) for language in campaign.languages}
    return Door(campaign, _read_intake(campaign) if campaign.state == State.OPEN else None, busy)


def _read_intake(campaign: Campaign) -> Intake | None:
    try:
        return load_intake(campaign)
    except (PepperMissingError, DisplayKeyMissingError, KeyMissingError) as error:
        _log.warning("campaign %s: the form is closed on this machine (%s)", campaign.slug, type(error).__name__)
        return None
