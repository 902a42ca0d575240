"""The database's tables, for commands that may be the first to run on a new machine."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError


def ensure_tables() -> None:
    """Make the tables in a new database; raise ImproperlyConfigured when an older one needs an upgrade.

    Upgrading is left to `tocsin serve`: a command run beside a server must not change the
    tables under it.
    """
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        message = f"cannot reach the database; 'tocsin check' says more ({str(error).strip().splitlines()[0]})"
        raise ImproperlyConfigured(message) from error
    if not executor.loader.applied_migrations:
        call_command("migrate", interactive=False, verbosity=0)
    elif executor.migration_plan(executor.loader.graph.leaf_nodes()):
        message = "the database is of an older version: start 'tocsin serve' once, it brings it up to date"
        raise ImproperlyConfigured(message)
