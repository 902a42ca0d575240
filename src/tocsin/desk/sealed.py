"""The answer of every desk page that needs a key while the server's keys are sealed."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from tocsin.kit.keyfiles import KeysSealedError


class SealedKeysMiddleware:
    """Says who can open the keys, instead of failing: after a restart the desk waits for an operator."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass a request on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Return a page that says what to do when a key could not be read because all are sealed."""
        if not isinstance(error, KeysSealedError):
            return None
        response = render(request, "desk/sealed.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Cache-Control"] = "no-store"
        return response
