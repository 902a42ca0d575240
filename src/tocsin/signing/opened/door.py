"""Unlock and lock: for fifteen minutes, for one person, in one browser, in the keeper's memory alone.

A *door* is the keeper's name for one unlocking. Everything that lives by it (the keys of its
searches and exports) has a name that begins with the door's, so that locking takes it along.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from tocsin.campaigns.models import Campaign, User
from tocsin.seal.keyfile import PassphraseWrongError
from tocsin.signing.opened import circulars, jobs
from tocsin.signing.opened.acts import note
from tocsin.signing.opened.keys import read_keys
from tocsin.signing.opened.models import Act, VaultAct
from tocsin.vault import keeper

OPEN_SECONDS = 15 * 60
MOST_TRIES = 5
TRIES_IN = timedelta(minutes=15)

# Returns the private keys that a passphrase opens; raises PassphraseWrongError.
OpenKeys = Callable[[str], list[bytes]]


class Refusal(Enum):
    """Why a vault was not unlocked."""

    WRONG = "wrong passphrase"
    TOO_OFTEN = "too many wrong passphrases"
    NO_KEEPER = "no keeper"


@dataclass(frozen=True, slots=True)
class Door:
    """One unlocking: a campaign, and the browser session of one person."""

    campaign: Campaign
    user: User
    session: str

    @property
    def name(self) -> str:
        """The keeper's name for it."""
        return f"unlocked/{self.campaign.pk}/{self.user.pk}-{self.session}"

    def keys(self) -> list[bytes]:
        """Return the campaign's private keys while it is unlocked; else none."""
        return read_keys(self.name)

    def left(self) -> float:
        """Return the seconds until it locks itself; 0 when it is locked."""
        try:
            return keeper.left(self.name) or 0.0
        except keeper.KeeperMissingError:
            return 0.0


def unlock(*, door: Door, passphrase: str, open_keys: OpenKeys, now: datetime) -> Refusal | None:
    """Unlock with one keyholder's passphrase; return why not.

    Wrong passphrases are counted for each person: nobody locks another one out.
    """
    if not keeper.is_there():
        return Refusal.NO_KEEPER
    since = now - TRIES_IN
    tries = VaultAct.objects.filter(
        campaign=door.campaign, user=door.user, act=Act.WRONG_PASSPHRASE, at__gt=since
    ).count()
    if tries >= MOST_TRIES:
        return Refusal.TOO_OFTEN
    try:
        keys = open_keys(passphrase)
    except PassphraseWrongError:
        note(campaign=door.campaign, user=door.user, act=Act.WRONG_PASSPHRASE, now=now)
        return Refusal.WRONG
    # Written down first: nobody holds a key that no line tells of.
    note(campaign=door.campaign, user=door.user, act=Act.UNLOCKED, now=now)
    try:
        keeper.put(door.name, b"".join(keys), seconds=OPEN_SECONDS)
    except keeper.KeeperMissingError:
        return Refusal.NO_KEEPER
    return None


def lock(*, door: Door, now: datetime) -> None:
    """Forget the key and everything that lived by it; what was being sent waits. Twice is fine."""
    if keeper.is_there():
        was_open = door.left() > 0
        keeper.drop_all(door.name)
        if was_open:
            note(campaign=door.campaign, user=door.user, act=Act.LOCKED, now=now)
    jobs.forget(door=door.name)
    circulars.pause_behind(door=door.name, now=now)
