"""`tocsin witness`: vouch that a log only grows (docs/run/witness.md). Needs no database and no settings."""

import argparse
import signal
import threading
import time
from pathlib import Path

from tocsin.cli.commands import refuse
from tocsin.cli.witness.config import LISTEN, read_config
from tocsin.cli.witness.memory import Memory, SpoiledError
from tocsin.cli.witness.server import WitnessServer
from tocsin.cli.witness.witness import Witness
from tocsin.tlog.cosignature import CosignatureSigner
from tocsin.tlog.keys import KeyTextError, LogVerifier


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `tocsin witness` takes."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="a TOML file that says the rest")
    parser.add_argument("--name", help="the witness's name for ever, such as witness.example.net")
    parser.add_argument("--state", type=Path, metavar="DIR", help="where its key and memory lie")
    parser.add_argument("--log", action="append", metavar="VKEY", help="the key of a log to witness; may be repeated")
    parser.add_argument("--listen", metavar="HOST:PORT", help=f"where to listen ({LISTEN})")


def run(options: argparse.Namespace) -> int:
    """Witness until told to stop."""
    try:
        config = read_config(options)
        memory = Memory(config.state)
        signer = memory.signer(config.name)
        witness = Witness(memory=memory, signer=signer, logs=config.logs, clock=time.time)
        known = witness.seen()
        server = WitnessServer((config.host, config.port), witness, _about(signer, config.logs))
    except (KeyTextError, SpoiledError, ValueError) as error:
        return refuse(str(error))
    except OSError as error:
        return refuse(f"{error.filename or 'the address to listen at'} cannot be used ({error.strerror})")
    # Asked for by the log's operator and by everyone who checks: it is the first line, and alone on it.
    print(signer.verifier.vkey, flush=True)
    for last in known:
        print(f"witness: {last.origin} is known up to {last.size}", flush=True)
    print(f"witness: post to http://{config.host}:{server.server_port}/add-checkpoint", flush=True)
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


def _about(signer: CosignatureSigner, logs: list[LogVerifier]) -> str:
    names = "".join(f"{log.vkey}\n" for log in logs)
    ours = f"A witness of public logs (c2sp.org/tlog-witness).\n\nIts key:\n{signer.verifier.vkey}\n"
    return f"{ours}\nThe logs' keys:\n{names}"
