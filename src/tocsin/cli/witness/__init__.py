"""`tocsin witness`: vouch that a log only grows (docs/run/witness.md). Needs no database and no settings."""

import argparse
import signal
import threading
import time
from pathlib import Path

from tocsin.cli.commands import refuse
from tocsin.cli.witness.memory import Memory, SpoiledError
from tocsin.cli.witness.server import WitnessServer
from tocsin.cli.witness.witness import Witness
from tocsin.tlog.cosignature import CosignatureSigner
from tocsin.tlog.keys import KeyTextError, LogVerifier, parse_log_vkey

_LISTEN = "127.0.0.1:8970"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `tocsin witness` takes."""
    parser.add_argument("--name", required=True, help="the witness's name for ever, such as witness.example.net")
    parser.add_argument("--state", type=Path, required=True, metavar="DIR", help="where its key and memory lie")
    parser.add_argument(
        "--log", action="append", required=True, metavar="VKEY", help="the key of a log to witness; may be repeated"
    )
    parser.add_argument("--listen", default=_LISTEN, metavar="HOST:PORT", help=f"where to listen ({_LISTEN})")


def run(options: argparse.Namespace) -> int:
    """Witness until told to stop."""
    try:
        host, port = _address(options.listen)
        logs = _logs(options.log)
        memory = Memory(options.state)
        signer = memory.signer(options.name)
        witness = Witness(memory=memory, signer=signer, logs=logs, clock=time.time)
        known = witness.seen()
        server = WitnessServer((host, port), witness, _about(signer, logs))
    except (KeyTextError, SpoiledError, ValueError) as error:
        return refuse(str(error))
    except OSError as error:
        return refuse(f"{error.filename or options.listen} cannot be used ({error.strerror})")
    # Asked for by the log's operator and by everyone who checks: it is the first line, and alone on it.
    print(signer.verifier.vkey, flush=True)
    for last in known:
        print(f"witness: {last.origin} is known up to {last.size}", flush=True)
    print(f"witness: post to http://{host}:{server.server_port}/add-checkpoint", flush=True)
    _serve(server)
    memory.close()
    return 0


def _serve(server: WitnessServer) -> None:
    """Serve until SIGTERM or Ctrl+C."""

    def stop(*_: object) -> None:
        # Not in the handler itself: shutdown waits for the loop that the handler interrupts.
        threading.Thread(target=server.shutdown).start()

    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, stop)
    with server:
        server.serve_forever(poll_interval=0.2)


def _logs(vkeys: list[str]) -> list[LogVerifier]:
    try:
        return [parse_log_vkey(text) for text in vkeys]
    except KeyTextError as error:
        message = f"--log: {error}: give the line that the log's server shows at /tally/vkey"
        raise ValueError(message) from error


def _address(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 <= int(port) <= 65_535:  # noqa: PLR2004  the highest port
        message = f"--listen {listen}: give HOST:PORT"
        raise ValueError(message)
    return host.strip("[]"), int(port)


def _about(signer: CosignatureSigner, logs: list[LogVerifier]) -> str:
    names = "".join(f"{log.vkey}\n" for log in logs)
    ours = f"A witness of public logs (c2sp.org/tlog-witness).\n\nIts key:\n{signer.verifier.vkey}\n"
    return f"{ours}\nThe logs' keys:\n{names}"
