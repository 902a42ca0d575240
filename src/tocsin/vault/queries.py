"""What can be asked of the vault without opening it."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from tocsin.kit import keyfiles
from tocsin.seal.box import Box
from tocsin.vault.keyring import display_path, pepper_path
from tocsin.vault.models import CampaignKey, EpochKey, Keyholder

DRILL_EVERY = timedelta(days=90)


class PepperMissingError(Exception):
    """This machine does not hold the campaign's pepper: it cannot take signatures for it."""


class DisplayKeyMissingError(Exception):
    """This machine does not hold the campaign's display key: it cannot show names it has sealed."""


def pepper(campaign: int) -> bytes:
    """Return the campaign's pepper, 32 bytes, from its file; raises PepperMissingError."""
    try:
        return keyfiles.read(pepper_path(campaign))
    except (FileNotFoundError, keyfiles.KeyFileBrokenError, keyfiles.KeysSealedError) as error:
        message = f"campaign {campaign} has no pepper on this machine: its form stays closed here"
        raise PepperMissingError(message) from error


def display_box(campaign: int) -> Box:
    """Return the box that hides names and reasons until they are public; raises DisplayKeyMissingError."""
    try:
        return Box(keyfiles.read(display_path(campaign)))
    except (FileNotFoundError, keyfiles.KeyFileBrokenError, keyfiles.KeysSealedError) as error:
        message = f"campaign {campaign} has no display key on this machine"
        raise DisplayKeyMissingError(message) from error


def key_in_use(campaign: int) -> CampaignKey | None:
    """Return the sealing key that new signatures are sealed to, if there is one."""
    return CampaignKey.objects.filter(campaign=campaign, retired_on__isnull=True, is_waiting=False).first()


def fingerprints_in_use() -> dict[int, str]:
    """Return, by campaign, the fingerprint of the key in use in hexadecimal.

    Made from the public half itself: whoever exchanges that alone must not be covered by the column beside it.
    """
    keys = CampaignKey.objects.filter(retired_on__isnull=True, is_waiting=False).values_list("campaign", "public")
    return {campaign: hashlib.sha256(bytes(public)).hexdigest() for campaign, public in keys}


def next_key(campaign: int) -> CampaignKey | None:
    """Return the key that waits to follow the one in use, if there is one."""
    return CampaignKey.objects.filter(campaign=campaign, is_waiting=True).first()


def retired_keys(campaign: int) -> list[CampaignKey]:
    """Return the keys that new signatures are no longer sealed to, newest first."""
    return list(CampaignKey.objects.filter(campaign=campaign, retired_on__isnull=False).order_by("-retired_on", "-pk"))


def keyholders(campaign: int) -> list[Keyholder]:
    """Return who holds the key in use, by label."""
    held = Keyholder.objects.filter(key__campaign=campaign, key__retired_on__isnull=True, key__is_waiting=False)
    return list(held.select_related("key").order_by("label"))


def keyholders_of(key: CampaignKey) -> list[Keyholder]:
    """Return who holds one key, by label."""
    return list(Keyholder.objects.filter(key=key).select_related("key").order_by("label"))


def holds_age_files(held: Iterable[Keyholder]) -> bool:
    """Say whether the age file of any of these keyholders lies on this server; none does of a key made on a laptop."""
    return any(one.age_file for one in held)


def can_open_here(campaign: int) -> bool:
    """Say whether this server holds an age file of any of a campaign's keys; none of a key made on a laptop."""
    held = Keyholder.objects.filter(key__campaign=campaign, key__is_waiting=False)
    return held.exclude(age_file=b"").exists()


def undrilled(key: CampaignKey) -> list[str]:
    """Return who has not yet shown that they can open one key."""
    return [one.label for one in keyholders_of(key) if one.drilled_on is None]


def is_drill_due(keyholder: Keyholder, today: date) -> bool:
    """Say whether a keyholder opened a test row so long ago that they should do it again."""
    return keyholder.drilled_on is not None and today - keyholder.drilled_on > DRILL_EVERY


def is_ready(campaign: int) -> bool:
    """Say whether the campaign has a key that each keyholder has shown they can open."""
    held = keyholders(campaign)
    return bool(held) and all(keyholder.drilled_on is not None for keyholder in held)


def epochs(campaign: int) -> Iterator[EpochKey]:
    """Yield every epoch that rows of a campaign are sealed under, wrapped as stored."""
    return EpochKey.objects.filter(key__campaign=campaign).order_by("id").iterator()
