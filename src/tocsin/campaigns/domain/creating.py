"""Begin a campaign, and change what its team says about it."""

from django.db import IntegrityError

from tocsin import db
from tocsin.campaigns.checks import refusals_of, settled
from tocsin.campaigns.details import Behind, Details, details_of
from tocsin.campaigns.domain.privacy import write_privacy_draft
from tocsin.campaigns.domain.revision import touch
from tocsin.campaigns.domain.team import give_role
from tocsin.campaigns.models import Campaign, Organisation, User
from tocsin.campaigns.privacy_default import default_privacy
from tocsin.campaigns.refusals import Refusal, Refused, RefusedError
from tocsin.campaigns.states import Role, State
from tocsin.vault import queries as vault


def create(*, details: Details, owner: User | None) -> Campaign:
    """Begin a campaign: a draft with a usual privacy text, owned by `owner`.

    Raises RefusedError, and then nothing is stored.
    """
    with db.transaction():
        return write_campaign(details=details, owner=owner)


def write_campaign(*, details: Details, owner: User | None) -> Campaign:
    """Do what `create` does, as a step of the caller's transaction."""
    db.required()
    details = settled(details)
    _refuse(details, None)
    campaign = Campaign(**_columns(details))
    try:
        campaign.save(force_insert=True)
    except IntegrityError as error:  # somebody took the address between the look and the write
        raise RefusedError.of(Refusal.SLUG_TAKEN, "slug") from error
    _put_organisations(campaign, details.organisations)
    if owner is not None:
        give_role(campaign=campaign, user=owner, role=Role.OWNER)
    write_privacy_draft(campaign=campaign, source=default_privacy(campaign.languages))
    return campaign


def edit(*, campaign: Campaign, details: Details) -> None:
    """Give the campaign these details; what the public may see of it moves with the revision.

    Raises RefusedError, and then nothing is changed.
    """
    with db.transaction():
        stored = Campaign.objects.select_for_update().get(pk=campaign.pk)
        details = settled(details)
        _refuse(details, stored)
        try:
            Campaign.objects.filter(pk=stored.pk).update(**_columns(details))
        except IntegrityError as error:
            raise RefusedError.of(Refusal.SLUG_TAKEN, "slug") from error
        _put_organisations(stored, details.organisations)
        touch(campaign=stored)
    campaign.refresh_from_db()


def is_slug_frozen(campaign: Campaign) -> bool:
    """Say whether the address is carried by something that cannot change: the log, or a sealed row."""
    return (
        campaign.state != State.DRAFT
        or campaign.versions.filter(published_at__isnull=False).exists()
        or vault.key_in_use(campaign.pk) is not None
    )


def _refuse(details: Details, stored: Campaign | None) -> None:
    refused = list(refusals_of(details))
    if stored is None or details.slug != stored.slug:
        if stored is not None and is_slug_frozen(stored):
            refused.append(Refused("slug", Refusal.SLUG_FROZEN))
        elif Campaign.objects.filter(slug=details.slug).exists():
            refused.append(Refused("slug", Refusal.SLUG_TAKEN))
    if refused:
        raise RefusedError(refused)


def _columns(details: Details) -> dict[str, object]:
    return {
        "slug": details.slug,
        "languages": list(details.languages),
        "title": dict(details.title),
        "motto": dict(details.motto),
        "timezone": details.timezone,
        "accent": details.accent,
        "picture_text": dict(details.picture_text),
        "goals": list(details.goals),
        "opens_at": details.opens_at,
        "closes_at": details.closes_at,
        "contact": details.contact,
        "imprint": dict(details.imprint),
        "hashtags": list(details.hashtags),
        "shortcode_ids": dict(details.shortcode_ids),
        "form": details.form.to_map(),
    }


def _put_organisations(campaign: Campaign, behind: tuple[Behind, ...]) -> None:
    """Store the organisations in this order; one whose name stays keeps its row."""
    if campaign.organisations.exists() and details_of(campaign).organisations == behind:
        return
    kept = {one.name: one for one in campaign.organisations.all()}
    for position, one in enumerate(behind):
        row = kept.pop(one.name, None) or Organisation(campaign=campaign, name=one.name)
        row.role, row.url, row.position = one.role, one.url, position
        row.save()
    Organisation.objects.filter(pk__in=[row.pk for row in kept.values()]).delete()
