"""Pages of published texts: the versions of the appeal, and of the privacy text."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import override

from tocsin.campaigns import queries
from tocsin.campaigns.differences import Piece
from tocsin.campaigns.languages import spoken
from tocsin.campaigns.models import AppealVersion, Campaign, PrivacyVersion, Version
from tocsin.website.appeal import appeal_html
from tocsin.website.clock import clock, in_zone
from tocsin.website.poster import Poster, poster_of
from tocsin.website.slots import render


@dataclass(frozen=True, slots=True)
class Edition:
    """One published version in a list of them."""

    number: int
    title: str
    published_on: str
    is_current: bool
    language: str = ""


def appeal_versions_page(campaign: Campaign, language: str) -> str:
    """Return the list of all published versions of the appeal, newest first."""
    poster = poster_of(campaign, language, now=clock())
    with override(spoken(language)):
        editions = [
            Edition(
                number=one.number,
                title=text.title,
                published_on=_day(one, poster),
                is_current=one.number == getattr(poster.version, "number", None),
                language=text.language,
            )
            for one in queries.versions(campaign)
            if (text := queries.text_in(one, language)) is not None
        ]
    return _page("appeal_versions", poster, editions=editions)


def appeal_version_page(version: AppealVersion, language: str) -> str:
    """Return one version of the appeal, word for word, with what changed since the one before."""
    campaign = version.campaign
    poster = poster_of(campaign, language, now=clock())
    text = queries.text_in(version, language)
    before = queries.version_before(version)
    pieces: tuple[Piece, ...] = queries.what_changed(before, version, language) if before else ()
    with override(spoken(language)):
        context = {
            "text": text,
            "html": appeal_html(poster, text.source, is_live=False) if text else "",
            "hash": bytes(text.text_hash).hex() if text else "",
            "number": version.number,
            "published_on": _day(version, poster),
            "before": before,
            "pieces": pieces,
            "is_current": poster.version is not None and poster.version.number == version.number,
        }
    return _page("appeal_version", poster, **context)


def privacy_page(version: PrivacyVersion, language: str) -> str:
    """Return one version of the privacy text, and the way to the others."""
    campaign = version.campaign
    poster = poster_of(campaign, language, now=clock())
    with override(spoken(language)):
        context = {
            "html": appeal_html(poster, queries.privacy_in(version, language), is_live=False),
            "text_language": language if language in version.source else next(iter(version.source), language),
            "number": version.number,
            "published_on": _day(version, poster),
            "others": [
                Edition(one.number, "", _day(one, poster), is_current=one == poster.privacy)
                for one in queries.privacy_versions(campaign)
                if one.number != version.number
            ],
        }
    return _page("privacy", poster, **context)


def _day(version: Version, poster: Poster) -> str:
    at = version.published_at
    return date_format(in_zone(at, poster.campaign.timezone), "DATE_FORMAT") if at else ""


def _page(template: str, poster: Poster, **more: object) -> str:
    context = {"poster": poster, "language": poster.language, **more}
    return render(f"website/{template}.html", context, language=poster.language)
