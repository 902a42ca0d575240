"""Write the privacy text and publish it; each consent names the version it was given to."""

from collections.abc import Mapping
from datetime import datetime

from tocsin import db
from tocsin.campaigns import queries
from tocsin.campaigns.domain.revision import touch
from tocsin.campaigns.models import Campaign, PrivacyVersion
from tocsin.campaigns.refusals import Refusal, RefusedError
from tocsin.campaigns.texts import privacy_refusals, settled_privacy


def draft_privacy(*, campaign: Campaign, source: Mapping[str, str]) -> PrivacyVersion:
    """Make the draft of the privacy text say `source`, {language: Markdown}.

    Raises RefusedError, and then the draft is as it was.
    """
    with db.transaction():
        return write_privacy_draft(campaign=campaign, source=source)


def write_privacy_draft(*, campaign: Campaign, source: Mapping[str, str]) -> PrivacyVersion:
    """Do what `draft_privacy` does, as a step of the caller's transaction."""
    db.required()
    stored = Campaign.objects.select_for_update().get(pk=campaign.pk)
    settled = settled_privacy(source)
    if not settled:
        raise RefusedError.of(Refusal.EMPTY, "privacy")
    if refused := tuple(privacy_refusals(settled, stored.languages)):
        raise RefusedError(refused)
    newest = stored.privacy_versions.order_by("-number").first()
    draft = queries.draft_privacy_version(stored) or PrivacyVersion(
        campaign=stored, number=newest.number + 1 if newest else 1
    )
    draft.source = settled
    draft.save()
    return draft


def publish_privacy(*, campaign: Campaign, now: datetime) -> PrivacyVersion:
    """Publish the draft of the privacy text: from now on each consent is given to this version.

    Raises RefusedError when there is no draft or it says the same as the version before.
    """
    with db.transaction():
        return put_privacy_out(campaign=campaign, now=now)


def put_privacy_out(*, campaign: Campaign, now: datetime) -> PrivacyVersion:
    """Do what `publish_privacy` does, as a step of the caller's transaction."""
    db.required()
    stored = Campaign.objects.select_for_update().get(pk=campaign.pk)
    draft = queries.draft_privacy_version(stored)
    if draft is None:
        raise RefusedError.of(Refusal.NO_DRAFT, "privacy")
    current = queries.current_privacy(stored)
    if current is not None and current.source == draft.source:
        raise RefusedError.of(Refusal.NOTHING_CHANGED, "privacy")
    if not PrivacyVersion.objects.filter(pk=draft.pk, published_at__isnull=True).update(published_at=now):
        raise RefusedError.of(Refusal.NO_DRAFT, "privacy")  # somebody published it a moment ago
    touch(campaign=stored)
    draft.published_at = now
    return draft
