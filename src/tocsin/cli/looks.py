"""Where `tocsin check` looks: folders, database, the outside, mail, campaigns."""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from tocsin.campaigns.queries import open_campaigns
from tocsin.cli.finding import Finding, note, ok, wrong
from tocsin.kit import keyfiles
from tocsin.outbox.queries import waiting_mail
from tocsin.outbox.transports import NoConnectionError
from tocsin.outbox.transports.choose import transport_for
from tocsin.outbox.transports.null import NullTransport
from tocsin.tally import domain as tally
from tocsin.tally.log import keyless_log
from tocsin.tally.refusals import LogRefusedError
from tocsin.vault import queries as vault

_OLDEST_POSTGRES = 150_000
_OLDEST_SQLITE = (3, 35)
_LITTLE_ROOM_BYTES = 1 << 30
_LONG_WAIT_SECONDS = 900
_OTHERS = 0o077  # what group and everybody may do with a file


def folders() -> Iterator[Finding]:
    """Look whether the folders can be written to, and who else may read the keys."""
    data, keys = Path(settings.DATA_DIR), Path(settings.KEYS_DIR)
    yield _writable("TOCSIN_DATA", data)
    yield _writable("TOCSIN_KEYS", keys)
    if keys.is_relative_to(data):
        yield note(
            f"the keys lie in the data folder ({keys})",
            "set TOCSIN_KEYS to a folder that backups of the database do not reach",
        )
    readable = [path for path in (keys, *keys.rglob("*")) if path.exists() and path.stat().st_mode & _OTHERS]
    if readable:
        yield wrong(f"others may read {readable[0]}", f"chmod -R go= {keys}")
    free = shutil.disk_usage(_existing(data)).free
    if free < _LITTLE_ROOM_BYTES:
        yield note(f"{free >> 20} MB are left on the disk of {data}", "make room before it is full")


def database() -> Iterator[Finding]:
    """Look whether the database answers, is new enough, and has its tables."""
    if connection.vendor == "sqlite" and not Path(settings.DATABASES["default"]["NAME"]).exists():
        yield ok("the database will be made at the first start")
        return
    try:
        yield _version()
        plan = MigrationExecutor(connection).migration_plan(
            [key for key in MigrationExecutor(connection).loader.graph.leaf_nodes() if key]
        )
    except DatabaseError as error:
        yield wrong(f"the database does not answer: {str(error).strip().splitlines()[0]}", "look at DATABASE_URL")
        return
    if plan:
        yield note(f"the tables are {len(plan)} steps behind", "'tocsin serve' brings them up to date when it starts")


def outside() -> Iterator[Finding]:
    """Look whether people can reach the server as it is told, and in private."""
    base = urlsplit(settings.BASE_URL)
    if settings.DEMO:
        yield note("this is a demo: everybody can read its mails", "leave TOCSIN_DEMO out")
    if settings.IS_TLS:
        yield ok(f"people reach it at {settings.BASE_URL}")
        if not settings.TRUSTED_PROXIES:
            yield wrong(
                "no proxy is trusted, so everybody counts as one visitor",
                "set TOCSIN_TRUSTED_PROXIES to the network of the proxy that speaks TLS, as in 127.0.0.1/32",
            )
    elif _is_this_machine(base.hostname or ""):
        yield note(f"only this machine reaches {settings.BASE_URL}", "set TOCSIN_BASE_URL to the public address")
    else:
        yield wrong(
            f"{settings.BASE_URL} has no TLS: what people sign can be read on its way",
            "put a proxy with TLS in front, and write https:// in TOCSIN_BASE_URL",
        )


def mail() -> Iterator[Finding]:
    """Look whether mail can be handed over, and whether it goes."""
    _, address = parseaddr(settings.MAIL_FROM)
    try:
        validate_email(address)
    except ValidationError:
        report = note if _is_this_machine(urlsplit(settings.BASE_URL).hostname or "") else wrong
        yield report(
            f"mails come from {address!r}, which is no address", "set TOCSIN_MAIL_FROM, as in appeal@example.org"
        )
    parts = urlsplit(settings.MAIL_URL)
    if parts.password and parts.scheme == "smtp" and not _is_this_machine(parts.hostname or ""):
        yield wrong(
            "the mail password would go over the net readable", "use smtp+tls:// or smtps:// in TOCSIN_MAIL_URL"
        )
    else:
        yield _mail_server()
    try:
        waiting = waiting_mail(now=datetime.now(UTC))
    except DatabaseError:
        return  # the database has a line of its own
    if waiting.oldest_seconds > _LONG_WAIT_SECONDS:
        yield note(
            f"{waiting.letters - waiting.put_off} mails wait, one for {waiting.oldest_seconds // 60} minutes",
            "is a worker running?",
        )


def campaigns() -> Iterator[Finding]:
    """Look whether this machine can take signatures for what is open."""
    try:
        found = open_campaigns(datetime.now(UTC))
    except DatabaseError:
        return
    if keyfiles.is_locked():
        yield note("the keys are sealed, so only the server that runs reads them", "/readyz says if they are open")
        return
    for campaign in found:
        try:
            vault.pepper(campaign.pk)
        except vault.PepperMissingError:
            yield wrong(
                f"{campaign.slug} is open, but its pepper is not here: its form is closed",
                f"bring back pepper/{campaign.pk}.key in {settings.KEYS_DIR}",
            )
        else:
            yield ok(f"{campaign.slug} is open")


def log() -> Iterator[Finding]:
    """Look whether the public log can be signed, and where its last checkpoint is remembered."""
    found = keyless_log()
    try:
        size = tally.check(found, thoroughly=True).head.published
    except LogRefusedError as error:
        what, _, mend = str(error).rpartition(": ")
        yield wrong(f"nothing is counted: {what}", mend)
        return
    except DatabaseError:
        return  # the database has a line of its own
    yield ok(f"the log {found.origin} is published up to {size} entries")
    if found.memory.path.is_relative_to(settings.DATA_DIR):
        yield note(
            f"the last checkpoint is remembered beside what it guards ({found.memory.path})",
            "set TOCSIN_LAST_CHECKPOINT to a file on another disk",
        )


def translations() -> Iterator[Finding]:
    """Look whether the program speaks every language that it has words for."""
    missing = [path for path in Path(settings.PACKAGE_DIR).rglob("*.po") if not path.with_suffix(".mo").exists()]
    if missing:
        yield note("translations are not compiled: everything is in English", "install the package, or run 'make demo'")


LOOKS = (folders, database, outside, mail, campaigns, log, translations)


def _writable(name: str, folder: Path) -> Finding:
    there = _existing(folder)
    if not os.access(there, os.W_OK | os.X_OK):
        return wrong(f"{folder} cannot be written to", f"give another folder in {name}, or chown it to who runs tocsin")
    return ok(f"{folder} can be written to")


def _existing(folder: Path) -> Path:
    """Return a folder, or the nearest one above it that exists already."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def _version() -> Finding:
    if connection.vendor == "sqlite":
        found = sqlite3.sqlite_version_info
        if found < _OLDEST_SQLITE:
            return wrong(f"SQLite {sqlite3.sqlite_version} is too old", "it comes with Python: install a newer one")
        return ok(f"SQLite {sqlite3.sqlite_version} at {settings.DATABASES['default']['NAME']}")
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('synchronous_commit')")
        number, durable = cursor.fetchone()
    if number < _OLDEST_POSTGRES:
        return wrong(f"PostgreSQL {number // 10_000} is too old", "use 15 or newer")
    if durable not in {"on", "remote_apply", "remote_write", "local"}:
        return wrong(f"PostgreSQL has synchronous_commit={durable}", "set it to on: an answer means on the disk")
    return ok(f"PostgreSQL {number // 10_000} answers in {(time.monotonic() - started) * 1000:.0f} ms")


def _mail_server() -> Finding:
    transport = transport_for(settings.MAIL_URL, mail_from=settings.MAIL_FROM)
    if isinstance(transport, NullTransport):
        return note("mails are thrown away", "set TOCSIN_MAIL_URL to where they can be handed over")
    try:
        transport.connect().close()
    except NoConnectionError as error:
        return wrong(f"the mail server cannot be used: {error}", "look at TOCSIN_MAIL_URL")
    return ok("the mail server answers")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
