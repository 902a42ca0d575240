from django.apps import AppConfig


class SigningConfig(AppConfig):
    """Registers this room's tables, templates and messages with Django."""

    name = "tocsin.signing"
