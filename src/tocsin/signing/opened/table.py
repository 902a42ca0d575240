"""Signatories as a file: a spreadsheet's CSV without formulas, or JSON lines with the words exactly as typed."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Final

import orjson

from tocsin.kit.spreadsheets import cell
from tocsin.signing.opened.rows import Signatory

# Excel takes a file for UTF-8 when it begins with this; LibreOffice and Python's utf-8-sig skip it.
BYTE_ORDER_MARK: Final = "\ufeff"
COLUMNS: Final = tuple(field.name for field in fields(Signatory))


def csv_head() -> str:
    """Return what a CSV file begins with: the mark and the names of the columns."""
    return BYTE_ORDER_MARK + _csv([COLUMNS])


def csv_lines(people: Iterable[Signatory]) -> str:
    """Return one line a person; no cell begins like a formula."""
    return _csv([cell(_text(value)) for value in person.columns().values()] for person in people)


def json_lines(people: Iterable[Signatory]) -> str:
    """Return one JSON object a line and person."""
    return b"".join(orjson.dumps(person.columns(), option=orjson.OPT_APPEND_NEWLINE) for person in people).decode()


def no_head() -> str:
    """Return what a file of JSON lines begins with: nothing."""
    return ""


Writer = tuple[Callable[[], str], Callable[[Iterable[Signatory]], str]]


def _csv(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


def _text(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
