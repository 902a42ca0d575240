"""`tocsin web`: the web processes alone, as `tocsin serve` starts them."""

import argparse
import multiprocessing
import os
import resource
import signal

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from tocsin.cli.children import is_child, when_parent_ends
from tocsin.cli.commands import refuse

# A little less than a whole server's time to stop, so that a worker that hangs is ended by its own parent.
_KILL_SECONDS = 7
_HEADER_MILLISECONDS = 10_000
# A browser holds its connection open for some seconds after a page, at 7 kB each: with 2,000 new
# readers a second there are that many of them, and one more than this has to wait.
_CONNECTIONS = 8_192
_OTHER_FILES = 256


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    parser.add_argument("--processes", type=int, default=2, help="web processes (2)")


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop. Django is loaded by each process for itself, after the fork."""
    if not is_child() and (why := _why_not_there(options.host, options.port)):
        return refuse(why)
    when_parent_ends(lambda: os.kill(os.getpid(), signal.SIGTERM))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.config.settings")
    # A fork inherits the way to the keeper; a spawned process would have all descriptors closed but its own.
    multiprocessing.set_start_method("fork", force=True)
    Granian(
        "tocsin.config.asgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.RSGI,  # the lane speaks both; this one costs a fifth less a request
        workers=options.processes,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS),
        websockets=False,
        backlog=4096,
        backpressure=_connections(),
        # No access log, on purpose: paths hold tokens, and lines hold addresses.
        log_access=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=_KILL_SECONDS,
    ).serve()
    return 0


def _why_not_there(host: str, port: int) -> str:
    """Return why nobody can listen there, or nothing; else two servers would share the port and take turns.

    `tocsin serve` has looked before it started us, and a child of its own may still be leaving the port.
    """
    from tocsin.cli.prepare import NotReadyError, make_sure_port_is_free  # settings: only for who starts us by hand

    try:
        make_sure_port_is_free(host, port)
    except NotReadyError as error:
        return str(error)
    return ""


def _connections() -> int:
    """Return how many connections a process may hold; each is an open file, so allow as many of those as we may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return _CONNECTIONS if most == resource.RLIM_INFINITY else max(1, min(_CONNECTIONS, most - _OTHER_FILES))
