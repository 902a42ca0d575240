"""What can be chosen on the command line."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Self

# A million in eight minutes are a crowd: more of them wait at once, so each batch is larger.
_CONNECTIONS = {"life": 512}


@dataclass(frozen=True, slots=True)
class Options:
    """One benchmark as it was asked for."""

    bench: str
    seconds: float
    rounds: int
    processes: int
    database: str  # postgres://…; empty: SQLite
    signatures: int
    stored: int
    connections: int
    is_alone: bool
    as_json: bool
    rallies: int
    places: Path | None

    @classmethod
    def of(cls, given: argparse.Namespace) -> Self:
        """Return what the parser read."""
        return cls(
            bench=given.bench,
            seconds=given.seconds,
            rounds=given.rounds,
            processes=given.processes,
            database=given.database,
            signatures=given.signatures,
            stored=given.stored,
            connections=given.connections or _CONNECTIONS.get(given.bench, 128),
            is_alone=given.alone,
            as_json=given.json,
            rallies=given.rallies,
            places=given.places,
        )


def add_options(parser: argparse.ArgumentParser, benches: tuple[str, ...]) -> None:
    """Declare the options."""
    parser.add_argument("bench", choices=benches, help="what to measure")
    parser.add_argument("--seconds", type=_seconds, default=5.0, help="of load, for each server and round (5)")
    parser.add_argument("--rounds", type=_count, default=3, help="how often each server has its turn (3)")
    parser.add_argument("--processes", type=int, choices=(1, 2), default=2, help="web processes of each server (2)")
    parser.add_argument("--database", default="", metavar="URL", help="postgres://… to make databases beside (SQLite)")
    parser.add_argument("--signatures", type=_count, default=1_000_000, help="of `life`, entries of `audit` (1000000)")
    parser.add_argument("--stored", type=int, default=0, metavar="N", help="signatures stored beforehand (0)")
    parser.add_argument("--connections", type=_count, help="kept-alive connections (128; of `life` twice 512)")
    parser.add_argument("--alone", action="store_true", help="measure Tocsin without the baselines")
    parser.add_argument("--rallies", type=_count, default=10_000, help="of `map` (10000)")
    parser.add_argument("--places", type=Path, metavar="FILE", help="CSV of locality, state, lat, lon for most of them")
    parser.add_argument("--json", action="store_true", help="write figures as JSON to standard output")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        message = "a whole number above nought"
        raise argparse.ArgumentTypeError(message)
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if seconds <= 0:
        message = "more than no time"
        raise argparse.ArgumentTypeError(message)
    return seconds
