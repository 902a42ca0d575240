"""Invite people to a campaign's team: a link by mail, valid a week, that works once for the address it went to."""

from datetime import datetime, timedelta

from django.db import IntegrityError

from tocsin import db
from tocsin.campaigns.domain.team import give_role
from tocsin.campaigns.models import Campaign, Invitation, Member, User
from tocsin.campaigns.queries import has_account, open_invitation, open_invitations
from tocsin.campaigns.refusals import Refusal, RefusedError
from tocsin.campaigns.states import INVITATION_DAYS, Role
from tocsin.seal.tokens import new_token, token_hash

# Enough for any team; a stolen session must not send mail without end.
_MOST_OPEN = 30
_AGAIN_AFTER = timedelta(minutes=10)


def invite(*, campaign: Campaign, email: str, role: Role, invited_by: User, now: datetime) -> bytes:
    """Invite an address, in the caller's transaction; return the token for its mail, of which only a hash is kept.

    Whether somebody has an account under this address makes no difference here. Inviting again
    gives a new link and ends the old one. Raises RefusedError: ALREADY_ON_TEAM, TOO_MANY_INVITED, INVITED_JUST_NOW.
    """
    db.required()
    # The lock makes two owners who invite at once come one after the other.
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    if Member.objects.filter(campaign=campaign, user__email__iexact=email).exists():
        raise RefusedError.of(Refusal.ALREADY_ON_TEAM, "email")
    before = Invitation.objects.filter(campaign=campaign, email__iexact=email).first()
    if before is not None and before.sent_at > now - _AGAIN_AFTER:
        raise RefusedError.of(Refusal.INVITED_JUST_NOW, "email")
    if before is None and open_invitations(campaign, now).count() >= _MOST_OPEN:
        raise RefusedError.of(Refusal.TOO_MANY_INVITED, "email")
    token = new_token()
    made = {"email": email, "role": role, "token_hash": token_hash(token), "invited_by": invited_by, "sent_at": now}
    if before is None:
        Invitation.objects.create(campaign=campaign, **made)
    else:
        Invitation.objects.filter(pk=before.pk).update(**made)
    return token


def revoke_invitation(*, campaign: Campaign, number: int) -> bool:
    """Take an invitation back: its link works no more. False when it is gone already."""
    return Invitation.objects.filter(campaign=campaign, pk=number).delete()[0] > 0


def accept_invitation(*, token: bytes, user: User, now: datetime) -> Campaign:
    """Put the invited person on the team; whoever is on it keeps the part they have. The link is used up.

    Raises RefusedError: INVITATION_GONE for a link that is used, taken back, too old or invented,
    INVITED_SOMEBODY_ELSE when the account has another address than the link was mailed to.
    """
    with db.transaction():
        invitation = _used_up(token, now)
        if not user.is_active:
            raise RefusedError.of(Refusal.INVITATION_GONE, "invitation")
        if invitation.email.casefold() != user.email.casefold():
            raise RefusedError.of(Refusal.INVITED_SOMEBODY_ELSE, "invitation")
        _put_on_team(invitation, user)
    return invitation.campaign


def register_invited(*, token: bytes, password: str, now: datetime) -> User:
    """Make the account of somebody who has none, with the password they chose, and put them on the team.

    Raises RefusedError as `accept_invitation` does, and ACCOUNT_EXISTS when they should sign in instead.
    """
    try:
        with db.transaction():
            invitation = _used_up(token, now)
            if has_account(invitation.email):
                raise RefusedError.of(Refusal.ACCOUNT_EXISTS, "invitation")
            user = User.objects.create_user(invitation.email, password)
            _put_on_team(invitation, user)
    except IntegrityError as error:  # behind another campaign's invitation, at this moment
        raise RefusedError.of(Refusal.ACCOUNT_EXISTS, "invitation") from error
    return user


def expire_invitations(*, now: datetime) -> int:
    """Forget invitations that nobody used in time; return how many."""
    return Invitation.objects.filter(sent_at__lt=now - timedelta(days=INVITATION_DAYS)).delete()[0]


def _used_up(token: bytes, now: datetime) -> Invitation:
    """Return the invitation behind `token` and remove it; a refusal that follows brings it back."""
    invitation = open_invitation(token, now)
    # Two presses at once: the row goes once, and so does the link.
    if invitation is None or not Invitation.objects.filter(token_hash=invitation.token_hash).delete()[0]:
        raise RefusedError.of(Refusal.INVITATION_GONE, "invitation")
    return invitation


def _put_on_team(invitation: Invitation, user: User) -> None:
    if not Member.objects.filter(campaign=invitation.campaign, user=user).exists():
        give_role(campaign=invitation.campaign, user=user, role=Role(invitation.role))
