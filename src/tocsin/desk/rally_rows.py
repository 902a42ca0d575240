"""Rallies as the desk lists them: what each is called, when and where it is, and what asks for a look."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.queries.desk import hosted_among, next_dates, trusted_among
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
    alike: Sequence["RallyRow"] = field(default=())

    @property
    def number(self) -> int:
        """The number of its row."""
        return self.rally.pk


def rows_of(campaign: Campaign, rallies: Sequence[Rally]) -> list[RallyRow]:
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
        )
        for rally in rallies
    ]


def _when(occurrence: Occurrence | None, rally: Rally, language: str) -> str:
    if occurrence is None:
        return ""
    return f"{day_in(occurrence, language)}, {hours_in(occurrence, rally.zone, language)}"
