"""website.views.errors: what passes is told from what is broken."""

import sqlite3
from http import HTTPStatus

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.test import Client

from tocsin.campaigns.models import Campaign


def sqlite_error(code: int) -> sqlite3.OperationalError:
    """Return an error as the driver raises it, with its extended result code."""
    error = sqlite3.OperationalError()
    error.sqlite_errorcode = code
    return error


pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.mark.parametrize(
    "error, status, retry",
    [(OperationalError, 503, "5"), (InterfaceError, 503, "5"), (RuntimeError, 500, None)],
)
def test_a_page_of_a_database_that_is_away_says_try_again(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], status: int, retry: str | None
) -> None:
    def fail(*_: object) -> None:
        words = "maya@example.org"
        raise error(words)

    monkeypatch.setattr(CursorWrapper, "execute", fail)
    answer = Client(raise_request_exception=False).get("/en/night-trains/")
    assert (HTTPStatus(answer.status_code), answer.get("Retry-After")) == (status, retry)
    assert answer["Cache-Control"] == "no-store"
    assert b"maya" not in answer.content


@pytest.mark.parametrize(
    "cause, status",
    [
        (psycopg.errors.AdminShutdown(), 503),
        (psycopg.errors.ProgramLimitExceeded(), 500),
        (sqlite_error(sqlite3.SQLITE_IOERR_FSYNC), 503),
        (sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT), 503),
        (sqlite_error(sqlite3.SQLITE_READONLY), 500),
        (sqlite_error(sqlite3.SQLITE_ERROR_MISSING_COLLSEQ), 500),
    ],
    ids=["shut down", "too long", "disk", "busy", "read only", "mistake"],
)
def test_what_never_passes_is_no_reason_to_come_back(
    monkeypatch: pytest.MonkeyPatch, cause: Exception, status: int
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError from cause

    monkeypatch.setattr(CursorWrapper, "execute", fail)
    assert Client(raise_request_exception=False).get("/en/night-trains/").status_code == status


def test_a_table_that_is_missing_is_a_mistake_of_ours_and_does_not_pass() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{Campaign._meta.db_table}" RENAME TO "elsewhere"')  # noqa: SLF001  the table's name is Django's to give
    answer = Client(raise_request_exception=False).get("/en/night-trains/")
    assert (HTTPStatus(answer.status_code), answer.get("Retry-After")) == (500, None)
