from django.apps import AppConfig


class WebsiteConfig(AppConfig):
    """Registers this room's tables, templates and messages with Django."""

    name = "tocsin.website"
