"""db: transactions under honest names."""

import pytest
from django.db import connection

from tocsin import db


def test_required_fails_loudly_outside_a_transaction(transactional_db: None) -> None:
    with pytest.raises(RuntimeError, match=r"db\.transaction"):
        db.required()


def test_required_passes_inside_a_transaction(transactional_db: None) -> None:
    with db.transaction():
        db.required()
    assert not connection.in_atomic_block


def test_a_transaction_takes_its_turn_once_also_within_a_turn_that_was_taken_before(transactional_db: None) -> None:
    with db.turn(), db.transaction():
        db.required()
    with db.turn(), db.turn():
        assert not connection.in_atomic_block


def test_after_commit_waits_for_the_commit(transactional_db: None) -> None:
    seen: list[bool] = []
    with db.transaction():
        db.after_commit(lambda: seen.append(connection.in_atomic_block))
        assert seen == []
    assert seen == [False]


def test_after_commit_never_runs_when_rolled_back(transactional_db: None) -> None:
    seen: list[str] = []

    def fail_half_way() -> None:
        with db.transaction():
            db.after_commit(lambda: seen.append("ran"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert seen == []
