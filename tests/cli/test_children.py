"""cli.children: a child that keeps dying is not started without end."""

import logging
import threading

import pytest

from tocsin.cli.children import Children


def test_a_child_that_dies_at_once_is_started_more_and_more_rarely(caplog: pytest.LogCaptureFixture) -> None:
    children = Children()
    children.add("broken", "no-such-command")
    threading.Timer(6.5, children.stop.set).start()
    with caplog.at_level(logging.ERROR):
        children.run()
    assert caplog.messages[:3] == [
        "broken ended (2); starting it again",
        "broken ended (2); starting it again in 1 s",
        "broken ended (2); starting it again in 2 s",
    ]
    assert len(caplog.messages) <= 4
