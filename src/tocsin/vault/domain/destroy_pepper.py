"""Destroy what a campaign needs no more: its pepper, so that nobody can test an address; in the end its epochs."""

from tocsin.kit import keyfiles
from tocsin.vault.keyring import pepper_path
from tocsin.vault.models import EpochKey


def destroy_pepper(*, campaign: int) -> bool:
    """Destroy the pepper file of a closed campaign; False when it was gone already."""
    return keyfiles.destroy(pepper_path(campaign))


def forget_epochs(*, campaign: int) -> int:
    """Remove the wrapped epoch keys of a campaign whose sealed rows are erased; return how many."""
    return EpochKey.objects.filter(key__campaign=campaign).delete()[0]
