"""Put up a campaign from its file, whole or not at all."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from tocsin import db
from tocsin.campaigns import queries
from tocsin.campaigns.campaign_file.reading import CampaignFile, as_in_the_file
from tocsin.campaigns.campaign_file.values import as_json
from tocsin.campaigns.domain.appeal import put_appeal_out, write_appeal_draft
from tocsin.campaigns.domain.creating import write_campaign
from tocsin.campaigns.domain.opening import put_open
from tocsin.campaigns.domain.picturing import put_picture
from tocsin.campaigns.domain.privacy import put_privacy_out, write_privacy_draft
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.refusals import Refusal, Refused, RefusedError
from tocsin.vault import domain as vault_verbs
from tocsin.vault import queries as vault


def import_campaign(*, file: CampaignFile, owner: User | None, now: datetime, picture: bytes | None = None) -> Campaign:
    """Store the campaign that a file describes, as a draft with its texts as drafts, and the parts it was read with.

    `picture` is one made by `picture_process.bounded_jpeg`. Raises RefusedError, and then nothing of the
    file is stored.
    """
    with db.transaction():
        try:
            campaign = write_campaign(details=file.details, owner=owner)
        except RefusedError as error:
            raise RefusedError(map(as_in_the_file, error.refused)) from error
        if file.appeal:
            write_appeal_draft(campaign=campaign, texts=file.appeal)
        if file.privacy:
            write_privacy_draft(campaign=campaign, source=file.privacy)
        if picture is not None:
            put_picture(campaign=campaign, content=picture)
        kept = _kept(file)
        for part, said in file.parts:
            kept |= as_json(part.store(campaign=campaign, said=said, now=now))
        Campaign.objects.filter(pk=campaign.pk).update(carried=kept)
    campaign.refresh_from_db()
    return campaign


def _kept(file: CampaignFile) -> dict[str, Any]:
    if not file.keyholders:
        return dict(file.carried)
    of_campaign: Mapping[str, Any] = file.carried.get("campaign", {})
    return {**file.carried, "campaign": {**of_campaign, "keyholders": list(file.keyholders)}}


def what_file_lacks(file: CampaignFile) -> Iterator[Refused]:
    """Yield what would keep a campaign from being opened, with one keyholder, as its file has it."""
    if not file.appeal:
        yield Refused("appeal", Refusal.EMPTY)
    elif file.details.languages[0] not in file.appeal:
        yield Refused(f"appeal.{file.details.languages[0]}", Refusal.EMPTY)
    if not file.details.contact:
        yield Refused("campaign.contact", Refusal.NO_CONTACT)
    if len(file.keyholders) > 1:
        yield Refused("campaign.keyholders", Refusal.MORE_KEYHOLDERS)


def open_alone(*, campaign: Campaign, label: str, passphrase: str, now: datetime) -> None:
    """Make the key for its only keyholder, let them prove it, publish the drafts and open.

    A key that is there already is proved instead. The passphrase is used and forgotten. Raises
    RefusedError when there is more than one keyholder, since nobody can prove another's
    passphrase; vault.PassphraseTooShortError for a new one that is too short.
    """
    holders = vault.keyholders(campaign.pk)
    if len(holders) > 1:
        raise RefusedError.of(Refusal.MORE_KEYHOLDERS, "key")
    if not holders:
        vault_verbs.make_campaign_key(
            campaign=campaign.pk, slug=campaign.slug, label=label, passphrase=passphrase, now=now
        )
        holders = vault.keyholders(campaign.pk)
    if not vault_verbs.drill(keyholder=holders[0], slug=campaign.slug, passphrase=passphrase, now=now):
        raise RefusedError.of(Refusal.WRONG_PASSPHRASE, "key")
    with db.transaction():
        if queries.draft_version(campaign) is not None:
            put_appeal_out(campaign=campaign, now=now)
        if queries.draft_privacy_version(campaign) is not None:
            put_privacy_out(campaign=campaign, now=now)
        put_open(campaign=campaign, now=now)
    campaign.refresh_from_db()
