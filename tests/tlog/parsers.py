"""The parsers of what others wrote, each with what must hold for any bytes at all.

Whatever comes in, a parser either raises its own error or returns a value that is spelled the one
way it came: `make test` asks that of a kept corpus, and `make soak` of what a fuzzer invents.
"""

from collections.abc import Callable
from pathlib import Path

from tests.tlog.logs import LOG, WITNESS
from tests.tlog.respelling import respell
from tocsin.tlog import bundles, note
from tocsin.tlog.checkpoint import Checkpoint, CheckpointTextError
from tocsin.tlog.entry import EntryError, parse
from tocsin.tlog.keys import KeyTextError, parse_skey, parse_vkey
from tocsin.tlog.receipt import Claim, Receipt, ReceiptError, verify_receipt
from tocsin.tlog.recount import recount
from tocsin.tlog.signed import CheckpointError, open_checkpoint
from tocsin.tlog.tiles import TileError, parse_path

CORPUS = Path(__file__).with_name("corpus")


def as_text(data: bytes) -> str:
    # What is no UTF-8 comes as lone surrogates, which no parser may choke on.
    return data.decode("utf-8", "surrogateescape")


def entry(data: bytes) -> None:
    try:
        read = parse(data)
    except EntryError:
        return
    assert respell(read) == data


def bundle(data: bytes) -> None:
    try:
        entries = bundles.decode(data)
    except bundles.BundleError:
        return
    assert bundles.encode(entries) == data
    result = recount(entries)
    assert result.size == len(entries)
    assert all(one.count >= 0 for one in result.campaigns.values())


def signed_note(data: bytes) -> None:
    try:
        read = note.parse(data)
    except note.NoteError:
        return
    assert str(read).encode() == data


def checkpoint(data: bytes) -> None:
    try:
        read = Checkpoint.from_text(as_text(data))
    except CheckpointTextError:
        pass
    else:
        assert read.text == as_text(data)
    try:
        opened = open_checkpoint(data, log_keys=[LOG.verifier], witnesses=[WITNESS.verifier])
    except CheckpointError:
        return
    assert opened.note.encode() == data


def receipt(data: bytes) -> None:
    try:
        read = Receipt.from_text(as_text(data))
    except ReceiptError:
        return
    assert read.text == as_text(data)
    try:
        verify_receipt(read, receipt_key=bytes(32), address="ana@example.org", log_keys=[LOG.verifier])
    except ReceiptError:
        return


def claim(data: bytes) -> None:
    try:
        read = Claim.from_bytes(data)
    except ReceiptError:
        return
    assert read.to_bytes() == data


def tile_path(data: bytes) -> None:
    try:
        tile = parse_path(as_text(data))
    except TileError:
        return
    assert tile.path == as_text(data)


def key(data: bytes) -> None:
    text = as_text(data)
    for read in (lambda: parse_vkey(text).vkey, lambda: parse_skey(text).skey):
        try:
            again = read()
        except KeyTextError:
            continue
        assert again == text


PARSERS: dict[str, Callable[[bytes], None]] = {
    "entry": entry,
    "bundle": bundle,
    "note": signed_note,
    "checkpoint": checkpoint,
    "receipt": receipt,
    "claim": claim,
    "tile_path": tile_path,
    "key": key,
}


def corpus(name: str) -> list[Path]:
    """Return the kept inputs of a parser, in a fixed order."""
    return sorted((CORPUS / name).iterdir())
