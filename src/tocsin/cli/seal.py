"""`tocsin seal`: put the keys of a stopped server into sealed mode, or bring them back."""

import argparse
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from tocsin.cli.commands import refuse, unusable
from tocsin.cli.passphrases import read_passphrase
from tocsin.seal.box import BoxBrokenError
from tocsin.seal.keyfile import PassphraseWrongError
from tocsin.vault import sealed
from tocsin.vault.passphrase import PassphraseTooShortError, six_words
from tocsin.vault.sealed import Mode

REFUSALS = (
    PassphraseTooShortError,
    PassphraseWrongError,
    BoxBrokenError,
    ValueError,
    sealed.AloneError,
    sealed.DifferentKeyError,
    sealed.LastOperatorError,
    sealed.NotSealedError,
    sealed.OperatorExistsError,
    sealed.OperatorUnknownError,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the acts; without one of them, the keys are sealed for the operator named."""
    act = parser.add_mutually_exclusive_group(required=True)
    act.add_argument("--operator", metavar="NAME", help="seal the keys; NAME opens them after each start")
    act.add_argument("--add", metavar="NAME", help="let one more operator open them, with a passphrase of their own")
    act.add_argument("--remove", metavar="NAME", help="take an operator's file away")
    act.add_argument("--undo", action="store_true", help="bring the keys back to standard mode")
    act.add_argument("--status", action="store_true", help="say which mode the keys are in, and who opens them")
    parser.add_argument("--passphrase-file", type=Path, metavar="F", help="without it, you are asked")
    parser.add_argument("--new-passphrase-file", type=Path, metavar="F", help="with --add: the new operator's")


def run(options: argparse.Namespace) -> int:
    """Do what was asked for, or say in one line why not."""
    act = next(act for name, act in _ACTS.items() if getattr(options, name))
    try:
        return act(Path(settings.KEYS_DIR), options)
    except REFUSALS as error:
        return refuse(str(error))
    except (OSError, UnicodeDecodeError) as error:
        return refuse(unusable(error))


def _seal(folder: Path, options: argparse.Namespace) -> int:
    mode = sealed.mode_of(folder)
    if mode is Mode.SEALED:
        return refuse("the keys are sealed already; '--add NAME' gives somebody else a passphrase")
    if mode is Mode.HALF and sealed.store_of(folder) is None:
        sealed.finish_bringing_back(folder)
        mode = Mode.STANDARD
    if mode is Mode.HALF:
        passphrase = read_passphrase(options.passphrase_file, "The keys were left half sealed. Passphrase: ")
        count = sealed.finish(folder, root=sealed.root_key(folder, passphrase=passphrase))
        print(f"finished: {count} keys that still lay readable are sealed now")
        return 0
    question = f"New passphrase, as in '{six_words()}': "
    passphrase = read_passphrase(options.passphrase_file, question)
    count = sealed.seal(folder, label=options.operator, passphrase=passphrase)
    print(f"{count} keys are sealed. Next: 'tocsin serve --sealed', and after each start 'tocsin unseal'.")
    print("Write the passphrase down: without it nobody can take signatures here again. A second operator: --add NAME")
    return 0


def _add(folder: Path, options: argparse.Namespace) -> int:
    root = _root(folder, options)
    new = read_passphrase(options.new_passphrase_file, f"New operator's passphrase, as in '{six_words()}': ")
    sealed.add_operator(folder, root=root, label=options.add, passphrase=new)
    print(f"{options.add} can open the keys too")
    return 0


def _remove(folder: Path, options: argparse.Namespace) -> int:
    sealed.remove_operator(folder, label=options.remove)
    print(f"{options.remove}'s file is gone. If they kept a copy, 'tocsin seal --undo' and seal anew.")
    return 0


def _undo(folder: Path, options: argparse.Namespace) -> int:
    if sealed.mode_of(folder) is Mode.HALF and sealed.store_of(folder) is None:
        sealed.finish_bringing_back(folder)
        print("finished: the keys are in their files")
        return 0
    count = sealed.bring_back(folder, root=_root(folder, options))
    print(f"{count} keys are back in their files. Next: 'tocsin serve'.")
    return 0


def _status(folder: Path, options: argparse.Namespace) -> int:
    del options
    mode = sealed.mode_of(folder)
    print(f"mode: {mode.value}")
    if sealed.store_of(folder) is not None:
        print(f"operators: {', '.join(sealed.operators(folder))}")
    if mode is Mode.HALF:
        print("a conversion was interrupted: run 'tocsin seal --operator NAME' or 'tocsin seal --undo' to finish it")
    return 0


def _root(folder: Path, options: argparse.Namespace) -> bytes:
    return sealed.root_key(folder, passphrase=read_passphrase(options.passphrase_file, "Passphrase of an operator: "))


_ACTS: dict[str, Callable[[Path, argparse.Namespace], int]] = {
    "operator": _seal,
    "add": _add,
    "remove": _remove,
    "undo": _undo,
    "status": _status,
}
