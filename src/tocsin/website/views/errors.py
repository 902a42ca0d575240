"""What Django's own doors say when something is not there or went wrong."""

import sqlite3
import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from tocsin.website.pages import error_page


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
    """Say whether an error means that the database is away; of a table that is missing SQLite says the same word."""
    is_mistake = getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR if error else False
    return isinstance(error, (OperationalError, InterfaceError)) and not is_mistake


def _error(request: HttpRequest, status: int) -> HttpResponse:
    del request
    # The middlewares have chosen it: by the path, or at the desk by the organiser.
    body = error_page(status, get_language() or settings.LANGUAGE_CODE)
    return HttpResponse(body, status=status, headers={"Cache-Control": "no-store"})
