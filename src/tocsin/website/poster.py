"""What every public page of a campaign knows of it, gathered once; templates ask no further questions."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tocsin.campaigns import queries
from tocsin.campaigns.models import AppealText, AppealVersion, Campaign, Organisation, PrivacyVersion
from tocsin.website.clock import in_zone

# Above how many letters, or with how long a word, a headline is set in the next smaller size.
_HEADLINE_SIZES = (("huge", 12, 7), ("large", 32, 11), ("plain", 56, 16))
_DESCRIPTION_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """A campaign as a visitor meets it, in one language."""

    campaign: Campaign
    language: str
    now: datetime
    title: str
    motto: str
    imprint: str
    picture_text: str
    version: AppealVersion | None
    text: AppealText | None
    privacy: PrivacyVersion | None
    organisers: tuple[Organisation, ...]
    endorsing: tuple[Organisation, ...]
    preview_path: str = ""  # where the desk shows this page with a draft, and there alone; "" for every visitor's page

    @property
    def base_url(self) -> str:
        """Scheme and host of this server."""
        return str(settings.BASE_URL)

    @property
    def path(self) -> str:
        """The campaign page's path in this language."""
        return f"/{self.language}/{self.campaign.slug}/"

    @property
    def url(self) -> str:
        """The campaign page's full address."""
        return self.base_url + self.path

    @property
    def bare_url(self) -> str:
        """The address as it stands on paper, to be typed in."""
        return self.url.partition("://")[2].rstrip("/")

    @property
    def count_path(self) -> str:
        """Where the live numbers are."""
        return f"/{self.campaign.slug}/count.json"

    @property
    def theme_path(self) -> str:
        """The stylesheet with the campaign's accent; its address changes with the colour."""
        where = self.preview_path or f"/{self.campaign.slug}/"
        return f"{where}theme.css?{self.campaign.accent.lstrip('#')}"

    @property
    def qr_path(self) -> str:
        """Where the QR code of the campaign page is drawn."""
        return f"{self.preview_path or self.path}qr.svg"

    @property
    def languages(self) -> list[str]:
        """The languages of the campaign, its fallback first."""
        return list(self.campaign.languages)

    @property
    def written_in(self) -> dict[str, str]:
        """The language of each of the campaign's own words: a missing translation is made up for by another."""
        of = self.campaign
        words = {"title": of.title, "motto": of.motto, "imprint": of.imprint, "picture_text": of.picture_text}
        return {name: queries.language_of(texts, self.language, of) for name, texts in words.items()}

    @property
    def description(self) -> str:
        """One line for search engines and link previews."""
        words = self.motto or " ".join(self.text.source.split() if self.text else ())
        return words if len(words) <= _DESCRIPTION_CHARS else words[: _DESCRIPTION_CHARS - 1].rsplit(" ", 1)[0] + "…"

    @property
    def headline_size(self) -> str:
        """How large the title can be set and still stand on a phone with the form below it."""
        return headline_size(self.title)

    @property
    def organisation_count(self) -> int:
        """How many organisations are behind the campaign or endorse it."""
        return len(self.organisers) + len(self.endorsing)

    @property
    def is_closed(self) -> bool:
        """Whether signing is over."""
        return queries.is_over(self.campaign, self.now)

    @property
    def can_be_signed(self) -> bool:
        """Whether people can sign now; a preview shows the form, and lets nobody use it."""
        if self.preview_path:
            return self.text is not None and not self.is_closed
        return self.text is not None and queries.is_open(self.campaign, self.now)

    @property
    def state_line(self) -> str:
        """What there is to say about opening and closing, or nothing."""
        opens, closes = self.campaign.opens_at, self.campaign.closes_at
        if self.is_closed:
            return _("Signing is over")
        if opens and self.now < opens:
            return _("Opens on %(moment)s") % {"moment": self._moment(opens)}
        if closes:
            return _("Open until %(moment)s") % {"moment": self._moment(closes)}
        return ""

    @property
    def published_on(self) -> str:
        """The day the current version was published, in this language."""
        at = self.version.published_at if self.version else None
        return date_format(in_zone(at, self.campaign.timezone), "DATE_FORMAT") if at else ""

    @property
    def text_hash(self) -> str:
        """The hash of the text shown, in hexadecimal; the form sends it along."""
        return bytes(self.text.text_hash).hex() if self.text else ""

    @property
    def contact_link(self) -> SafeString:
        """The campaign's address as a link to write to."""
        return format_html('<a href="mailto:{0}"><bdi dir="ltr">{0}</bdi></a>', self.campaign.contact)

    @property
    def share_links(self) -> list[tuple[str, str]]:
        """Plain links that share the page, a label and an address each."""
        return share_links(self.title, self.url)

    def _moment(self, at: datetime) -> str:
        local = in_zone(at, self.campaign.timezone)
        return f"{date_format(local, 'DATETIME_FORMAT')} ({local.tzname()})"


def headline_size(title: str) -> str:
    """Return how large a headline can be set and still leave a phone's first screen room: a class of poster.css."""
    longest = max(map(len, title.split()), default=0)
    fitting = (name for name, chars, word in _HEADLINE_SIZES if len(title) <= chars and longest <= word)
    return next(fitting, "small")


def share_links(title: str, url: str) -> list[tuple[str, str]]:
    """Return plain links that share the page at `url`, a label and an address each."""
    words = f"{title} {url}"
    return [
        ("WhatsApp", "https://wa.me/?" + urlencode({"text": words})),
        ("Telegram", "https://t.me/share/url?" + urlencode({"url": url, "text": title})),
        ("Bluesky", "https://bsky.app/intent/compose?" + urlencode({"text": words})),
        ("Facebook", "https://www.facebook.com/sharer/sharer.php?" + urlencode({"u": url})),
        (_("E-mail"), f"mailto:?subject={quote(title)}&body={quote(words)}"),
    ]


def poster_of(campaign: Campaign, language: str, *, now: datetime) -> Poster:
    """Return what the campaign's pages show in `language` at `now`."""
    version = queries.current_version(campaign)
    return Poster(
        campaign=campaign,
        language=language,
        now=now,
        title=queries.in_language(campaign.title, language, campaign),
        motto=queries.in_language(campaign.motto, language, campaign),
        imprint=queries.in_language(campaign.imprint, language, campaign),
        picture_text=queries.in_language(campaign.picture_text, language, campaign),
        version=version,
        text=queries.text_in(version, language) if version else None,
        privacy=queries.current_privacy(campaign),
        organisers=tuple(queries.organisers(campaign)),
        endorsing=tuple(queries.endorsing(campaign)),
    )
