"""`tocsin check`: look at everything a server stands on; each line that is not ok says how to mend it."""

import argparse
import platform
from collections.abc import Callable, Iterator

from django.core.exceptions import ImproperlyConfigured

from tocsin.cli.commands import set_django_up
from tocsin.cli.finding import Finding, ok, wrong


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--quiet", action="store_true", help="show only what is not ok")


def run(options: argparse.Namespace) -> int:
    """Show every finding; 1 when something is wrong, 0 when there are only notes."""
    is_wrong = False
    for finding in findings():
        is_wrong |= finding.is_wrong
        if finding.is_said(quiet=options.quiet):
            print(finding)
    print("Something is wrong." if is_wrong else "Nothing is wrong.")
    return int(is_wrong)


def findings() -> Iterator[Finding]:
    """Yield what is found, cheapest first; where the settings do not stand, there is nothing to look at."""
    yield ok(f"Python {platform.python_version()}")  # an older one does not get as far as here
    try:
        set_django_up()
    except ImproperlyConfigured as error:
        yield wrong(str(error))
        return
    yield ok("the settings can be used")
    for look in _looks():
        yield from look()


def _looks() -> tuple[Callable[[], Iterator[Finding]], ...]:
    # They need the settings, and the tables behind them.
    from tocsin.cli import looks

    return looks.LOOKS
