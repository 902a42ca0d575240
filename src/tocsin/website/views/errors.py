"""What Django's own doors say when something is not there or went wrong."""

from django.conf import settings
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
    """Say 500; asks no database, which may be what broke."""
    return _error(request, 500)


def _error(request: HttpRequest, status: int) -> HttpResponse:
    del request
    # The middlewares have chosen it: by the path, or at the desk by the organiser.
    body = error_page(status, get_language() or settings.LANGUAGE_CODE)
    return HttpResponse(body, status=status, headers={"Cache-Control": "no-store"})
