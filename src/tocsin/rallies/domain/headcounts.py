"""Say how many came to a date: a report, with a range and who says so; the team shows it or refuses it.

No report is the truth. What the host of an approved rally says is shown at once, under their name as the
host; what anybody else says waits for a look, and what the team enters has had one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.core.files.base import ContentFile

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.kit import names
from tocsin.rallies.checks import is_url
from tocsin.rallies.models import Headcount, Occurrence, Rally
from tocsin.rallies.refusals import Refusal, Refused, RefusedError
from tocsin.rallies.states import LIVE, DateState, Method, ReportState, Source, State

MOST_PEOPLE: Final = 10_000_000
MOST_NAME: Final = 200
MOST_NOTE: Final = 500
# How long after a date its host and whoever was there may still say how many came.
REPORT_DAYS: Final = 60
# A host's count above this waits for a look: few are so large, and each is in the papers.
LARGE: Final = 10_000
_NAMED: Final = frozenset({Source.PRESS, Source.POLICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What somebody says: from `low` to `high` people, how that was found, and where it can be read."""

    low: int
    high: int
    method: str  # one of states.Method
    source: str  # one of states.Source
    source_name: str = ""  # which paper, which police
    url: str = ""
    note: str = ""


def takes_headcounts(rally: Rally, occurrence: Occurrence, now: datetime) -> bool:
    """Say whether people can say how many came: from the beginning of the date on, for two months."""
    is_time = occurrence.starts_at <= now <= occurrence.ends_at + timedelta(days=REPORT_DAYS)
    return rally.state in LIVE and occurrence.state == DateState.STANDS and is_time


def settled_report(reported: Reported) -> Reported:
    """Return a report as it is stored: tidy names, no space around."""
    return replace(
        reported,
        source_name=names.tidy(reported.source_name),
        url=reported.url.strip(),
        note=names.tidy(reported.note.replace("\r\n", "\n")),
    )


def refusals_of_report(reported: Reported) -> tuple[Refused, ...]:
    """Return everything that is wrong with a settled report by itself."""
    return (*_numbers(reported), *_words(reported))


def report_headcount(
    *, occurrence: Occurrence, reported: Reported, now: datetime, photo: bytes = b"", by_team: bool = False
) -> Headcount:
    """Store what somebody says about a date, and show it if its host or the team says so; raises RefusedError.

    `photo` is a JPEG of campaigns.picture_process.bounded_jpeg. The team may report about any date that
    has begun; everybody else while the date takes headcounts.
    """
    with db.transaction():
        return add_headcount(occurrence=occurrence, reported=reported, now=now, photo=photo, by_team=by_team)


def add_headcount(
    *, occurrence: Occurrence, reported: Reported, now: datetime, photo: bytes = b"", by_team: bool = False
) -> Headcount:
    """Do what `report_headcount` does, as a step of the caller's transaction."""
    db.required()
    reported = settled_report(reported)
    rally = occurrence.rally
    if refused := (*refusals_of_report(reported), *_too_early_or_late(occurrence, now, by_team=by_team)):
        raise RefusedError(refused)
    state = _state_of(rally, reported, by_team=by_team)
    stored = Headcount.objects.create(
        occurrence=occurrence,
        state=state,
        low=reported.low,
        high=reported.high,
        method=reported.method,
        source=reported.source,
        source_name=reported.source_name,
        url=reported.url,
        note=reported.note,
        photo=_stored(occurrence, photo) if photo else "",
        reported_on=now.date(),
    )
    if state == ReportState.SHOWN:
        touch(campaign=rally.campaign)
    return stored


def show_headcounts(*, campaign: Campaign, headcounts: Iterable[int]) -> list[int]:
    """Show those of `headcounts` (numbers) that wait or were refused; return the numbers of those that changed.

    Another campaign's are not among them.
    """
    with db.transaction():
        return _move(campaign, headcounts, ReportState.SHOWN)


def refuse_headcounts(*, campaign: Campaign, headcounts: Iterable[int]) -> list[int]:
    """Show those of `headcounts` (numbers) no longer, and erase their photos; return those that changed.

    The numbers and the words stay for the team, so that the same is not taken for new.
    """
    with db.transaction():
        moved = _move(campaign, headcounts, ReportState.REFUSED)
        with_photo = Headcount.objects.filter(pk__in=moved).exclude(photo="")
        for one in with_photo:
            storage, name = one.photo.storage, one.photo.name
            # One photo may stand for several reports: its name is its content's hash.
            if not Headcount.objects.filter(photo=name).exclude(pk__in=moved).exists():
                db.after_commit(lambda storage=storage, name=name: storage.delete(name))  # type: ignore[misc]  # bound now, called later
        with_photo.update(photo="")
    return moved


def _move(campaign: Campaign, headcounts: Iterable[int], to: ReportState) -> list[int]:
    moved = [
        number
        for number in sorted(set(headcounts))
        if Headcount.objects.filter(pk=number, occurrence__campaign=campaign).exclude(state=to).update(state=to)
    ]
    if moved:
        touch(campaign=campaign)
    return moved


def _too_early_or_late(occurrence: Occurrence, now: datetime, *, by_team: bool) -> Iterator[Refused]:
    if occurrence.starts_at > now or occurrence.state != DateState.STANDS:
        yield Refused("low", Refusal.COUNT_EARLY)
    elif not by_team and not takes_headcounts(occurrence.rally, occurrence, now):
        yield Refused("low", Refusal.COUNT_LATE)


def _state_of(rally: Rally, reported: Reported, *, by_team: bool) -> ReportState:
    is_hosts = reported.source == Source.HOST and rally.state in {State.APPROVED, State.ENDED}
    return ReportState.SHOWN if by_team or (is_hosts and reported.high <= LARGE) else ReportState.WAITING


def _stored(occurrence: Occurrence, photo: bytes) -> str:
    # The file first: a row that names no file would be a broken page, a file without a row is spare.
    field = Headcount(occurrence=occurrence).photo
    name = f"headcounts/{occurrence.pk}/{sha256(photo).hexdigest()[:32]}.jpg"
    return name if field.storage.exists(name) else str(field.storage.save(name, ContentFile(photo)))


def _numbers(reported: Reported) -> Iterator[Refused]:
    for name in ("low", "high"):
        if not 0 <= getattr(reported, name) <= MOST_PEOPLE:
            yield Refused(name, Refusal.NUMBER_SHAPE, f"0 – {MOST_PEOPLE}")
    if reported.high < reported.low:
        yield Refused("high", Refusal.COUNT_BACKWARDS)


def _words(reported: Reported) -> Iterator[Refused]:
    if reported.method not in Method:
        yield Refused("method", Refusal.WRONG_CHOICE)
    if reported.source not in Source:
        yield Refused("source", Refusal.WRONG_CHOICE)
    if reported.source in _NAMED and not reported.source_name and not reported.url:
        yield Refused("source_name", Refusal.SOURCE_MISSING)
    for name, limit in (("source_name", MOST_NAME), ("note", MOST_NOTE)):
        text = getattr(reported, name)
        if len(text) > limit:
            yield Refused(name, Refusal.TOO_LONG, str(limit))
        elif names.text_refusal(text) is not None or "\n" in text:
            yield Refused(name, Refusal.NOT_PLAIN)
    if reported.url and not is_url(reported.url):
        yield Refused("url", Refusal.URL_SHAPE)
