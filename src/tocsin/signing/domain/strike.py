"""Strike: organisers remove signatures, for a reason that everybody may read.

A strike records the day, how many, and why; the tombstones name it, and the log gives reason 3
for each that was counted. One person may remove a few alone. More than that at once, or in one
day from the public number, waits for a second one of the team.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Sum

from tocsin import db
from tocsin.campaigns.checks import plain, text_refusals
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign, Member, User
from tocsin.campaigns.refusals import Refusal, Refused, RefusedError
from tocsin.campaigns.rules import can_moderate
from tocsin.signing.domain.erase import erase
from tocsin.signing.models import STRIKE_REASON_LIMIT, Signature, Strike
from tocsin.signing.states import State
from tocsin.tlog.entry import Reason

Keys = Sequence[tuple[bytes, int]]

ALONE = 50
# One transaction holds the tables that long: about a second.
MOST_AT_ONCE = 1_000
_LOOKED_UP_AT_ONCE = 200


class StrikeResult(NamedTuple):
    """How many signatures a strike removed, and how many of the chosen ones it found changed and left alone."""

    struck: int
    gone_before: int


def strike(
    *, campaign: Campaign, keys: Keys, reason: str, asked_by: User, now: datetime, only_held: bool = False
) -> StrikeResult:
    """Remove signatures, by tag and seat, at most ALONE of them; what was typed is erased for good.

    `only_held` leaves alone what was released meanwhile. Raises RefusedError, and then nothing
    was removed: STRIKE_NEEDS_TWO for more than one person may do, EMPTY and others for the reason.
    """
    reason = checked_reason(reason)
    with db.transaction():
        # Two strikes of one person come one after the other, so that the day's sum holds. It is their account
        # that is locked: the campaign's row is what everybody who withdraws writes last.
        User.objects.select_for_update().get(pk=asked_by.pk)
        chosen = manage_hashes(campaign, keys)
        if len(keys) > ALONE or _counted_alone_today(campaign, asked_by, now) + _counted(chosen) > ALONE:
            raise RefusedError.of(Refusal.STRIKE_NEEDS_TWO, "keys")
        record = Strike(campaign=campaign, reason=reason, language=campaign.languages[0], asked_by=asked_by)
        struck = carry_out(record, chosen, only_held=only_held, now=now)
    return StrikeResult(struck, len(keys) - struck)


def carry_out(record: Strike, chosen: Sequence[bytes], *, only_held: bool, now: datetime) -> int:
    """Remove the signatures of these manage hashes, as a step of the caller's transaction; return how many there were.

    A strike that finds nothing any more leaves no record.
    """
    db.required()
    record.struck_on = now.date()
    record.save(force_insert=True)
    rows = Signature.objects.filter(campaign_id=record.campaign_id, manage_hash__in=chosen)
    # In the order of the tags, as releasing goes: two at once cannot wait for each other in a circle.
    in_order = rows.order_by("tag", "seat").values_list("manage_hash", flat=True)
    gone = [
        erased
        for key in list(in_order)
        if (
            erased := erase(bytes(key), state=State.STRUCK, reason=Reason.STRUCK, strike=record.pk, only_held=only_held)
        )
    ]
    if not gone:
        record.delete()
        return 0
    counted = sum(erased.index is not None for erased in gone)
    Strike.objects.filter(pk=record.pk).update(number=len(gone), counted=counted)
    touch(campaign=record.campaign)
    return len(gone)


def checked_reason(reason: str) -> str:
    """Return a public reason as it is kept: one line. Raises RefusedError for none, or one that is too long."""
    settled = " ".join(plain(reason).split())
    refused = list(text_refusals("reason", settled, limit=STRIKE_REASON_LIMIT, one_line=True))
    if not settled:
        refused = [Refused("reason", Refusal.EMPTY)]
    if refused:
        raise RefusedError(refused)
    return settled


def manage_hashes(campaign: Campaign, keys: Keys) -> list[bytes]:
    """Return the manage hash of each signature of this campaign that is there; tags change, this does not."""
    found: list[bytes] = []
    wanted = set(keys)
    tags = sorted({tag for tag, _ in wanted})
    for start in range(0, len(tags), _LOOKED_UP_AT_ONCE):
        some = tags[start : start + _LOOKED_UP_AT_ONCE]
        rows = Signature.objects.filter(campaign_id=campaign.pk, tag__in=some)
        found += [
            bytes(manage_hash)
            for tag, seat, manage_hash in rows.values_list("tag", "seat", "manage_hash")
            if (bytes(tag), seat) in wanted
        ]
    return found


def is_on_team(user: User | None, campaign: Campaign) -> bool:
    """Say whether a person is on the campaign's own team: who runs the server is not, by that alone."""
    if user is None or not can_moderate(user, campaign):
        return False
    return Member.objects.filter(campaign=campaign, user=user).exists()


def _counted_alone_today(campaign: Campaign, user: User, now: datetime) -> int:
    alone = Strike.objects.filter(campaign=campaign, struck_on=now.date(), asked_by=user, agreed_by=None)
    return int(alone.aggregate(sum=Sum(F("counted")))["sum"] or 0)


def _counted(chosen: Sequence[bytes]) -> int:
    """Return how many of them the public number holds, or is about to."""
    return Signature.objects.filter(manage_hash__in=chosen[: ALONE + 1]).exclude(state=State.HELD).count()
