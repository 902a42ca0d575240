"""Who is on a campaign's team."""

from tocsin import db
from tocsin.campaigns.models import Campaign, Invitation, Member, User
from tocsin.campaigns.refusals import Refusal, RefusedError
from tocsin.campaigns.states import Role


def add_member(*, campaign: Campaign, user: User, role: Role) -> Member:
    """Put `user` on the team, or give them another role; the last owner stays one."""
    with db.transaction():
        return give_role(campaign=campaign, user=user, role=role)


def remove_member(*, campaign: Campaign, user: User) -> bool:
    """Take `user` off the team, and the invitations they sent with them; the last owner stays.

    False says that they were not on it.
    """
    with db.transaction():
        _keep_an_owner(campaign, user)
        gone, _ = Member.objects.filter(campaign=campaign, user=user).delete()
        Invitation.objects.filter(campaign=campaign, invited_by=user).delete()
    return gone > 0


def give_role(*, campaign: Campaign, user: User, role: Role) -> Member:
    """Do what `add_member` does, as a step of the caller's transaction."""
    db.required()
    if role != Role.OWNER:
        _keep_an_owner(campaign, user)
    member, _ = Member.objects.update_or_create(campaign=campaign, user=user, defaults={"role": role})
    return member


def _keep_an_owner(campaign: Campaign, leaving: User) -> None:
    # The lock makes two owners who take each other off at once come one after the other.
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    owners = set(Member.objects.filter(campaign=campaign, role=Role.OWNER).values_list("user_id", flat=True))
    if owners == {leaving.pk}:
        raise RefusedError.of(Refusal.LAST_OWNER, "team")
