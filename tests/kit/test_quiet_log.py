"""kit.quiet_log: a log line says what failed and where, and holds no value."""

import io
import logging
import threading

import pytest

from tocsin.kit.quiet_log import OnlyFailures, QuietFormatter, report_threads_quietly, where

SECRET = "maya@example.org"


def fail() -> None:
    address = SECRET
    raise ValueError(address)


def failure() -> ValueError:
    with pytest.raises(ValueError, match=SECRET) as caught:
        fail()
    return caught.value


def test_where_says_type_and_places_only() -> None:
    said = where(failure())

    assert said.startswith("ValueError at fail:")
    assert "(test_quiet_log.py)" in said
    assert SECRET not in said


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert where(ValueError(SECRET)) == "ValueError"


def test_where_is_short_however_deep_the_error() -> None:
    def dive(depth: int) -> None:
        if depth:
            dive(depth - 1)
        raise ValueError(SECRET)

    with pytest.raises(ValueError, match=SECRET) as caught:
        dive(50)
    assert len(where(caught.value)) < 600


def logged(level: int, message: str, *values: object, error: bool = False, only_failures: bool = False) -> str:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(QuietFormatter("%(levelname)s %(message)s"))
    if only_failures:
        handler.addFilter(OnlyFailures())
    caught = failure() if error else None
    record = logging.LogRecord(
        "test", level, __file__, 1, message, values, (type(caught), caught, caught.__traceback__) if caught else None
    )
    handler.handle(record)
    return out.getvalue()


def test_a_traceback_is_logged_without_its_words() -> None:
    said = logged(logging.ERROR, "it broke", error=True)

    assert said.startswith("ERROR it broke\nValueError at fail:")
    assert SECRET not in said


def test_djangos_complaint_about_a_request_loses_the_path() -> None:
    said = logged(logging.ERROR, "Internal Server Error: %s", "/c/token", error=True, only_failures=True)

    assert said.startswith("ERROR a request failed\nValueError at fail:")
    assert "token" not in said


def test_what_was_not_found_is_not_logged_at_all() -> None:
    assert logged(logging.WARNING, "Not Found: %s", "/c/token", only_failures=True) == ""


def test_a_thread_that_dies_does_so_without_words(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    report_threads_quietly()

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    assert "a thread ended: ValueError at fail:" in caplog.text
    assert SECRET not in caplog.text
