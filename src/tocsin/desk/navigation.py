"""The ways around one campaign's desk, in the order in which a campaign is made."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tocsin.campaigns.models import Campaign
from tocsin.desk.queries import waiting_work

# Address name, label, and which of waiting_work's numbers stands beside it.
_PLACES = (
    (gettext_noop("Overview"), (("campaign", gettext_noop("Overview"), ""),)),
    (
        gettext_noop("Prepare"),
        (
            ("settings", gettext_noop("Settings"), ""),
            ("picture", gettext_noop("Picture"), ""),
            ("organisations", gettext_noop("Organisations"), ""),
            ("appeal", gettext_noop("Appeal"), ""),
            ("privacy", gettext_noop("Privacy text"), ""),
            ("key", gettext_noop("Vault key"), ""),
            ("opening", gettext_noop("Open and close"), ""),
        ),
    ),
    (
        gettext_noop("Look after"),
        (
            ("held", gettext_noop("Held signatures"), "held"),
            ("strikes", gettext_noop("Strikes"), "strikes"),
            ("reasons", gettext_noop("Reasons to read"), "reasons"),
            ("reported", gettext_noop("Reported lines"), "reported"),
            ("mail", gettext_noop("Mail"), ""),
        ),
    ),
    (
        gettext_noop("Rallies"),
        (
            ("rally-queue", gettext_noop("Rallies to look at"), "rallies"),
            ("rallies", gettext_noop("All rallies"), ""),
            ("headcounts", gettext_noop("How many came"), "headcounts"),
            ("trusted-hosts", gettext_noop("Trusted hosts"), ""),
            ("days", gettext_noop("Days of action"), ""),
            ("rallies-import", gettext_noop("Import rallies"), ""),
            ("broadcasts", gettext_noop("Tell many rallies"), ""),
            ("resolve", gettext_noop("The goal is reached"), ""),
        ),
    ),
    (
        gettext_noop("Vault"),
        (
            ("vault", gettext_noop("Unlock the vault"), ""),
            ("signatories", gettext_noop("Signatories"), ""),
            ("people-file", gettext_noop("Export signatories"), ""),
            ("circulars", gettext_noop("Write to signatories"), ""),
            ("audits", gettext_noop("Sample audits"), ""),
        ),
    ),
    (
        gettext_noop("Team and file"),
        (
            ("team", gettext_noop("Team"), ""),
            ("export", gettext_noop("Campaign file"), ""),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Way:
    """One link of the campaign's menu."""

    name: str
    label: str
    address: str
    is_here: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class Group:
    """Some links that belong together."""

    label: str
    ways: tuple[Way, ...]


def ways_around(campaign: Campaign, here: str) -> tuple[Group, ...]:
    """Return the menu of a campaign, with what waits for somebody beside it."""
    work = waiting_work(campaign.pk)
    return tuple(
        Group(
            _(group),
            tuple(
                Way(name, _(label), reverse(f"desk:{name}", args=[campaign.slug]), name == here, work.get(number, 0))
                for name, label, number in places
            ),
        )
        for group, places in _PLACES
    )
