"""Decide about what people say of how many came: show it, with its photo or without, refuse it, or take that back.

What was refused stays for the team, so that the same is not taken for new; its photo stays for a day, under a name
that nobody else knows, so that a mistake can be taken back, and is then erased.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.db.models import Q, QuerySet

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.rallies import photo_files
from tocsin.rallies.models import Headcount
from tocsin.rallies.states import KEY_DAYS, REFUSED_PHOTO_DAYS, ReportState, State

_SHOWN, _REFUSED, _WAITING = ReportState.SHOWN, ReportState.REFUSED, ReportState.WAITING


class Decision(Enum):
    """What to do with a report and with its photo: the state that each moves to, None where it stays."""

    SHOW = (_SHOWN, _SHOWN)
    SHOW_WITHOUT_PHOTO = (_SHOWN, _REFUSED)
    REFUSE = (_REFUSED, _REFUSED)
    LET_WAIT = (_WAITING, _WAITING)
    SHOW_PHOTO = (None, _SHOWN)
    REFUSE_PHOTO = (None, _REFUSED)
    LET_PHOTO_WAIT = (None, _WAITING)


def decide_headcounts(*, campaign: Campaign, headcounts: Iterable[int], decision: Decision, now: datetime) -> list[int]:
    """Decide about those of `headcounts` (numbers) that are not so already; return the numbers of those that changed.

    Another campaign's are not among them. A photo whose file is erased cannot be shown.
    """
    with db.transaction():
        moved = [number for number in sorted(set(headcounts)) if _decide(campaign, number, decision, now)]
        if moved:
            touch(campaign=campaign)
    return moved


def hide_photos(*, rallies: Iterable[int]) -> None:
    """Let the shown photos of rallies (numbers) that have no page any more wait for a look, as a step.

    They were public: the address of each leads nowhere from now on.
    """
    db.required()
    shown = _with_photo().filter(photo_state=_SHOWN, occurrence__rally__in=list(rallies))
    rows = list(_to_move(shown).order_by("pk"))
    for row in rows:
        row.photo, row.photo_state = photo_files.rename(row), _WAITING
    Headcount.objects.bulk_update(rows, ["photo", "photo_state"])


def erase_photos(*, now: datetime) -> int:
    """Erase the photos that were refused a day ago, and those of rallies long refused or merged; return how many."""
    late = Q(photo_state=_REFUSED, refused_at__lte=now - timedelta(days=REFUSED_PHOTO_DAYS))
    gone_rally = Q(
        occurrence__rally__state__in=(State.REFUSED, State.MERGED),
        occurrence__rally__changed_at__lte=now - timedelta(days=KEY_DAYS),
    )
    with db.transaction():
        due = _with_photo().filter(late | gone_rally).select_for_update(of=("self",)).order_by("pk")
        erased = list(due.values_list("pk", "photo"))
        Headcount.objects.filter(pk__in=[number for number, _ in erased]).update(photo="", photo_state=_REFUSED)
        for _, name in erased:
            photo_files.erase(name)
    return len(erased)


def _decide(campaign: Campaign, number: int, decision: Decision, now: datetime) -> bool:
    report, photo = decision.value
    other = ~Q(photo="") & ~Q(photo_state=photo)
    if report is not None:
        other |= ~Q(state=report)
    rows = Headcount.objects.filter(other, pk=number, occurrence__campaign=campaign)
    if report is None:
        rows = rows.filter(state=_SHOWN)  # what is not shown has no photo to show by itself
    row = _to_move(rows).first()
    if row is None:
        return False
    changes: dict[str, Any] = {"photo_state": photo, "refused_at": now if _REFUSED in decision.value else None}
    if report is not None:
        changes["state"] = report
    if row.photo and row.photo_state == _SHOWN and photo != _SHOWN:
        changes["photo"] = photo_files.rename(row)  # it was public: its address is to lead nowhere from now on
    return bool(rows.update(**changes))


def _to_move(rows: QuerySet[Headcount]) -> QuerySet[Headcount]:
    """Return rows locked, each with the campaign whose pages show it."""
    return rows.select_for_update(of=("self",)).select_related("occurrence__campaign")


def _with_photo() -> QuerySet[Headcount]:
    return Headcount.objects.exclude(photo="")
