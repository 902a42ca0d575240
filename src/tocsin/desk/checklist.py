"""What a campaign still needs before it can open, each with the page where it is done."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from tocsin.campaigns import domain, queries
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.refusals import Refusal
from tocsin.campaigns.states import State


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do before opening."""

    name: str  # of its page in desk/navigation.py
    label: str
    address: str
    is_done: bool
    why: str  # what it is for, or how to do it


def steps(campaign: Campaign) -> tuple[Step, ...]:
    """Return the steps to an open campaign, done ones too; those that the domain asks for are the same here."""
    missing = {one.refusal for one in domain.what_is_missing(campaign)}
    return (
        _step(
            campaign,
            "settings",
            _("Say who answers"),
            Refusal.NO_CONTACT not in missing,
            _("An e-mail address that visitors can write to."),
        ),
        _step(campaign, "appeal", _("Publish the appeal"), Refusal.NO_APPEAL not in missing, _appeal_hint(campaign)),
        _step(
            campaign,
            "privacy",
            _("Publish the privacy text"),
            Refusal.NO_PRIVACY not in missing,
            _("A usual text is there already: read it, change what is different here, publish it."),
        ),
        _step(
            campaign,
            "key",
            _("Make the vault key and try it"),
            Refusal.NO_KEY_DRILL not in missing,
            _("It seals names and addresses. Without its passphrase nobody can read them, not even you."),
        ),
    )


def next_step(campaign: Campaign, todo: Sequence[Step]) -> Step:
    """Return the first of a draft's `steps` that is not done; when all are, the step of opening it."""
    opening = _step(campaign, "opening", _("Open the campaign"), False, _("Everything is there."))  # noqa: FBT003  as below
    return next((step for step in todo if not step.is_done), opening)


def is_ready(campaign: Campaign) -> bool:
    """Say whether a draft has all it needs."""
    return campaign.state == State.DRAFT and not any(domain.what_is_missing(campaign))


def _step(campaign: Campaign, name: str, label: str, is_done: bool, why: str) -> Step:  # noqa: FBT001  a table's column
    return Step(name, label, reverse(f"desk:{name}", args=[campaign.slug]), is_done, why)


def _appeal_hint(campaign: Campaign) -> str:
    if queries.draft_version(campaign) is None:
        return _("Write the text that people will sign.")
    return _("Your draft is saved; once published, its words stand for good.")
