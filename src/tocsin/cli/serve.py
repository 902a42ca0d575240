"""`tocsin serve`: a whole server in one command, or the web or worker part of one."""

import argparse
import os
import socket
import sys
import threading
import time
from pathlib import Path

from tocsin.cli.children import Children, stop_on_signals
from tocsin.cli.commands import refuse, set_django_up

_READY_SECONDS = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; each beats its setting."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    parser.add_argument("--processes", type=int, help="web processes (TOCSIN_WEB_PROCESSES, 2)")
    parser.add_argument("--role", choices=("all", "web", "work"), default="all", help="which part to run (all)")
    parser.add_argument(
        "--sealed", action="store_true", help="keep keys sealed on the disk; 'tocsin unseal' opens them"
    )
    parser.add_argument("--passphrase-file", type=Path, metavar="F", help="with --sealed: open the keys at the start")


def run(options: argparse.Namespace) -> int:
    """Prepare, start the children, watch over them until told to stop."""
    take_settings(options)
    set_django_up()
    from django.conf import settings

    from tocsin.cli.opening_keys import keys_in_use
    from tocsin.cli.prepare import NotReadyError, make_sure_port_is_free, prepare

    try:
        if options.role != "work":
            make_sure_port_is_free(options.host, options.port)
        prepare()
        children = Children()
        with keys_in_use(Path(settings.KEYS_DIR), options, children.keeper):
            stop_on_signals(children.stop)
            start(children, options, settings.WEB_PROCESSES)
            ready = (children.stop, options, settings.BASE_URL)
            threading.Thread(target=_say_when_ready, args=ready, daemon=True).start()
            children.run()
    except NotReadyError as error:
        return refuse(str(error))
    return 0


def take_settings(options: argparse.Namespace) -> None:
    """Let options be settings, for this process and its children."""
    host = "127.0.0.1" if options.host in {"0.0.0.0", "::"} else options.host  # noqa: S104  where to look, not where to listen
    if "TOCSIN_BASE_URL_FILE" not in os.environ:
        os.environ.setdefault("TOCSIN_BASE_URL", f"http://{f'[{host}]' if ':' in host else host}:{options.port}")
    if options.processes is not None:
        os.environ["TOCSIN_WEB_PROCESSES"] = str(options.processes)


def start(children: Children, options: argparse.Namespace, processes: int) -> None:
    """Start the processes that a role needs."""
    if options.role != "work":
        where = ("--host", options.host, "--port", str(options.port))
        children.add("web", "web", *where, "--processes", str(max(1, processes)))
    if options.role != "web":
        children.add("worker", "work")


def wait_until_ready(stop: threading.Event, host: str, port: int) -> bool:
    """Wait until somebody answers at the port; False when told to stop before."""
    deadline = time.monotonic() + _READY_SECONDS
    while not stop.is_set() and time.monotonic() < deadline:
        try:
            socket.create_connection((host, port), 1).close()
        except OSError:
            stop.wait(0.1)
        else:
            return True
    return False


def _say_when_ready(stop: threading.Event, options: argparse.Namespace, base_url: str) -> None:
    if options.role == "work":
        print("Tocsin's worker runs. Ctrl+C stops it.", file=sys.stderr)
    elif wait_until_ready(stop, options.host, options.port):
        print(f"Tocsin listens on {options.host}:{options.port}, for {base_url}. Ctrl+C stops it.", file=sys.stderr)
