"""Start granian for a baseline, with the settings that Tocsin's own web processes have."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from tocsin.cli.bench.processes import Started, free_port


def start_granian(
    name: str,
    application: str,
    *,
    interface: Literal["asgi", "asginl", "wsgi"],
    processes: int,
    folder: Path,
    environ: Mapping[str, str],
) -> tuple[Started, int]:
    """Start `processes` workers that run `application`; return them and their port."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", interface, "--port", str(port)]
    command += ["--workers", str(processes), "--http", "1", "--no-ws", "--backlog", "4096", "--log-level", "warning"]
    command += ["--blocking-threads", "4"] if interface == "wsgi" else ["--loop", "uvloop"]
    server = Started(name, [*command, application], folder=folder, environ=environ)
    server.wait_for(port)
    return server, port
