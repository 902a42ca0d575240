from django.apps import AppConfig


class DbConfig(AppConfig):
    """The floor below all tables; it has none of its own."""

    name = "tocsin.db"
