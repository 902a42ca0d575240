"""The database's tables, for commands that may be the first to run on a new machine."""

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from tocsin.cli.prepare import NotReadyError, make_folders, prepare


def ensure_tables() -> None:
    """Make the tables in a new database; raise ImproperlyConfigured when an older one needs an upgrade.

    Upgrading is left to `tocsin serve`: a command run beside a server must not change the
    tables under it.
    """
    try:
        make_folders()
        executor = MigrationExecutor(connection)
        if not executor.loader.applied_migrations:
            prepare()
            return
    except NotReadyError as error:
        raise ImproperlyConfigured(str(error)) from error
    except OperationalError as error:
        message = f"cannot reach the database; 'tocsin check' says more ({str(error).strip().splitlines()[0]})"
        raise ImproperlyConfigured(message) from error
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        message = "the database is of an older version: start 'tocsin serve' once, it brings it up to date"
        raise ImproperlyConfigured(message)
