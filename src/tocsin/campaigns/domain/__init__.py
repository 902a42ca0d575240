"""What can be done to a campaign. Each verb here is one whole transaction of its own."""

from tocsin.campaigns.domain.appeal import draft_appeal, publish_appeal
from tocsin.campaigns.domain.creating import create, edit, is_slug_frozen
from tocsin.campaigns.domain.exchange_key import exchange_key
from tocsin.campaigns.domain.exporting import export_campaign
from tocsin.campaigns.domain.importing import import_campaign, open_alone, what_file_lacks
from tocsin.campaigns.domain.inviting import (
    accept_invitation,
    expire_invitations,
    invite,
    register_invited,
    revoke_invitation,
)
from tocsin.campaigns.domain.opening import close_campaign, keep_until, open_campaign, what_is_missing
from tocsin.campaigns.domain.picturing import remove_picture, set_picture
from tocsin.campaigns.domain.privacy import draft_privacy, publish_privacy
from tocsin.campaigns.domain.revision import touch
from tocsin.campaigns.domain.team import add_member, remove_member

__all__ = [
    "accept_invitation",
    "add_member",
    "close_campaign",
    "create",
    "draft_appeal",
    "draft_privacy",
    "edit",
    "exchange_key",
    "expire_invitations",
    "export_campaign",
    "import_campaign",
    "invite",
    "is_slug_frozen",
    "keep_until",
    "open_alone",
    "open_campaign",
    "publish_appeal",
    "publish_privacy",
    "register_invited",
    "remove_member",
    "remove_picture",
    "revoke_invitation",
    "set_picture",
    "touch",
    "what_file_lacks",
    "what_is_missing",
]
