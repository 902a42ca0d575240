"""Mail servers, as fixtures."""

from collections.abc import Callable, Iterator

import pytest

from tests.outbox.sink import ScriptedSink


@pytest.fixture
def make_sink() -> Iterator[Callable[..., ScriptedSink]]:
    """Return a maker of mail servers that answer by script."""
    made: list[ScriptedSink] = []

    def make(**options: float) -> ScriptedSink:
        made.append(ScriptedSink(**options).start())
        return made[-1]

    yield make
    for sink in made:
        sink.stop()


@pytest.fixture
def sink(make_sink: Callable[..., ScriptedSink]) -> ScriptedSink:
    """Return a mail server that answers by script."""
    return make_sink()
