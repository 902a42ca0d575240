"""Move rallies from state to state: the step that each verb of the desk is made of."""

from collections.abc import Iterable, Sequence
from typing import Any

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import Rally
from tocsin.rallies.states import ARROWS, State


def states_before(state: State) -> tuple[State, ...]:
    """Return the states that an arrow leads from to `state`."""
    return tuple(one for one, targets in ARROWS.items() if state in targets)


def move(
    *,
    campaign: Campaign,
    rallies: Iterable[int],
    to: State,
    only_from: Sequence[State] | None = None,
    **columns: Any,
) -> list[Rally]:
    """Move those of `rallies` (numbers) that may go to the state `to`, as a step of the caller's transaction.

    Returns the rows that moved: another campaign's, and one that somebody else has decided about, are
    not among them. `only_from` narrows the states that an arrow leads from.
    """
    db.required()
    before = states_before(to) if only_from is None else only_from
    # One after the other and in one order: only so does each of two organisers know which were theirs.
    moved = [
        number
        for number in sorted(set(rallies))
        if Rally.objects.filter(pk=number, campaign=campaign, state__in=before).update(state=to, **columns)
    ]
    if not moved:
        return []
    touch(campaign=campaign)
    return list(Rally.objects.filter(pk__in=moved).order_by("pk"))
