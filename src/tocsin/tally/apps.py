from django.apps import AppConfig


class TallyConfig(AppConfig):
    """Registers this room's tables, templates and messages with Django."""

    name = "tocsin.tally"
