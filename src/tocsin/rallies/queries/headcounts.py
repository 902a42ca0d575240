"""How many came: what the reports of one date give together, and what a campaign's dates do.

The rule, the same on pages, in the sum and in the open file (docs/verify/headcounts.md): host, press and
police stand side by side, and the range goes from the least that one of them says to the most. Of each, the newest
report counts. What others who were there say counts only where none of these has spoken, from the middle
of what they say at least to the middle of what they say at most.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from statistics import median_high, median_low
from typing import NamedTuple

from django.db.models import Q, QuerySet

from tocsin.campaigns.models import Campaign
from tocsin.kit.names import fold
from tocsin.rallies.models import Headcount, Occurrence, Rally
from tocsin.rallies.states import LIVE, SHOWN, DateState, ReportState, Source

Origin = tuple[str, str, str]
_COLUMNS = ("pk", "occurrence_id", "low", "high", "method", "source", "source_name", "url")


class Report(NamedTuple):
    """What the rule needs of a report; `number` orders them, the newest has the largest."""

    number: int
    occurrence: int
    low: int
    high: int
    method: str
    source: str
    source_name: str
    url: str


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many came to one date: a range, those who say so, and what was said besides."""

    low: int
    high: int
    counting: tuple[Report, ...]  # those that make the range, the newest first
    others: tuple[Report, ...]  # of people who were there, where somebody else has spoken


class Coverage(NamedTuple):
    """How many came to all dates of a campaign that are over, as far as anybody has said."""

    over: int  # dates
    reported: int  # of them, those with a report that is shown
    low: int  # people, summed over those
    high: int


def crowd_of(reports: Iterable[Report]) -> Crowd | None:
    """Return what the shown reports of one date give together, or None when there is none."""
    newest: dict[Origin, Report] = {}
    for report in sorted(reports, key=attrgetter("number")):
        newest[_origin(report)] = report
    ordered = sorted(newest.values(), key=attrgetter("number"), reverse=True)
    known = tuple(one for one in ordered if one.source != Source.ATTENDEE)
    present = tuple(one for one in ordered if one.source == Source.ATTENDEE)
    if known:
        return Crowd(min(one.low for one in known), max(one.high for one in known), known, present)
    if present:
        low, high = median_low(one.low for one in present), median_high(one.high for one in present)
        return Crowd(low, high, present, ())
    return None


def crowds_of(occurrences: Iterable[int]) -> dict[int, Crowd]:
    """Return the crowd of each date (by number) that has a shown report, with one query."""
    return _crowds(_shown().filter(occurrence__in=list(occurrences)))


def shown_headcounts(occurrence: Occurrence) -> list[Headcount]:
    """Return the shown reports of one date, the newest first: for its page, with notes and photos."""
    return list(_shown().filter(occurrence=occurrence).order_by("-pk"))


def waiting_headcounts(campaign: Campaign, *, limit: int) -> list[Headcount]:
    """Return the reports that wait for a look, or whose photo does, the oldest first, with their dates and rallies."""
    return list(_waiting(campaign.pk).select_related("occurrence__rally").order_by("pk")[:limit])


def waiting_headcount_count(campaign: int) -> int:
    """Return how many reports wait for a look, or have a photo that does."""
    return _waiting(campaign).count()


def report_of(headcount: Headcount) -> Report:
    """Return what the rule needs of a stored report."""
    return Report(*(getattr(headcount, name) for name in _COLUMNS))


def coverage(campaign: Campaign, now: datetime) -> Coverage:
    """Return how many came to the dates of a campaign that are over, with two queries.

    A date counts if it stood and the public sees its rally; one that was cancelled has had nobody to count.
    """
    crowds = _crowds(_shown().filter(occurrence__in=_over(campaign, now)))
    return Coverage(
        over=_over(campaign, now).count(),
        reported=len(crowds),
        low=sum(crowd.low for crowd in crowds.values()),
        high=sum(crowd.high for crowd in crowds.values()),
    )


def over_with_crowds(campaign: Campaign, now: datetime) -> list[tuple[Occurrence, Crowd | None]]:
    """Return every date of `coverage` with its rally, in the order in which they began, with two queries."""
    dates: Sequence[Occurrence] = list(
        _over(campaign, now).select_related("rally__day_of_action").order_by("starts_at", "pk")
    )
    crowds = _crowds(_shown().filter(occurrence__in=_over(campaign, now)))
    return [(one, crowds.get(one.pk)) for one in dates]


def _over(campaign: Campaign, now: datetime) -> QuerySet[Occurrence]:
    rallies = Rally.objects.filter(campaign=campaign, state__in=SHOWN)
    # What has ended has begun: said as well, since the index is over beginnings.
    begun = Occurrence.objects.filter(campaign=campaign, starts_at__lte=now)
    return begun.filter(rally__in=rallies, state=DateState.STANDS, ends_at__lte=now)


def _waiting(campaign: int) -> QuerySet[Headcount]:
    # What is said of a rally that was refused or merged meanwhile is nobody's work.
    # A host's numbers may be shown while their photo still waits.
    photo_waits = Q(state=ReportState.SHOWN, photo_state=ReportState.WAITING) & ~Q(photo="")
    return Headcount.objects.filter(
        Q(state=ReportState.WAITING) | photo_waits, occurrence__campaign=campaign, occurrence__rally__state__in=LIVE
    )


def _shown() -> QuerySet[Headcount]:
    return Headcount.objects.filter(state=ReportState.SHOWN)


def _crowds(rows: QuerySet[Headcount]) -> dict[int, Crowd]:
    by_date: dict[int, list[Report]] = defaultdict(list)
    for row in rows.values_list(*_COLUMNS).iterator():
        report = Report(*row)
        by_date[report.occurrence].append(report)
    return {number: crowd for number, reports in by_date.items() if (crowd := crowd_of(reports)) is not None}


def _origin(report: Report) -> Origin:
    """Return what two reports share when the later one stands for both: the same host, paper or police."""
    if report.source == Source.ATTENDEE:
        return report.source, str(report.number), ""  # nobody knows who it was, so each is somebody else
    name = fold(report.source_name)
    return report.source, name, "" if name or report.source != Source.PRESS else report.url
