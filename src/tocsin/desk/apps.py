from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Registers this room's tables, templates and messages with Django."""

    name = "tocsin.desk"
