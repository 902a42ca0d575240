"""What a worker does once a day: each job by itself, so that one that fails takes no other along."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from django.db import DatabaseError

_log = logging.getLogger(__name__)
_AGAIN = timedelta(hours=1)
# No mark is for later than the next midnight: one that is comes from a clock that was wrong.
_FARTHEST = timedelta(days=1)


def do_daily(jobs: Mapping[str, Callable[[], object]], *, marks: Path, now: datetime) -> None:
    """Do each job that no worker of this data folder has done today, by UTC; `marks` is the file that says so.

    A job that fails, or whose process dies of it, is tried again after an hour. Trouble of the database or
    of the disk is raised: what is left is done in the next round.
    """
    for name, job in jobs.items():
        due = _read(marks)
        if name in due and now < due[name] <= now + _FARTHEST:
            continue
        _write(marks, due | {name: now + _AGAIN})
        try:
            job()
        except (DatabaseError, OSError):
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the other jobs of the day are to be done
            # The type alone: words of an error can hold what is in a row.
            _log.error("the daily job %s failed, and is tried again in an hour (%s)", name, type(error).__name__)
        else:
            tomorrow = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
            _write(marks, _read(marks) | {name: tomorrow})


def _read(marks: Path) -> dict[str, datetime]:
    """Return when each job is due next; one whose line cannot be read is due now."""
    due: dict[str, datetime] = {}
    text = marks.read_text(encoding="ascii", errors="replace") if marks.exists() else ""
    for line in text.splitlines():
        name, _, moment = line.partition(" ")
        try:
            due[name] = datetime.fromisoformat(moment).astimezone(UTC)
        except ValueError:
            continue
    return due


def _write(marks: Path, due: Mapping[str, datetime]) -> None:
    lines = "".join(f"{name} {moment.isoformat()}\n" for name, moment in sorted(due.items()))
    marks.write_text(lines, encoding="ascii")
