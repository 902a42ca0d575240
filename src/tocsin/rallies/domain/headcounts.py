"""Say how many came to a date: a report, with a range and who says so; the team decides what is shown.

No report is the truth. What the host of an approved rally says is shown at once, under their name as the
host; what anybody else says waits for a look, and what the team enters has had one. A photo can show people who
do not want it: it waits even of such a host, unless the team trusts them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.pictures import size_of
from tocsin.kit import names
from tocsin.rallies import photo_files, photos
from tocsin.rallies.checks import is_url
from tocsin.rallies.models import Headcount, Host, Occurrence, Rally, TrustedHost
from tocsin.rallies.refusals import Refusal, Refused, RefusedError
from tocsin.rallies.states import LIVE, DateState, Method, ReportState, Source, State

MOST_PEOPLE: Final = 10_000_000
MOST_NAME: Final = 200
MOST_NOTE: Final = 500
MOST_CAPTION: Final = 200
MOST_CREDIT: Final = 100
# Of one date, waiting or shown: what strangers can lay on the disk, and on the team's desk.
MOST_PHOTOS: Final = 40
# How long after a date its host and whoever was there may still say how many came.
REPORT_DAYS: Final = 60
# A host's count above this waits for a look: few are so large, and each is in the papers.
LARGE: Final = 10_000
_NAMED: Final = frozenset({Source.PRESS, Source.POLICE})
_LIMITS: Final = {
    "source_name": MOST_NAME,
    "note": MOST_NOTE,
    "photo_caption": MOST_CAPTION,
    "photo_credit": MOST_CREDIT,
}


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
    photo_caption: str = ""
    photo_credit: str = ""


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
        photo_caption=names.tidy(reported.photo_caption),
        photo_credit=names.tidy(reported.photo_credit),
    )


def refusals_of_report(reported: Reported) -> tuple[Refused, ...]:
    """Return everything that is wrong with a settled report by itself."""
    return (*_numbers(reported), *_words(reported))


def report_headcount(
    *,
    occurrence: Occurrence,
    reported: Reported,
    now: datetime,
    photo: bytes = b"",
    by_team: bool = False,
    host: Host | None = None,
) -> Headcount:
    """Store what somebody says about a date, and show it if its host or the team says so; raises RefusedError.

    `photo` is a JPEG of `photos.fresh_photo`; `host` is whose link it came by. The team may report about any date
    that has begun; everybody else while the date takes headcounts.
    """
    with db.transaction():
        return add_headcount(occurrence=occurrence, reported=reported, now=now, photo=photo, by_team=by_team, host=host)


def add_headcount(
    *,
    occurrence: Occurrence,
    reported: Reported,
    now: datetime,
    photo: bytes = b"",
    by_team: bool = False,
    host: Host | None = None,
) -> Headcount:
    """Do what `report_headcount` does, as a step of the caller's transaction."""
    db.required()
    reported = settled_report(reported)
    rally = occurrence.rally
    if refused := (*refusals_of_report(reported), *_too_early_or_late(occurrence, now, by_team=by_team)):
        raise RefusedError(refused)
    if photo and not by_team and _has_enough_photos(occurrence):
        raise photos.refused(Refusal.PHOTOS_ENOUGH)
    state = _state_of(rally, reported, by_team=by_team)
    is_trusted = by_team or (state == ReportState.SHOWN and host is not None and _is_trusted(host))
    width, height = size_of(photo) if photo else (0, 0)
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
        # The file first: a row that names no file would be a broken page, a file without a row is spare.
        photo=photo_files.store(occurrence.pk, photo) if photo else "",
        photo_state=ReportState.SHOWN if is_trusted else ReportState.WAITING,
        photo_width=width,
        photo_height=height,
        photo_caption=reported.photo_caption if photo else "",
        photo_credit=reported.photo_credit if photo else "",
        reported_on=now.date(),
    )
    if state == ReportState.SHOWN:
        touch(campaign=rally.campaign)
    return stored


def _has_enough_photos(occurrence: Occurrence) -> bool:
    kept = Headcount.objects.filter(occurrence=occurrence).exclude(photo="").exclude(photo_state=ReportState.REFUSED)
    return kept.count() >= MOST_PHOTOS


def _is_trusted(host: Host) -> bool:
    return TrustedHost.objects.filter(campaign=host.rally.campaign_id, tag=bytes(host.tag)).exists()


def _too_early_or_late(occurrence: Occurrence, now: datetime, *, by_team: bool) -> Iterator[Refused]:
    if occurrence.starts_at > now or occurrence.state != DateState.STANDS:
        yield Refused("low", Refusal.COUNT_EARLY)
    elif not by_team and not takes_headcounts(occurrence.rally, occurrence, now):
        yield Refused("low", Refusal.COUNT_LATE)


def _state_of(rally: Rally, reported: Reported, *, by_team: bool) -> ReportState:
    is_hosts = reported.source == Source.HOST and rally.state in {State.APPROVED, State.ENDED}
    return ReportState.SHOWN if by_team or (is_hosts and reported.high <= LARGE) else ReportState.WAITING


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
    for name, limit in _LIMITS.items():
        text = getattr(reported, name)
        if len(text) > limit:
            yield Refused(name, Refusal.TOO_LONG, str(limit))
        elif names.text_refusal(text) is not None or "\n" in text:
            yield Refused(name, Refusal.NOT_PLAIN)
    if reported.url and not is_url(reported.url):
        yield Refused("url", Refusal.URL_SHAPE)
