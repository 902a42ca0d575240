"""`tocsin bench`: how fast this machine is, beside baselines measured in the same run (docs/benchmarks.md)."""

import argparse
import importlib
import signal
import sys
from typing import Never

from tocsin.cli.bench.options import Options, add_options
from tocsin.cli.commands import refuse

BENCHES = ("page", "sign", "confirm", "life", "mail", "front-page", "audit", "map")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_options(parser, BENCHES)


def run(options: argparse.Namespace) -> int:
    """Measure what was asked for; 1 when an answer was wrong or nothing could be measured."""
    # Imported only now: load generators import this package too, and must start at once.
    from tocsin.cli.bench.machine import describe, versions
    from tocsin.cli.bench.processes import BenchError
    from tocsin.cli.bench.report import Report
    from tocsin.cli.bench.workshop import workshop

    chosen = Options.of(options)
    signal.signal(signal.SIGTERM, _end)
    try:
        with workshop(chosen.database, processes=chosen.processes) as shop:
            machine = describe(shop.folder)
            # Its tables can be imported now that Django is set up.
            module = importlib.import_module(f"tocsin.cli.bench.{chosen.bench.replace('-', '_')}")
            report: Report = module.measure(shop, chosen)
            report.machine, report.versions = machine, versions() | {"postgresql": shop.databases.version()}
    except BenchError as error:
        return refuse(str(error))
    print(report.as_json() if chosen.as_json else report.as_text())
    return 0


def _end(*_: object) -> Never:
    """Unwind on SIGTERM, so that what was started is ended and what was made is removed."""
    sys.exit(143)
