"""One Tocsin of a benchmark's own: a temporary folder, a campaign put up by the real verbs, and a real server."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from tocsin.cli.bench.databases import Databases
from tocsin.cli.bench.processes import BenchError, Started, free_port
from tocsin.cli.commands import set_django_up

CAMPAIGN = "bench"
LANGUAGE = "en"
_PASSPHRASE = "six words that only this benchmark knows"  # noqa: S105  the key of made-up people's made-up data
_CAMPAIGN_FILE = Path(__file__).with_name("campaign.toml")


@dataclass(slots=True)
class Workshop:
    """The folder, the settings and the databases of one benchmark."""

    folder: Path
    databases: Databases
    port: int
    processes: int
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """Our server's data folder."""
        return self.folder / "tocsin"

    @property
    def page_path(self) -> str:
        """Where the campaign's page is."""
        return f"/{LANGUAGE}/{CAMPAIGN}/"

    def copied(self, name: str) -> dict[str, str]:
        """Copy our database while nobody is connected to it; return the settings of a server that uses the copy."""
        connections.close_all()
        data = self.folder / name
        data.mkdir()
        source = self.environ["DATABASE_URL"] or str(self.data / "tocsin.sqlite3")
        address = self.databases.copy(name, source=source, target=str(data / "tocsin.sqlite3"))
        keys = str(self.data / "keys")
        return {**self.environ, "TOCSIN_DATA": str(data), "TOCSIN_KEYS": keys, "DATABASE_URL": address}

    def server(self, *, port: int = 0, environ: Mapping[str, str] | None = None) -> Started:
        """Start a whole Tocsin on `port`, ours unless given, with the settings of `environ`, ours unless given."""
        port, name = port or self.port, f"tocsin-{port or self.port}"
        command = [sys.executable, "-m", "tocsin.cli", "serve", "--port", str(port)]
        started = Started(name, command, folder=self.folder, environ=environ or self.environ)
        started.wait_for(port)
        return started


@contextlib.contextmanager
def workshop(address: str, *, processes: int) -> Iterator[Workshop]:
    """Yield a workshop, with Django set up for it in this process; all of it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-bench-"))
    databases = Databases(address, folder)
    try:
        shop = Workshop(folder, databases, free_port(), processes)
        shop.environ = _settings_of(shop)
        os.environ.update(shop.environ)
        _put_campaign_up(shop)
        yield shop
    finally:
        _disconnect()
        databases.drop_all()
        shutil.rmtree(folder, ignore_errors=True)


def _settings_of(shop: Workshop) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "tocsin.config.settings",
        "TOCSIN_DATA": str(shop.data),
        "TOCSIN_BASE_URL": f"http://127.0.0.1:{shop.port}",
        "TOCSIN_TRUSTED_PROXIES": "127.0.0.1/32",
        "TOCSIN_WEB_PROCESSES": str(shop.processes),
        "TOCSIN_MAIL_URL": "null:",
        "TOCSIN_LOG_LEVEL": "WARNING",
        "DATABASE_URL": shop.databases.make("tocsin"),
    }


def _put_campaign_up(shop: Workshop) -> None:
    """Put the campaign up with the commands an organiser would type, and set Django up in this process."""
    passphrase = shop.folder / "passphrase"
    passphrase.write_text(_PASSPHRASE, encoding="utf-8")
    command = [sys.executable, "-m", "tocsin.cli", "campaign", "import", str(_CAMPAIGN_FILE)]
    done = subprocess.run(
        [*command, "--open", "--passphrase-file", str(passphrase)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        message = f"the campaign could not be put up: {done.stderr or done.stdout}"
        raise BenchError(message)
    set_django_up()


def _disconnect() -> None:
    """Close this process's connections, or PostgreSQL would not drop the database."""
    with contextlib.suppress(ImproperlyConfigured):  # nobody set Django up yet
        connections.close_all()
