"""What a server does before it opens its door: folders, tables, static files; or a line that says why not."""

import contextlib
import fcntl
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, connections

from tocsin.kit import places
from tocsin.kit.gazetteer import GazetteerError

_MIGRATION_LOCK = 0x746F6373 + 1


class NotReadyError(Exception):
    """Why a server cannot start: one line, with the mend."""


def prepare() -> None:
    """Make folders, bring the tables up to date and collect the static files; several servers may do it at once."""
    make_folders()
    # Beside the tables: on a first start each takes seconds.
    towns = ThreadPoolExecutor(max_workers=1).submit(places.prepare)
    try:
        with _alone():
            call_command("migrate", interactive=False, verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            refuse_an_old_database()
    except DatabaseError as error:
        message = f"the database cannot be used: {_first_line(error)}; look at DATABASE_URL"
        raise NotReadyError(message) from error
    finally:
        connections.close_all()
    try:
        towns.result()
    except GazetteerError as error:
        message = f"{error}; make room, or give another folder in TOCSIN_CACHE"
        raise NotReadyError(message) from error


def refuse_an_old_database() -> None:
    """Raise NotReadyError when more was published than this database knows of: it was restored from a backup.

    People who withdrew since are in it again, and who signed since is not. Neither mails nor pages
    may speak from it until the log brought it up to date. Whatever else is wrong with the log stops
    the count only, and the worker says so.
    """
    # Tables, which exist only once the settings are loaded: the demo chooses its own before that.
    from tocsin.tally import domain as tally
    from tocsin.tally.log import keyless_log
    from tocsin.tally.refusals import LogRefusal, LogRefusedError

    try:
        tally.check(keyless_log())
    except LogRefusedError as error:
        if error.reason in {LogRefusal.DATABASE_BEHIND, LogRefusal.OTHER_HISTORY}:
            raise NotReadyError(str(error)) from error


def make_sure_port_is_free(host: str, port: int) -> None:
    """Raise NotReadyError when somebody else listens there, or nobody can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As a server would: what is left of closed connections does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = "is in use" if error.errno == 98 else f"cannot be used ({error.strerror})"  # noqa: PLR2004  EADDRINUSE
            message = f"port {port} on {host} {why}: choose another with --port"
            raise NotReadyError(message) from error
        except OverflowError as error:
            message = f"{port} is not a port: choose one between 1 and 65535 with --port"
            raise NotReadyError(message) from error


def make_folders() -> None:
    """Make the data and keys folders; raise NotReadyError when one cannot be written to."""
    for name, folder in (("TOCSIN_DATA", Path(settings.DATA_DIR)), ("TOCSIN_KEYS", Path(settings.KEYS_DIR))):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = folder / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            message = f"{folder} cannot be written to ({error.strerror}): give another folder in {name}"
            raise NotReadyError(message) from error


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one server at a time change the tables: a lock file, and on PostgreSQL a lock in the database."""
    with (Path(settings.DATA_DIR) / "prepare.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
