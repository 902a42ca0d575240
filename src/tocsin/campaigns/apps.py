from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Registers this room's tables, templates and messages with Django."""

    name = "tocsin.campaigns"
