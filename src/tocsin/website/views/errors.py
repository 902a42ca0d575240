"""What Django's own doors say when something is not there or went wrong."""

import sqlite3
import sys
from typing import Final

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from tocsin.website.pages import error_page

# What passes by itself. SQLite's primary result codes (sqlite.org, rescode.html), without what extends them.
_SQLITE_PASSES: Final = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN}
)
# PostgreSQL's classes (its manual, appendix A): connection, rollback, out of resources, in use, the operator's doing.
_POSTGRES_PASSES: Final = frozenset({"08", "40", "53", "55", "57"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say 400."""
    del exception  # its words may hold what was typed
    return _error(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say 403."""
    del exception  # its words may hold what was typed
    return _error(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say 404."""
    del exception  # its words may hold what was typed
    return _error(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Say 500, or 503 while the database is away, which passes; asks no database."""
    if not _is_away(sys.exception()):
        return _error(request, 500)
    answer = _error(request, 503)
    answer["Retry-After"] = "5"
    return answer


def _is_away(error: BaseException | None) -> bool:
    """Say whether the database is away; both drivers say OperationalError of much else, that never passes."""
    if not isinstance(error, OperationalError):
        return isinstance(error, InterfaceError)
    code, state = (getattr(error.__cause__, name, None) for name in ("sqlite_errorcode", "sqlstate"))
    if code is not None:
        return code & 0xFF in _SQLITE_PASSES
    return state is None or state[:2] in _POSTGRES_PASSES


def _error(request: HttpRequest, status: int) -> HttpResponse:
    del request
    # The middlewares have chosen it: by the path, or at the desk by the organiser.
    body = error_page(status, get_language() or settings.LANGUAGE_CODE)
    return HttpResponse(body, status=status, headers={"Cache-Control": "no-store"})
