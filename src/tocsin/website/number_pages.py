"""The numbers page: what is counted, how it grew, what was taken out and why, and how to check all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import override

from tocsin.campaigns import queries as campaigns
from tocsin.campaigns.languages import spoken
from tocsin.campaigns.models import AppealVersion, Campaign
from tocsin.kit import countries
from tocsin.signing import queries as signing
from tocsin.signing.opened import published_audits
from tocsin.signing.queries import StrikeLine
from tocsin.tally import queries as tally
from tocsin.website.clock import clock, in_zone
from tocsin.website.growth import Added, Growth, growth_of
from tocsin.website.log import vkeys
from tocsin.website.poster import Poster, poster_of
from tocsin.website.slots import render


@dataclass(frozen=True, slots=True)
class Edition:
    """A published version of the appeal, and how many signatures this server says it has."""

    number: int
    published_on: str
    signatures: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A witness, how many entries it has vouched for, and when."""

    name: str
    size: int
    at: str


@dataclass(frozen=True, slots=True)
class Gone:
    """What left the number: by whose hand."""

    by_signatories: int
    struck: int
    strikes: Sequence[StrikeLine]


def numbers_page(campaign: Campaign, language: str) -> str:
    """Return the numbers. Slots: count, signs, withdrawals, size."""
    poster = poster_of(campaign, language, now=clock())
    figures = signing.country_figures(campaign.pk)
    newest = tally.published()
    with override(spoken(language)):
        context = {
            "growth": _growth(campaign),
            "gone": _gone(campaign),
            "editions": _editions(campaign, poster),
            "rows": [(countries.name_of(code, language), signatures) for code, signatures in figures.countries],
            "rest": figures.rest,
            "step": signing.COUNTRY_STEP,
            "note": newest.note if newest else "",
            "witnesses": [Seen(one.witness, one.size, _moment(one.at)) for one in tally.cosigned()],
            "vkeys": vkeys(),
            "followed": tally.predecessors(),
            "audits": published_audits.shown_audits(campaign),
            "drawn": published_audits.drawn(campaign),
            "origin": settings.LOG_ORIGIN,
        }
    return render("website/numbers.html", {"poster": poster, "language": language, **context}, language=language)


def _growth(campaign: Campaign) -> Growth | None:
    days = [Added(*day) for day in tally.days_of(campaign.pk)]
    return growth_of(days, until=min(_last_day(campaign), clock().astimezone(UTC).date()))


def _last_day(campaign: Campaign) -> date:
    """Return the day until which the picture goes: a closed campaign's number stands still."""
    return campaign.closes_at.astimezone(UTC).date() if campaign.closes_at else date.max


def _gone(campaign: Campaign) -> Gone:
    strikes = signing.strikes(campaign.pk)
    withdrawals = tally.count_of(campaign.pk).withdrawals
    # A strike of this second is known here before the log has published it.
    struck = min(withdrawals, signing.struck_from_number(campaign.pk))
    return Gone(withdrawals - struck, struck, strikes)


def _editions(campaign: Campaign, poster: Poster) -> list[Edition]:
    figures = signing.text_figures(campaign.pk)
    return [
        Edition(version.number, _day(version, poster), figures.get(version.pk, 0))
        for version in campaigns.versions(campaign)
    ]


def _day(version: AppealVersion, poster: Poster) -> str:
    at = version.published_at
    return date_format(in_zone(at, poster.campaign.timezone), "DATE_FORMAT") if at else ""


def _moment(at: datetime) -> str:
    return date_format(at.astimezone(UTC), "DATETIME_FORMAT") + " UTC"
