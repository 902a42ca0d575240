from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Registers this room's tables, templates and messages with Django."""

    name = "tocsin.vault"
