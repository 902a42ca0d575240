from django.apps import AppConfig


class RalliesConfig(AppConfig):
    """Registers the tables of rallies."""

    name = "tocsin.rallies"
