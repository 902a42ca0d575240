from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Registers this room's tables, templates and messages with Django."""

    name = "tocsin.outbox"
