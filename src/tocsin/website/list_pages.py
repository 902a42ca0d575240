"""Pages of who signed: the public list, and the organisations."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import override

from tocsin.campaigns.languages import spoken
from tocsin.campaigns.models import Campaign
from tocsin.signing.queries import Cursor
from tocsin.website.clock import clock
from tocsin.website.lines import PAGE, Line, lines_of
from tocsin.website.poster import Poster, poster_of
from tocsin.website.slots import render


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day, as far as this page shows them."""

    heading: str
    lines: Sequence[Line]


def signatures_page(campaign: Campaign, language: str, *, after: Cursor | None, is_reported: bool = False) -> str:
    """Return a page of the public list, past `after`, newest day first."""
    return _list_page("signatures", campaign, language, after=after, is_reported=is_reported)


def report_page(campaign: Campaign, language: str, *, after: Cursor | None) -> str:
    """Return the form that reports one line of the same page of the public list."""
    return _list_page("report", campaign, language, after=after)


def organisations_page(campaign: Campaign, language: str) -> str:
    """Return the organisations that are behind the campaign and that endorse it."""
    return _page("organisations", poster_of(campaign, language, now=clock()))


def _list_page(template: str, campaign: Campaign, language: str, *, after: Cursor | None, **more: object) -> str:
    lines = lines_of(campaign.pk, language, after=after, limit=PAGE + 1)
    shown, has_more = lines[:PAGE], len(lines) > PAGE
    with override(spoken(language)):
        days = [
            Day(date_format(on, "DATE_FORMAT"), list(those))
            for on, those in groupby(shown, key=lambda line: line.signed_on)
        ]
    context = {"days": days, "after": after or "", "next": shown[-1].cursor if has_more else "", **more}
    return _page(template, poster_of(campaign, language, now=clock()), **context)


def _page(template: str, poster: Poster, **more: object) -> str:
    context = {"poster": poster, "language": poster.language, **more}
    return render(f"website/{template}.html", context, language=poster.language)
