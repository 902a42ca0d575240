"""config.settings: no logger says more than where something failed."""

from typing import Any

import pytest
from django.conf import settings

from tocsin.kit.quiet_log import OnlyFailures, QuietFormatter


@pytest.fixture
def configured() -> dict[str, Any]:
    found: dict[str, Any] = settings.LOGGING
    return found


def test_every_line_is_written_without_the_words_of_an_exception(configured: dict[str, Any]) -> None:
    assert configured["formatters"]["line"]["()"].endswith(f".{QuietFormatter.__name__}")
    for handler in configured["handlers"].values():
        assert handler["class"] == "logging.NullHandler" or handler["formatter"] == "line"


def test_djangos_loggers_reach_only_handlers_that_drop_paths_and_queries(configured: dict[str, Any]) -> None:
    for name in ("django.request", "django.security", "django.db.backends"):
        logger = configured["loggers"][name]
        assert logger["propagate"] is False
        assert logger["handlers"], "without a handler Python prints warnings all the same"
        for handler in map(configured["handlers"].get, logger["handlers"]):
            filters = [configured["filters"][word]["()"] for word in handler.get("filters", [])]
            is_silent = handler["class"] == "logging.NullHandler"
            assert is_silent or any(word.endswith(f".{OnlyFailures.__name__}") for word in filters), name
