"""Strike with two people: one of the team proposes, another one agrees, and only then is anything erased.

What was chosen is frozen when it is proposed. The signatures themselves are not: who withdraws
meanwhile has withdrawn, and whoever agrees is told how many are left.
"""

from datetime import datetime, timedelta

from tocsin import db
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.refusals import Refusal, RefusedError
from tocsin.signing.domain.strike import (
    MOST_AT_ONCE,
    Keys,
    StrikeResult,
    carry_out,
    checked_reason,
    is_on_team,
    manage_hashes,
)
from tocsin.signing.models import Strike, StrikeProposal
from tocsin.signing.queries import chosen_by, open_proposals
from tocsin.signing.states import PROPOSAL_DAYS


def propose_strike(
    *, campaign: Campaign, keys: Keys, reason: str, asked_by: User, now: datetime, only_held: bool = False
) -> int:
    """Freeze what is to be struck, for a second person of the team; return the proposal's number.

    Raises RefusedError: STRIKE_TOO_MANY past MOST_AT_ONCE, NOT_ON_TEAM for a proposer who is on
    another team or on none, EMPTY and others for the reason.
    """
    reason = checked_reason(reason)
    if len(keys) > MOST_AT_ONCE:
        raise RefusedError.of(Refusal.STRIKE_TOO_MANY, "keys")
    if not is_on_team(asked_by, campaign):
        raise RefusedError.of(Refusal.NOT_ON_TEAM, "keys")
    chosen = manage_hashes(campaign, keys)
    proposal = StrikeProposal.objects.create(
        campaign=campaign,
        reason=reason,
        language=campaign.languages[0],
        asked_by=asked_by,
        proposed_at=now,
        only_held=only_held,
        number=len(chosen),
        keys=b"".join(chosen),
    )
    return int(proposal.pk)


def agree_to_strike(*, campaign: Campaign, proposal: int, agreed_by: User, now: datetime) -> StrikeResult:
    """Strike what somebody else of the same team proposed; pressing twice, or two at once, strikes once.

    Raises RefusedError, and then nothing was removed: PROPOSAL_GONE when it was dropped, agreed to
    or is older than a week, STRIKE_OWN_PROPOSAL for the proposer, NOT_ON_TEAM when either of the two is
    not (any longer) on this campaign's team.
    """
    with db.transaction():
        # Two who agree at once wait for each other here; the second one finds no proposal any more.
        found = open_proposals(campaign.pk, now).select_for_update(of=("self",)).filter(pk=proposal).first()
        if found is None:
            raise RefusedError.of(Refusal.PROPOSAL_GONE, "proposal")
        if found.asked_by_id == agreed_by.pk:
            raise RefusedError.of(Refusal.STRIKE_OWN_PROPOSAL, "proposal")
        if not is_on_team(agreed_by, campaign) or not is_on_team(found.asked_by, campaign):
            raise RefusedError.of(Refusal.NOT_ON_TEAM, "proposal")
        chosen = chosen_by(found)
        StrikeProposal.objects.filter(pk=found.pk).delete()
        record = Strike(
            campaign=campaign,
            reason=found.reason,
            language=found.language,
            asked_by_id=found.asked_by_id,
            agreed_by=agreed_by,
        )
        struck = carry_out(record, chosen, only_held=found.only_held, now=now)
    return StrikeResult(struck, len(chosen) - struck)


def drop_proposal(*, campaign: Campaign, proposal: int) -> bool:
    """Let go of a proposed strike; anybody of the team may. False when it is gone already."""
    return StrikeProposal.objects.filter(campaign=campaign, pk=proposal).delete()[0] > 0


def expire_proposals(*, now: datetime) -> int:
    """Let go of proposals that nobody agreed to in a week; return how many."""
    return StrikeProposal.objects.filter(proposed_at__lt=now - timedelta(days=PROPOSAL_DAYS)).delete()[0]
