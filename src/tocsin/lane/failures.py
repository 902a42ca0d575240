"""The pages for what went wrong, made once a status and language; and what may be said of a failure."""

import logging
from http import HTTPStatus

from tocsin.kit.quiet_log import where
from tocsin.lane.batcher import BusyError
from tocsin.lane.behind import Django
from tocsin.lane.http import Header, Response, html
from tocsin.website.pages import error_page

_log = logging.getLogger(__name__)
_NO_STORE: Header = (b"cache-control", b"no-store")
_WORDS = "<!doctype html><html lang=en><title>{status}</title><h1>{phrase}</h1>"


class FailurePages:
    """Error pages, kept once they were rendered."""

    def __init__(self, django: Django) -> None:
        self._django = django
        self._kept: dict[tuple[HTTPStatus, str], bytes] = {}

    async def answer(self, status: HTTPStatus, language: str, *headers: Header) -> Response:
        """Return the page for `status`; plain words where even that cannot be rendered."""
        body = self._kept.get((status, language))
        if body is None:
            body = await self._render(status, language)
        return html(body, status, _NO_STORE, *headers)

    async def _render(self, status: HTTPStatus, language: str) -> bytes:
        try:
            page = await self._django.on_page_thread(lambda: error_page(status, language))
        except Exception as error:  # noqa: BLE001  the page for failures may not fail
            if not isinstance(error, BusyError):
                report(error)
            return _WORDS.format(status=int(status), phrase=status.phrase).encode()
        body = self._kept[status, language] = page.encode()
        return body


def report(error: BaseException) -> None:
    """Log what failed and where: never the words of an error, which may hold what somebody typed."""
    _log.error("a request failed: %s", where(error))
