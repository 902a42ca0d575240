"""What `tocsin open` writes: signatories for a spreadsheet, as JSON lines, or sealed as they are."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TextIO

import orjson

from tocsin.kit.spreadsheets import cell
from tocsin.signing.sealed_rows import sealed_rows
from tocsin.vault.queries import epochs
from tocsin.vault.reader import Reader

# Excel takes a file for UTF-8 when it begins with this; LibreOffice and Python's utf-8-sig skip it.
_BYTE_ORDER_MARK: Final = "\ufeff"
COLUMNS: Final = (
    "name",
    "email",
    "country",
    "place",
    "reason",
    "language",
    "shows_name",
    "keep_informed",
    "signed_on",
    "state",
)


@dataclass(slots=True)
class Tally:
    """How many rows were written, and how many stayed closed."""

    written: int = 0
    closed: int = 0


def write_csv(campaign: int, slug: str, private_keys: Sequence[bytes], out: TextIO) -> Tally:
    """Write one line a signatory; no cell begins like a formula."""
    tally = Tally()
    out.write(_BYTE_ORDER_MARK)
    writer = csv.DictWriter(out, COLUMNS, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for signatory in _signatories(campaign, slug, private_keys, tally):
        writer.writerow({column: cell(_text(signatory[column])) for column in COLUMNS})
    return tally


def write_json(campaign: int, slug: str, private_keys: Sequence[bytes], out: TextIO) -> Tally:
    """Write one JSON object a signatory and line, the words exactly as they were typed."""
    tally = Tally()
    out.writelines(_line(signatory) for signatory in _signatories(campaign, slug, private_keys, tally))
    return tally


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


def _signatories(campaign: int, slug: str, private_keys: Sequence[bytes], tally: Tally) -> Iterator[dict[str, Any]]:
    """Yield each signatory's columns; what may have changed since signing is the row's, not the payload's."""
    reader = Reader(private_keys, slug)
    for row in sealed_rows(campaign):
        opened = reader.open(row.sealed)
        if opened is None:
            tally.closed += 1
            continue
        tally.written += 1
        payload = orjson.loads(opened.payload)
        signatory = {column: payload.get(column, "") for column in COLUMNS}
        yield signatory | {
            "shows_name": row.shows_name,
            "keep_informed": row.keep_informed,
            "signed_on": row.signed_on.isoformat(),
            "state": row.state.name.lower(),
        }


def _text(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
