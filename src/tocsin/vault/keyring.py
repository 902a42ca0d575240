"""Where a campaign's two keys outside the database lie, beside each other in the server's key folder.

The *pepper* makes tags; it ends with the campaign. The *display key* hides names and reasons
until they are public; moderators still need it for what was signed before the end.
"""

from pathlib import Path

from tocsin.kit import keyfiles


def pepper_path(campaign: int) -> Path:
    """Return the file of a campaign's pepper."""
    return keyfiles.keys_dir() / "pepper" / f"{campaign}.key"


def display_path(campaign: int) -> Path:
    """Return the file of a campaign's display key."""
    return keyfiles.keys_dir() / "display" / f"{campaign}.key"
