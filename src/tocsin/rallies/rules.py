"""Who may do what with the rallies of a campaign. Strangers to the team may nothing, whatever team they are on."""

from tocsin.campaigns import rules
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.rules import Anyone


def can_look_after(user: Anyone, campaign: Campaign) -> bool:
    """Say whether `user` may approve, return, merge and refuse rallies, and trust hosts."""
    return rules.can_moderate(user, campaign)


def can_enter(user: Anyone, campaign: Campaign) -> bool:
    """Say whether `user` may enter rallies and days of action, change them, and draft a broadcast."""
    return rules.can_edit(user, campaign)


def can_broadcast(user: Anyone, campaign: Campaign) -> bool:
    """Say whether `user` may write to everybody who holds a rally or comes to one: nobody can call it back."""
    return rules.can_publish(user, campaign)


def can_resolve(user: Anyone, campaign: Campaign) -> bool:
    """Say whether `user` may end every rally of the campaign at once."""
    return rules.can_open(user, campaign)
