"""Log lines without values: what failed and where, never what somebody typed or who they are.

An exception's message may hold an address, a row or a query with its parameters; the lines of
a traceback hold none of that, so only its type and places are kept.
"""

import logging
import threading
import traceback
from types import TracebackType

_MOST_PLACES = 8


def where(error: BaseException) -> str:
    """Return an error's type and the places it came through, the last first."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [
        f"{frame.name}:{frame.lineno} ({frame.filename.rpartition('/')[2]})"
        for frame in frames[: -_MOST_PLACES - 1 : -1]
    ]
    return f"{type(error).__name__} at {' < '.join(places)}" if places else type(error).__name__


class QuietFormatter(logging.Formatter):
    """Formats exceptions as `where` does."""

    def formatException(  # noqa: N802  the name is the standard library's
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Return the places of an exception, without its words."""
        return where(ei[1]) if ei[1] is not None else ""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback that another handler has formatted already is not repeated."""
        record.exc_text = None
        return super().format(record)


class OnlyFailures(logging.Filter):
    """Lets errors of Django's request loggers through, without the path that their message holds."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the record is worth a line; take the request out of it."""
        if record.levelno < logging.ERROR:
            return False
        record.msg, record.args = "a request failed", ()
        return True


def report_threads_quietly() -> None:
    """Log what a thread dies of through `logging`, where `QuietFormatter` sees it, not with its words."""

    def report(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            logging.getLogger(__name__).error("a thread ended: %s", where(args.exc_value))

    threading.excepthook = report
