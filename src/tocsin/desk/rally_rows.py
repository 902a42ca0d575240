"""Rallies as the desk lists them: what each is called, when and where it is, and what asks for a look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.queries.desk import hosted_among, next_dates, trusted_among
from tocsin.rallies.queries.duplicates import duplicates_among
from tocsin.rallies.states import DateState, State
from tocsin.rallies.wording import clock_of, day_in, hours_in, place_in, title_in

STATES: dict[State, str | Promise] = {
    State.ANNOUNCED: _("announced"),
    State.APPROVED: _("approved"),
    State.RETURNED: _("returned"),
    State.MERGED: _("merged"),
    State.REFUSED: _("refused"),
    State.ENDED: _("ended"),
}
DATE_STATES: dict[DateState, str | Promise] = {
    DateState.STANDS: _("stands"),
    DateState.CANCELLED: _("cancelled"),
    DateState.POSTPONED: _("postponed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Another rally that may be the same."""

    number: int
    title: str
    where: str
    is_same_day: bool
    km: float | None  # None where one of the two has no pin


@dataclass(frozen=True, slots=True, kw_only=True)
class RallyRow:
    """One rally in a list."""

    rally: Rally
    title: str
    state: str
    when: str
    clock: str
    where: str
    is_series: bool
    is_hosted: bool
    is_trusted: bool
    alike: Sequence["Alike"] = ()

    @property
    def number(self) -> int:
        """The number of its row."""
        return self.rally.pk


def alike_of(campaign: Campaign, rallies: Sequence[Rally]) -> dict[int, list[Alike]]:
    """Return, by the number of each of `rallies`, others that may be the same, the nearest first."""
    language = get_language() or "en"
    return {
        number: [
            Alike(
                number=like.rally.pk,
                title=title_in(like.rally, language, campaign),
                where=place_in(like.rally, None, language),
                is_same_day=like.days == 0,
                km=like.km,
            )
            for like in likes
        ]
        for number, likes in duplicates_among(campaign, rallies).items()
    }


def rows_of(
    campaign: Campaign, rallies: Sequence[Rally], *, alike: Mapping[int, Sequence[Alike]] | None = None
) -> list[RallyRow]:
    """Return the rows of rallies that rallies.queries.desk returned, with three questions for all of them."""
    numbers = [rally.pk for rally in rallies]
    dates, trusted, hosted = next_dates(rallies), trusted_among(campaign.pk, numbers), hosted_among(numbers)
    language = get_language() or "en"
    return [
        RallyRow(
            rally=rally,
            title=title_in(rally, language, campaign),
            state=str(STATES[State(rally.state)]),
            when=_when(dates.get(rally.pk), rally, language),
            clock=clock_of(dates[rally.pk], rally.zone) if rally.pk in dates else "",
            where=place_in(rally, dates.get(rally.pk), language),
            is_series=bool(rally.repeat),
            is_hosted=rally.pk in hosted,
            is_trusted=rally.pk in trusted,
            alike=(alike or {}).get(rally.pk, ()),
        )
        for rally in rallies
    ]


def _when(occurrence: Occurrence | None, rally: Rally, language: str) -> str:
    if occurrence is None:
        return ""
    return f"{day_in(occurrence, language)}, {hours_in(occurrence, rally.zone, language)}"
