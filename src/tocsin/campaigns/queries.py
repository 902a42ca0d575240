"""What can be asked about campaigns. Nothing here writes."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import QuerySet

from tocsin.campaigns.differences import Piece, differences
from tocsin.campaigns.models import (
    AppealText,
    AppealVersion,
    Campaign,
    Invitation,
    Organisation,
    PrivacyVersion,
    User,
)
from tocsin.campaigns.states import INVITATION_DAYS, State
from tocsin.campaigns.texts import whole
from tocsin.seal.tokens import token_hash


def by_slug(slug: str) -> Campaign | None:
    """Return the campaign at this address, whatever its state."""
    return Campaign.objects.filter(slug=slug).first()


def public_campaign(slug: str) -> Campaign | None:
    """Return the campaign at this address if the public may see it: not a draft."""
    return Campaign.objects.filter(slug=slug).exclude(state=State.DRAFT).first()


def open_campaigns(now: datetime) -> list[Campaign]:
    """Return the campaigns that can be signed at `now`, newest first."""
    return [one for one in Campaign.objects.filter(state=State.OPEN).order_by("-pk") if is_open(one, now)]


def public_campaigns() -> QuerySet[Campaign]:
    """Return the campaigns that the public may see, newest first."""
    return Campaign.objects.exclude(state=State.DRAFT).order_by("-pk")


def campaigns_of(user: User) -> QuerySet[Campaign]:
    """Return the campaigns whose desk `user` may see, newest first; who runs the server sees all."""
    seen = Campaign.objects.order_by("-pk")
    return seen if user.is_superuser else seen.filter(team__user=user)


def open_invitations(campaign: Campaign, now: datetime) -> QuerySet[Invitation]:
    """Return the invitations to a team that can still be accepted, newest first."""
    since = now - timedelta(days=INVITATION_DAYS)
    return Invitation.objects.filter(campaign=campaign, sent_at__gte=since).order_by("-sent_at", "-pk")


def open_invitation(token: bytes, now: datetime) -> Invitation | None:
    """Return the invitation whose mail held `token`, or None when it is used, taken back, too old or invented."""
    since = now - timedelta(days=INVITATION_DAYS)
    rows = Invitation.objects.filter(token_hash=token_hash(token), sent_at__gte=since)
    return rows.select_related("campaign", "invited_by").first()


def has_account(email: str) -> bool:
    """Say whether somebody has an account under this address; told only to whoever has a link mailed to it."""
    return User.objects.filter(email__iexact=email).exists()


def is_open(campaign: Campaign, now: datetime) -> bool:
    """Say whether people can sign at `now`: opened, its opening come, its closing not yet."""
    if campaign.state != State.OPEN or (campaign.opens_at and now < campaign.opens_at):
        return False
    return campaign.closes_at is None or now < campaign.closes_at


def is_over(campaign: Campaign, now: datetime) -> bool:
    """Say whether signing is over at `now`: closed, or its closing come."""
    return campaign.state == State.CLOSED or (campaign.closes_at is not None and now >= campaign.closes_at)


def next_turn(campaign: Campaign, now: datetime) -> datetime | None:
    """Return when the form opens or closes by itself next, or None when it never will."""
    if campaign.state != State.OPEN:
        return None
    return min((turn for turn in (campaign.opens_at, campaign.closes_at) if turn and turn > now), default=None)


def revisions() -> dict[int, tuple[str, int]]:
    """Return every public campaign's slug and revision by number: what pages may have changed."""
    rows = Campaign.objects.exclude(state=State.DRAFT).values_list("pk", "slug", "revision")
    return {number: (slug, revision) for number, slug, revision in rows}


def in_language(texts: Mapping[str, str], language: str, campaign: Campaign) -> str:
    """Return the text in `language`, or in the first of the campaign's languages that has one, or ""."""
    return texts.get(language_of(texts, language, campaign), "")


def language_of(texts: Mapping[str, str], language: str, campaign: Campaign) -> str:
    """Return the language that `in_language` finds its text in; `language` itself when there is none at all."""
    return next((code for code in (language, *campaign.languages) if texts.get(code)), language)


def versions(campaign: Campaign) -> list[AppealVersion]:
    """Return the published versions of the appeal with their texts, newest first."""
    published = campaign.versions.filter(published_at__isnull=False)
    return list(published.order_by("-number").prefetch_related("texts").select_related("campaign"))


def current_version(campaign: Campaign) -> AppealVersion | None:
    """Return the version that people sign now, with its texts, or None while nothing is published."""
    return _newest(campaign.versions.filter(published_at__isnull=False))


def draft_version(campaign: Campaign) -> AppealVersion | None:
    """Return the version that is being written, with its texts, or None."""
    return _newest(campaign.versions.filter(published_at__isnull=True))


def version_numbered(campaign: Campaign, number: int) -> AppealVersion | None:
    """Return one published version with its texts, or None."""
    return _newest(campaign.versions.filter(published_at__isnull=False, number=number))


def version_before(version: AppealVersion) -> AppealVersion | None:
    """Return the published version that came before this one, or None for the first."""
    return _newest(
        AppealVersion.objects.filter(
            campaign=version.campaign_id, published_at__isnull=False, number__lt=version.number
        )
    )


def _newest(found: QuerySet[AppealVersion]) -> AppealVersion | None:
    return found.order_by("-number").prefetch_related("texts").select_related("campaign").first()


def text_in(version: AppealVersion, language: str) -> AppealText | None:
    """Return the version's text in `language`, or else in the first of the campaign's languages that it has.

    None only for a version without any text.
    """
    texts = {text.language: text for text in version.texts.all()}
    codes = (language, *version.campaign.languages, *sorted(texts))
    return next((texts[code] for code in codes if code in texts), None)


def what_changed(before: AppealVersion | None, after: AppealVersion, language: str) -> tuple[Piece, ...]:
    """Return how the text shown in `language` changed from one version to another, word by word."""
    return differences(_whole(before, language) if before else "", _whole(after, language))


def _whole(version: AppealVersion, language: str) -> str:
    text = text_in(version, language)
    return whole(text.title, text.source) if text else ""


def privacy_versions(campaign: Campaign) -> list[PrivacyVersion]:
    """Return the published versions of the privacy text, newest first."""
    return list(campaign.privacy_versions.filter(published_at__isnull=False).order_by("-number"))


def current_privacy(campaign: Campaign) -> PrivacyVersion | None:
    """Return the privacy text that consent is given to now, or None while none is published."""
    return campaign.privacy_versions.filter(published_at__isnull=False).order_by("-number").first()


def draft_privacy_version(campaign: Campaign) -> PrivacyVersion | None:
    """Return the privacy text that is being written, or None."""
    return campaign.privacy_versions.filter(published_at__isnull=True).first()


def privacy_in(version: PrivacyVersion, language: str) -> str:
    """Return the Markdown of a privacy text in `language`, or in a language that it has."""
    source: dict[str, str] = version.source
    return in_language(source, language, version.campaign) or next(iter(source.values()), "")


def organisers(campaign: Campaign) -> list[Organisation]:
    """Return the organisations that are behind the campaign, in the team's order."""
    return list(campaign.organisations.filter(role="organiser").order_by("position", "id"))


def endorsing(campaign: Campaign) -> list[Organisation]:
    """Return the organisations that endorse the campaign, in the team's order."""
    return list(campaign.organisations.filter(role="endorses").order_by("position", "id"))


def meant_by(identifier: str, campaign: Campaign) -> Campaign:
    """Return the campaign that a shortcode's `id` means in this campaign's texts.

    The id is looked up in the campaign's own list, then read as an address; one that leads to
    nothing public means this campaign.
    """
    slug = campaign.shortcode_ids.get(identifier, identifier)
    if not slug or slug == campaign.slug:
        return campaign
    return public_campaign(slug) or campaign
