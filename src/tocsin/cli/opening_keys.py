"""How `tocsin serve` comes by its keys: readable files, or sealed ones that an operator opens."""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from tocsin.cli.passphrases import read_passphrase
from tocsin.cli.prepare import NotReadyError
from tocsin.seal.keyfile import PassphraseWrongError
from tocsin.vault import sealed
from tocsin.vault.keeper import Keeper
from tocsin.vault.sealed import Mode
from tocsin.vault.sealed.slot import Slot
from tocsin.vault.sealed.store import ROOT


@contextlib.contextmanager
def keys_in_use(folder: Path, options: argparse.Namespace, keeper: Keeper) -> Iterator[None]:
    """Hold the key folder while the server runs, and in sealed mode take what operators open.

    Raises NotReadyError when the folder is not in the mode that was asked for, or half in one.
    """
    try:
        with sealed.using(folder):
            _compare(sealed.mode_of(folder), is_sealed=options.sealed, role=options.role)
            if not options.sealed:
                yield
                return
            slot = Slot(folder, keeper)
            try:
                _open_now(folder, options.passphrase_file, keeper)
                yield
            finally:
                slot.close()
    except sealed.AloneError as error:
        raise NotReadyError(str(error)) from error


def _compare(mode: Mode, *, is_sealed: bool, role: str) -> None:
    if mode is Mode.HALF:
        message = "the keys were left half sealed: 'tocsin seal --operator NAME' or 'tocsin seal --undo' finishes it"
        raise NotReadyError(message)
    if mode is Mode.SEALED and not is_sealed:
        message = (
            "the keys are sealed: start with 'tocsin serve --sealed', or bring them back with 'tocsin seal --undo'"
        )
        raise NotReadyError(message)
    if mode is Mode.STANDARD and is_sealed:
        message = "the keys are not sealed yet: 'tocsin seal --operator NAME' does it"
        raise NotReadyError(message)
    if is_sealed and role != "all":
        # The keys of letters live in one keeper: a worker on another machine could not read the letters.
        message = "a sealed server is one machine: start it without --role"
        raise NotReadyError(message)


def _open_now(folder: Path, passphrase_file: Path | None, keeper: Keeper) -> None:
    """Open the keys at the start when there is a file or a terminal to ask; a slip leaves them sealed."""
    if passphrase_file is None and not sys.stdin.isatty():
        print("Tocsin's keys are sealed: 'tocsin unseal' opens them. Pages are served until then.", file=sys.stderr)
        return
    try:
        passphrase = read_passphrase(passphrase_file, "Passphrase of an operator (Enter to open the keys later): ")
        if passphrase.strip():
            keeper.put(ROOT, sealed.root_key(folder, passphrase=passphrase))
            print("Tocsin's keys are open.", file=sys.stderr)
            return
    except (PassphraseWrongError, OSError, UnicodeDecodeError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
    print("The keys stay sealed: 'tocsin unseal' opens them. Pages are served until then.", file=sys.stderr)
