"""A PostgreSQL cluster of the tests' own: on a free port, durable, gone afterwards."""

import grp
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests import machine
from tests.running.ports import free_port

_SETTINGS = ("max_connections=600", "shared_buffers=64MB", "log_min_messages=fatal", "unix_socket_directories=")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster; it trusts whoever reaches its loopback port."""

    home: Path
    binaries: Path
    port: int

    @property
    def url(self) -> str:
        """Return what goes into DATABASE_URL, less the database's name."""
        return f"postgres://tocsin@127.0.0.1:{self.port}"

    def crash(self) -> None:
        """End at once, as a machine does that loses its power; its files stay."""
        _run(self.binaries / "pg_ctl", "stop", "-D", self.home / "data", "-m", "immediate", "-w")

    def come_back(self) -> None:
        """Start again after `crash`, on the same port."""
        _run(self.binaries / "pg_ctl", "restart", "-D", self.home / "data", "-w", "-l", self.home / "log")

    def stop(self) -> None:
        """End every session, stop the cluster and remove its files."""
        _run(self.binaries / "pg_ctl", "stop", "-D", self.home / "data", "-m", "fast", "-w")
        shutil.rmtree(self.home)


def is_wanted() -> bool:
    """Say whether this run is the one on PostgreSQL."""
    return os.environ.get("TOCSIN_TEST_DATABASE") == "postgres"


def start() -> Cluster:
    """Return a fresh cluster that listens on a free loopback port."""
    binaries = machine.postgres_binaries()
    if binaries is None:
        message = f"PostgreSQL {machine.OLDEST_POSTGRES} or newer is needed: see `make test`"
        raise RuntimeError(message)
    home = Path(tempfile.mkdtemp(prefix="tocsin-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(home, *_owner_names())
    port = free_port()
    data = home / "data"
    _run(binaries / "initdb", "-D", data, "-U", "tocsin", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    options = " ".join(f"-c {setting}" for setting in _SETTINGS)
    log = home / "log"
    _run(binaries / "pg_ctl", "start", "-D", data, "-w", "-l", log, "-o", f"-h 127.0.0.1 -p {port} {options}")
    return Cluster(home, binaries, port)


def _run(*command: str | Path) -> None:
    """Run one of PostgreSQL's programs, as a user of no rights when we are root: it refuses root."""
    user, group = _owner_names() if os.geteuid() == 0 else (None, None)
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        user=user,
        group=group,
        extra_groups=() if user else None,
    )


def _owner_names() -> tuple[str, str]:
    for name in ("postgres", "nobody"):
        try:
            owner = pwd.getpwnam(name)
        except KeyError:
            continue
        return name, grp.getgrgid(owner.pw_gid).gr_name
    message = "neither a user postgres nor nobody: run the tests as a user other than root"
    raise RuntimeError(message)
