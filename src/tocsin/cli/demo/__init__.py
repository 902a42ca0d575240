"""`tocsin demo`: a made-up campaign, a mail server and a mailbox to read, all on this machine."""

import argparse
import os
import secrets
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from tocsin.cli.children import Children, stop_on_signals
from tocsin.cli.commands import refuse, set_django_up
from tocsin.cli.demo.folder import DemoFolder
from tocsin.cli.demo.sink import Sink
from tocsin.cli.prepare import NotReadyError, make_sure_port_is_free, prepare
from tocsin.cli.serve import start, wait_until_ready

_HOST = "127.0.0.1"
_ORGANISER = "organiser@example.org"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    parser.add_argument("--data", type=Path, default=Path("tocsin-demo"), help="folder to keep it in (tocsin-demo)")
    parser.add_argument("--fresh", action="store_true", help="throw an earlier demo away and begin anew")
    parser.add_argument("--processes", type=int, default=1, help="web processes (1)")


def run(options: argparse.Namespace) -> int:
    """Make everything ready, say where to look, and run until Ctrl+C."""
    try:
        make_sure_port_is_free(_HOST, options.port)
        folder = DemoFolder(options.data.expanduser().absolute(), is_fresh=options.fresh)
        _take_settings(options, folder.path)
        set_django_up()
        prepare()
    except NotReadyError as error:
        return refuse(str(error))
    notes = _filled(folder)
    sink = Sink(folder.path / "mailbox")
    sink.start()
    os.environ["TOCSIN_MAIL_URL"] = sink.url
    children = Children()
    stop_on_signals(children.stop)
    start(children, argparse.Namespace(role="all", host=_HOST, port=options.port), options.processes)
    threading.Thread(target=_say_where_to_look, args=(children.stop, options.port, notes), daemon=True).start()
    children.run()
    sink.stop()
    folder.close()
    print(f"\nThe demo has stopped. Its data stays in {folder.path}; --fresh begins anew.", flush=True)
    return 0


def _take_settings(options: argparse.Namespace, data: Path) -> None:
    """Set everything that a server could be set to: what the shell has set is for another one."""
    for name in [name for name in os.environ if name.startswith(("TOCSIN_", "DATABASE_URL"))]:
        del os.environ[name]
    os.environ |= {
        "TOCSIN_DATA": str(data),
        "TOCSIN_BASE_URL": f"http://{_HOST}:{options.port}",
        "TOCSIN_HOSTS": "localhost",
        "TOCSIN_MAIL_FROM": "Tocsin demo <demo@tocsin.example>",
        "TOCSIN_WEB_PROCESSES": str(max(1, options.processes)),
        "TOCSIN_LOG_LEVEL": "WARNING",
        "TOCSIN_DEMO": "yes",
    }


def _filled(folder: DemoFolder) -> dict[str, str]:
    """Return the notes on what is in the folder, which is filled on the first start."""
    if notes := folder.notes():
        return notes
    # Their tables need Django set up.
    from django.db import connections

    from tocsin.cli.demo.seed import seed
    from tocsin.vault.passphrase import six_words

    print("Filling the demo with made-up people ...", flush=True)
    notes = {
        "slug": "night-trains",
        "organiser": _ORGANISER,
        "password": secrets.token_urlsafe(9),
        "passphrase": six_words(),
    }
    seed(**notes, now=datetime.now(UTC))
    connections.close_all()
    folder.note(notes)
    return notes


def _say_where_to_look(stop: threading.Event, port: int, notes: Mapping[str, str]) -> None:
    if not wait_until_ready(stop, _HOST, port):
        return
    base = f"http://{_HOST}:{port}"
    lines = (
        "",
        "Tocsin's demo is ready. Everybody in it is made up, and no mail leaves this machine.",
        "",
        f"  the campaign   {base}/en/{notes['slug']}/   (also /es/ and /ar/)",
        f"  the mailbox    {base}/mailbox/",
        f"  the desk       {base}/desk/   as {notes['organiser']}, password {notes['password']}",
        f"  the vault      opens with: {notes['passphrase']}",
        "",
        "Sign with any address, open the mail in the mailbox, confirm, and see the number move.",
        "Ctrl+C stops it.",
    )
    print("\n".join(lines), flush=True)
