"""Forget who came and who held it: a fortnight after a rally's last date its key is destroyed, and the rows go.

Of a series that goes on, who came to a date goes a fortnight after that date, though the key has to stay. What
stays is a count (Occurrence.coming). Until then, what nobody confirmed goes after three days.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from tocsin import db
from tocsin.kit import keyfiles
from tocsin.rallies import keys
from tocsin.rallies.domain.dates import dates_given
from tocsin.rallies.domain.own_dates import waits_for_a_day
from tocsin.rallies.models import Host, Occurrence, Rally, Rsvp
from tocsin.rallies.repeats import BadRepeatError
from tocsin.rallies.states import ASKED_DAYS, KEY_DAYS, POSTPONED_DAYS, DateState, RsvpState, State

_OVER = (State.ENDED, State.MERGED, State.REFUSED)
_BATCH = 500
_STRAY_AGE = timedelta(days=1)


class Forgotten(NamedTuple):
    """What was forgotten, in numbers."""

    asked: int  # RSVPs that nobody confirmed
    came: int  # RSVPs to a date that is over, of a rally that may go on
    rallies: int


def forget(*, now: datetime) -> Forgotten:
    """Forget what is due. Crash point: rows go before their key, and the next round destroys what is left over."""
    asked = _forget_asked(now)
    came = _forget_who_came(now)
    forgotten = 0
    for numbers in _batches(_with_something_kept()):
        with db.transaction():
            # Held until the commit: a host who gives it a new date now finds all of it, or nothing.
            rallies = list(_due(now).filter(pk__in=numbers).select_for_update())
            going = _going_on(rallies, now)
            due = [rally.pk for rally in rallies if rally.pk not in going]
            Rsvp.objects.filter(occurrence__rally__in=due).delete()
            Host.objects.filter(rally__in=due).delete()
            Rally.objects.filter(pk__in=due).update(sealed_place=None)
        for number in due:
            keys.destroy(number)
        forgotten += len(due)
    _destroy_stray_keys(now)
    return Forgotten(asked, came, forgotten)


def _forget_asked(now: datetime) -> int:
    late = Rsvp.objects.filter(state=RsvpState.ASKED, asked_on__lt=now.date() - timedelta(days=ASKED_DAYS))
    gone = 0
    while numbers := list(late.values_list("pk", flat=True)[:_BATCH]):
        with db.transaction():
            # Confirmed this moment, it stays.
            gone += late.filter(pk__in=numbers).delete()[0]
    return gone


def _forget_who_came(now: datetime) -> int:
    """Forget who came to dates that are long over, while their rally goes on."""
    late = Rsvp.objects.exclude(_is_kept(now, "occurrence__"))
    gone = 0
    for numbers in _batches(list(late.order_by("pk").values_list("pk", flat=True))):
        with db.transaction():
            # Looked at again: a date may have been given a new day meanwhile.
            gone += late.filter(pk__in=numbers).delete()[0]
    return gone


def _is_kept(now: datetime, of: str = "") -> Q:
    """Return which dates keep those who come in mind: to come, over for less than a fortnight, or postponed.

    `of` leads from what is asked for to its date.
    """
    since = now - timedelta(days=KEY_DAYS)
    # Cancelled while it waited for a new day: the mail that said so has a link, which leads somewhere for a while.
    called_off = Q((f"{of}state", DateState.CANCELLED), (f"{of}changed_at__gt", since))
    called_off &= Q((f"{of}ends_at__gt", now - timedelta(days=POSTPONED_DAYS)))
    return Q((f"{of}ends_at__gt", since)) | waits_for_a_day(now, of) | called_off


def _due(now: datetime) -> QuerySet[Rally]:
    """Return the rallies whose last date is a fortnight ago, or that ended so long ago before their date."""
    since = now - timedelta(days=KEY_DAYS)
    dates = Occurrence.objects.filter(rally=OuterRef("pk"))
    to_come = dates.filter(_is_kept(now))
    just_over = dates.filter(Q(changed_at__gt=since) | Q(ends_at__gt=since, ends_at__lte=now))
    is_over = Q(state__in=_OVER)
    kept = (~is_over & Exists(to_come)) | (is_over & (Q(changed_at__gt=since) | Exists(just_over)))
    return Rally.objects.filter(announced_at__lte=since).exclude(kept)


def _going_on(rallies: Iterable[Rally], now: datetime) -> set[int]:
    """Return the rallies whose rule gives a date to come that has no row yet, or a date of the last fortnight.

    Rows alone do not tell: they are added once a day, and not while keys are sealed or the worker stands still.
    """
    series = [rally for rally in rallies if rally.repeat and rally.state not in _OVER]
    since = (now - timedelta(days=KEY_DAYS)).date()
    rows = Occurrence.objects.filter(rally__in=series, original_on__gte=since).values_list("rally", "original_on")
    known = set(rows)
    return {rally.pk for rally in series if any((rally.pk, on) not in known for on in _given(rally, since))}


def _given(rally: Rally, since: date) -> Iterator[date]:
    # A rule that no door takes any more gives no date: one such row must not keep all others' keys for ever.
    with contextlib.suppress(BadRepeatError):
        yield from dates_given(rally, since=since)


def _with_something_kept() -> list[int]:
    has_rows = (
        Q(sealed_place__isnull=False)
        | Exists(Host.objects.filter(rally=OuterRef("pk")))
        | Exists(Rsvp.objects.filter(occurrence__rally=OuterRef("pk")))
    )
    return sorted({*keys.kept(), *Rally.objects.filter(has_rows).values_list("pk", flat=True)})


def _destroy_stray_keys(now: datetime) -> None:
    """Destroy keys whose rally is gone; not one made this day, whose rally may not be committed yet."""
    for numbers in _batches(keys.kept()):
        known = set(Rally.objects.filter(pk__in=numbers).values_list("pk", flat=True))
        for number in numbers:
            made_at = None if number in known else keyfiles.made_at(keys.path_of(number))
            if made_at is not None and made_at < now - _STRAY_AGE:
                keys.destroy(number)


def _batches(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(numbers), _BATCH):
        yield numbers[first : first + _BATCH]
