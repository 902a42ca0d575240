"""Everything about a campaign that its team can change, as one value: from a form, a file or a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.campaigns.form_fields import FormFields
from tocsin.campaigns.models import Campaign

Texts = Mapping[str, str]  # {language: text}
USUAL_ACCENT = "#9a3412"


@dataclass(frozen=True, slots=True)
class Behind:
    """An organisation behind the campaign: "organiser", or one that "endorses"."""

    name: str
    role: str = "endorses"
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """A campaign but for its appeal, its privacy text and its picture, which have verbs of their own."""

    slug: str
    languages: tuple[str, ...]  # the first is the fallback
    title: Texts
    motto: Texts = field(default_factory=dict)
    timezone: str = "UTC"
    accent: str = USUAL_ACCENT
    picture_text: Texts = field(default_factory=dict)  # what the picture shows
    goals: tuple[int, ...] = ()
    opens_at: datetime | None = None  # aware; the form opens by itself
    closes_at: datetime | None = None
    contact: str = ""
    imprint: Texts = field(default_factory=dict)
    hashtags: tuple[str, ...] = ()
    shortcode_ids: Texts = field(default_factory=dict)  # {a petition's id in shortcodes: a campaign's slug}
    form: FormFields = field(default_factory=FormFields)
    organisations: tuple[Behind, ...] = ()


def details_of(campaign: Campaign) -> Details:
    """Return a campaign's details as stored; change some with `dataclasses.replace`."""
    return Details(
        slug=campaign.slug,
        languages=tuple(campaign.languages),
        title=campaign.title,
        motto=campaign.motto,
        timezone=campaign.timezone,
        accent=campaign.accent,
        picture_text=campaign.picture_text,
        goals=tuple(campaign.goals),
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        contact=campaign.contact,
        imprint=campaign.imprint,
        hashtags=tuple(campaign.hashtags),
        shortcode_ids=campaign.shortcode_ids,
        form=FormFields.from_map(campaign.form),
        organisations=tuple(
            Behind(one.name, one.role, one.url) for one in campaign.organisations.order_by("position", "id")
        ),
    )
