"""Write the appeal, and publish it: from then on its words stand for good."""

from datetime import datetime

from tocsin import db
from tocsin.campaigns import queries
from tocsin.campaigns.domain.revision import touch
from tocsin.campaigns.models import AppealText, AppealVersion, Campaign
from tocsin.campaigns.refusals import Refusal, RefusedError
from tocsin.campaigns.texts import Words, appeal_refusals, settled_appeal, whole
from tocsin.seal.commitment import text_hash
from tocsin.tally.domain import Queued, queue
from tocsin.tlog.entry import Kind, text_version


def draft_appeal(*, campaign: Campaign, texts: Words) -> AppealVersion:
    """Make the draft say `texts` and nothing else; languages left out show the fallback's words.

    Raises RefusedError, and then the draft is as it was.
    """
    with db.transaction():
        return write_appeal_draft(campaign=campaign, texts=texts)


def write_appeal_draft(*, campaign: Campaign, texts: Words) -> AppealVersion:
    """Do what `draft_appeal` does, as a step of the caller's transaction."""
    db.required()
    stored = Campaign.objects.select_for_update().get(pk=campaign.pk)
    settled = settled_appeal(texts)
    if refused := tuple(appeal_refusals(settled, stored.languages)):
        raise RefusedError(refused)
    draft = queries.draft_version(stored) or AppealVersion.objects.create(campaign=stored, number=_next_number(stored))
    draft.texts.all().delete()
    AppealText.objects.bulk_create(
        AppealText(version=draft, language=code, title=title, source=source, text_hash=text_hash(whole(title, source)))
        for code, (title, source) in settled.items()
    )
    return queries.draft_version(stored) or draft


def publish_appeal(*, campaign: Campaign, now: datetime) -> AppealVersion:
    """Publish the draft: it becomes the version people sign, and the log gets its text hashes.

    Raises RefusedError when there is no draft, when it lacks the fallback language, or when it
    says the same as the version before.
    """
    with db.transaction():
        return put_appeal_out(campaign=campaign, now=now)


def put_appeal_out(*, campaign: Campaign, now: datetime) -> AppealVersion:
    """Do what `publish_appeal` does, as a step of the caller's transaction."""
    db.required()
    stored = Campaign.objects.select_for_update().get(pk=campaign.pk)
    draft = queries.draft_version(stored)
    if draft is None:
        raise RefusedError.of(Refusal.NO_DRAFT, "appeal")
    texts = {text.language: text for text in draft.texts.all()}
    if stored.languages[0] not in texts:
        raise RefusedError.of(Refusal.EMPTY, f"appeal.{stored.languages[0]}")
    current = queries.current_version(stored)
    if current is not None and _words(current) == _words(draft):
        raise RefusedError.of(Refusal.NOTHING_CHANGED, "appeal")
    if not AppealVersion.objects.filter(pk=draft.pk, published_at__isnull=True).update(published_at=now):
        raise RefusedError.of(Refusal.NO_DRAFT, "appeal")  # somebody published it a moment ago
    _tell_the_log(stored, draft)
    touch(campaign=stored)
    draft.published_at = now
    return draft


def _tell_the_log(campaign: Campaign, version: AppealVersion) -> None:
    """Queue an entry for each text; words that were published before have theirs already."""
    earlier = AppealText.objects.filter(version__campaign=campaign, version__number__lt=version.number)
    known = {bytes(digest) for digest in earlier.values_list("text_hash", flat=True)}
    fresh = dict.fromkeys(bytes(text.text_hash) for text in version.texts.order_by("pk"))
    queue(
        Queued(campaign.pk, Kind.TEXT_VERSION, text_version(campaign.slug, digest))
        for digest in fresh
        if digest not in known
    )


def _words(version: AppealVersion) -> dict[str, bytes]:
    return {text.language: bytes(text.text_hash) for text in version.texts.all()}


def _next_number(campaign: Campaign) -> int:
    newest = campaign.versions.order_by("-number").first()
    return newest.number + 1 if newest else 1
