"""Nor can it be told from how long the answer takes: five hundred of each kind, turn by turn (a long run)."""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cast import MAYA
from tests.running.mailbox import Mailbox, link_in
from tests.running.server import Server
from tests.running.visitor import Visitor

TIMES = 500
AT_MOST_SECONDS = 0.005


def seconds_of(visitor: Visitor, address: str) -> float:
    """Return how long the server took to answer the second step of `address`."""
    form = visitor.form(replace(MAYA, address=address))
    held = visitor.ask("POST", f"{visitor.page}sign", form).hidden("held")
    begun = time.perf_counter()
    answer = visitor.ask("POST", f"{visitor.page}sign", {"held": held})
    taken = time.perf_counter() - begun
    assert answer.status == 303
    return taken


@pytest.mark.soak
def test_an_answer_to_who_has_signed_takes_as_long(
    make_server: Callable[..., Server], tmp_path: Path, mailbox: Mailbox
) -> None:
    visitor = Visitor(make_server(tmp_path, TOCSIN_SECOND_STEP_SECONDS="0", TOCSIN_ADDRESS_RATE="100000"))
    known = "known@example.org"
    seconds_of(visitor, known)
    visitor.confirm(link_in(mailbox.wait_for(known), "c"))
    new, repeated = [], []
    for number in range(TIMES):
        new.append(seconds_of(visitor, f"new.{number}@example.org"))
        repeated.append(seconds_of(visitor, known))
    assert abs(statistics.mean(new) - statistics.mean(repeated)) < AT_MOST_SECONDS
