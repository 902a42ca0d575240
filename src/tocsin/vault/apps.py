from django.apps import AppConfig

from tocsin.kit import keyfiles
from tocsin.vault.sealed.store import store_of


class VaultConfig(AppConfig):
    """Registers this room's tables, templates and messages with Django."""

    name = "tocsin.vault"

    def ready(self) -> None:
        """Let whoever reads a key file read it in sealed mode too."""
        keyfiles.keep_in(store_of)
