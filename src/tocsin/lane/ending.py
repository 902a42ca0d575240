"""A stop ends by itself: whatever hangs, the process is gone before anybody has to kill it.

granian waits for every request that is under way before it says goodbye, and a request may
wait for a database that never answers. So the first SIGTERM or SIGINT also starts an alarm.
What was answered is on the disk; what was not, was never promised.
"""

import logging
import os
import signal
import threading
from types import FrameType

_log = logging.getLogger(__name__)
# Below the seven seconds after which the parent kills: this way there is a line about it.
ALARM_SECONDS = 6.0


def end_in_time(seconds: float = ALARM_SECONDS) -> None:
    """Exit `seconds` after the first signal to stop, if nobody else has ended the process by then.

    Call it on the main thread once the server has set its own handlers: they go on working.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _chained(signal.getsignal(number), seconds))


def _chained(before: "signal._HANDLER", seconds: float) -> "signal._HANDLER":
    def handle(number: int, frame: FrameType | None) -> None:
        alarm = threading.Timer(seconds, _exit)
        alarm.daemon = True
        alarm.start()
        if callable(before):
            before(number, frame)

    return handle


def _exit() -> None:
    _log.warning("a request or a thread did not end in time; stopping without it")
    # Not sys.exit: that would wait for what hangs.
    os._exit(1)
