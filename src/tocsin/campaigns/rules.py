"""Who may do what with a campaign. Strangers to the team may nothing, whatever other team they are on."""

from django.contrib.auth.models import AnonymousUser

from tocsin.campaigns.models import Campaign, Member, User
from tocsin.campaigns.states import Role

Anyone = User | AnonymousUser


def can_create(user: Anyone) -> bool:
    """Say whether `user` may begin a campaign: anyone whom this server gave an account."""
    return user.is_authenticated and user.is_active


def can_see(user: Anyone, campaign: Campaign) -> bool:
    """Say whether `user` may see the campaign's desk at all."""
    return _has_role(user, campaign, Role.OWNER, Role.EDITOR)


def can_edit(user: Anyone, campaign: Campaign) -> bool:
    """Say whether `user` may change details and write drafts."""
    return _has_role(user, campaign, Role.OWNER, Role.EDITOR)


def can_publish(user: Anyone, campaign: Campaign) -> bool:
    """Say whether `user` may publish a text, which nobody can take back."""
    return _has_role(user, campaign, Role.OWNER)


def can_open(user: Anyone, campaign: Campaign) -> bool:
    """Say whether `user` may make the key, open the campaign and close it."""
    return _has_role(user, campaign, Role.OWNER)


def can_unlock(user: Anyone, campaign: Campaign) -> bool:
    """Say whether `user` may open the vault: read signatories, export them, write to them, audit a sample."""
    return _has_role(user, campaign, Role.OWNER)


def can_moderate(user: Anyone, campaign: Campaign) -> bool:
    """Say whether `user` may release, strike and hide, and say yes to reasons."""
    return _has_role(user, campaign, Role.OWNER, Role.EDITOR)


def can_change_team(user: Anyone, campaign: Campaign) -> bool:
    """Say whether `user` may add people to the team and take them off."""
    return _has_role(user, campaign, Role.OWNER)


def _has_role(user: Anyone, campaign: Campaign, *roles: Role) -> bool:
    """Look the membership up; who runs the server may do what an owner may."""
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_superuser:
        return True
    return Member.objects.filter(campaign=campaign, user=user, role__in=roles).exists()
