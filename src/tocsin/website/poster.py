"""Everything a public page of a campaign shows, gathered once; templates ask no further questions."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.conf import settings

from tocsin.campaigns.models import AppealText, AppealVersion, Campaign, Organisation, PrivacyVersion
from tocsin.campaigns.states import State
from tocsin.website.language import direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """A campaign as a visitor meets it, in one language."""

    campaign: Campaign
    language: str
    title: str
    motto: str
    imprint: str
    text: AppealText | None
    privacy: PrivacyVersion | None
    organisers: tuple[Organisation, ...]
    endorsing: tuple[Organisation, ...]

    @property
    def path(self) -> str:
        """The campaign page's path in this language."""
        return f"/{self.language}/{self.campaign.slug}/"

    @property
    def url(self) -> str:
        """The campaign page's full address."""
        return settings.BASE_URL + self.path

    @property
    def languages(self) -> list[str]:
        """The languages of the campaign, its fallback first."""
        return list(self.campaign.languages)

    @property
    def direction(self) -> str:
        """Which way this language runs."""
        return direction(self.language)

    @property
    def is_open(self) -> bool:
        """Whether people can sign now."""
        return self.campaign.state == State.OPEN

    @property
    def text_hash(self) -> str:
        """The hash of the text shown, in hexadecimal; what the form sends along."""
        return bytes(self.text.text_hash).hex() if self.text else ""

    @property
    def share_links(self) -> list[tuple[str, str]]:
        """Plain links that share the page: a label and an address."""
        words = f"{self.title} {self.url}"
        return [
            ("WhatsApp", "https://wa.me/?" + urlencode({"text": words})),
            ("Telegram", "https://t.me/share/url?" + urlencode({"url": self.url, "text": self.title})),
            ("E-mail", f"mailto:?subject={quote(self.title)}&body={quote(words)}"),
        ]


def in_language(texts: dict[str, str], language: str, fallback: str) -> str:
    """Return the text in `language`, or in the campaign's first one, or nothing."""
    return texts.get(language) or texts.get(fallback) or ""


def poster_of(campaign: Campaign, language: str) -> Poster:
    """Return what the campaign's pages show in `language`."""
    fallback = campaign.languages[0]
    organisations = list(campaign.organisations.order_by("position", "id"))
    return Poster(
        campaign=campaign,
        language=language,
        title=in_language(campaign.title, language, fallback),
        motto=in_language(campaign.motto, language, fallback),
        imprint=in_language(campaign.imprint, language, fallback),
        text=_current_text(campaign, language),
        privacy=campaign.privacy_versions.filter(published_at__isnull=False).order_by("-number").first(),
        organisers=tuple(one for one in organisations if one.role == "organiser"),
        endorsing=tuple(one for one in organisations if one.role != "organiser"),
    )


def _current_text(campaign: Campaign, language: str) -> AppealText | None:
    version = AppealVersion.objects.filter(campaign=campaign, published_at__isnull=False).order_by("-number").first()
    if version is None:
        return None
    texts = {text.language: text for text in version.texts.all()}
    return texts.get(language) or texts.get(campaign.languages[0])
