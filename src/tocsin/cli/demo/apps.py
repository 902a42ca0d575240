from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Registers the mailbox's template and style; installed in the demo only."""

    name = "tocsin.cli.demo"
    label = "demo"
