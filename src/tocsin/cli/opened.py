"""What `tocsin open` writes: signatories for a spreadsheet, as JSON lines, or sealed as they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TextIO

import orjson

from tocsin.signing.opened import table
from tocsin.signing.opened.rows import Signatory, batches, signatory
from tocsin.signing.sealed_rows import sealed_rows
from tocsin.vault.queries import epochs
from tocsin.vault.reader import Reader


@dataclass(slots=True)
class Tally:
    """How many rows were written, and how many stayed closed."""

    written: int = 0
    closed: int = 0


def write_csv(campaign: int, slug: str, private_keys: Sequence[bytes], out: TextIO) -> Tally:
    """Write one line a signatory; no cell begins like a formula."""
    out.write(table.csv_head())
    return _write(campaign, Reader(private_keys, slug), table.csv_lines, out)


def write_json(campaign: int, slug: str, private_keys: Sequence[bytes], out: TextIO) -> Tally:
    """Write one JSON object a signatory and line, the words exactly as they were typed."""
    return _write(campaign, Reader(private_keys, slug), table.json_lines, out)


WRITERS: Final[dict[str, Callable[[int, str, Sequence[bytes], TextIO], Tally]]] = {"csv": write_csv, "json": write_json}


def write_sealed(campaign: int, out: TextIO) -> Tally:
    """Write epochs and rows as docs/spec/sealing.md has them: for the opener that needs no Tocsin."""
    tally = Tally()
    wrapped = ((bytes(epoch.id).hex(), bytes(epoch.wrapped).hex()) for epoch in epochs(campaign))
    out.writelines(_line({"epoch": epoch, "sealed": sealed}) for epoch, sealed in wrapped)
    for row in sealed_rows(campaign):
        out.write(_line({"sealed": row.sealed.hex()}))
        tally.written += 1
    return tally


def _line(fields: dict[str, Any]) -> str:
    return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE).decode("utf-8")


def _write(campaign: int, reader: Reader, lines: Callable[[Sequence[Signatory]], str], out: TextIO) -> Tally:
    tally = Tally()
    for rows in batches(campaign, reader):
        people = [signatory(row) for row in rows if row.opened]
        out.write(lines(people))
        tally.written += len(people)
        tally.closed += len(rows) - len(people)
    return tally
