"""Destroy a campaign's pepper: from then on nobody can test an address against its tags."""

from tocsin.kit import keyfiles
from tocsin.vault.keyring import pepper_path


def destroy_pepper(*, campaign: int) -> bool:
    """Destroy the pepper file of a closed campaign; False when it was gone already."""
    return keyfiles.destroy(pepper_path(campaign))
