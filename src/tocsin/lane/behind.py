"""Django behind the lane: rendering public pages, the pages behind a link, and the desk as it comes.

Its WSGI handler on threads of our own: four times as fast as its ASGI handler, the
connections to the database stay with their threads, and a stop waits for nobody.
"""

import io
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from tocsin.lane.http import Header, Request, Response
from tocsin.lane.threads import Threads
from tocsin.rallies.photos import SENT

Result = TypeVar("Result")
Run = Callable[[Callable[[], Response]], Awaitable[Response]]


class Django:
    """Asks Django, on a few threads for pages, for links and for the desk, so that none waits for the others."""

    def __init__(self) -> None:
        self._handler = WSGIHandler()
        self._page_threads = Threads(count=2, limit=200, name="pages")
        self._link_threads = Threads(count=2, limit=100, name="links")
        self._desk_threads = Threads(count=4, limit=100, name="desk")
        host = settings.ALLOWED_HOSTS[0]
        self._own = {"HTTP_HOST": host, "SERVER_NAME": host}

    def start(self) -> None:
        """Start the threads."""
        self._page_threads.start()
        self._link_threads.start()
        self._desk_threads.start()

    def stop(self) -> None:
        """Let the threads go."""
        self._page_threads.stop()
        self._link_threads.stop()
        self._desk_threads.stop()

    async def page(self, path: str, query: bytes) -> Response:
        """Return a public page: asked for by nobody in particular, so it depends on nobody."""
        request = Request("GET", path, query, {}, "")
        return await self._page_threads.run(lambda: self._answer(request, secure=settings.IS_TLS))

    async def on_page_thread(self, call: Callable[[], Result]) -> Result:
        """Return what `call` returns, run where pages are rendered."""
        return await self._page_threads.run(call)

    async def by_link(self, request: Request, *, secure: bool, on: Run | None = None) -> Response:
        """Return the page behind a secret address: it depends on that, and on nothing that a browser keeps.

        `on` runs it on other threads, for what takes so long that the other pages would wait.
        """
        return await (on or self._link_threads.run)(lambda: self._answer(request, secure=secure))

    async def on_link_thread(self, call: Callable[[], Result]) -> Result:
        """Return what `call` returns, run where pages behind a secret address are."""
        return await self._link_threads.run(call)

    async def desk(self, request: Request, *, secure: bool) -> Response:
        """Return the answer to a request that is passed on as it came, cookies and all."""
        return await self._desk_threads.run(lambda: self._answer(request, secure=secure))

    def _answer(self, request: Request, *, secure: bool) -> Response:
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
            said.append((status, headers))

        body: Iterable[bytes] = self._handler(self._environ(request, secure=secure), start_response)
        try:
            whole = b"".join(body)
        finally:
            if (close := getattr(body, "close", None)) is not None:
                close()
        status, headers = said[0]
        return Response(int(status[:3]), whole, [_header(name, value) for name, value in headers])

    def _environ(self, request: Request, *, secure: bool) -> dict[str, Any]:
        """Return what WSGI calls the environment (PEP 3333)."""
        environ = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": request.path.encode().decode("latin-1"),
            "QUERY_STRING": request.query.decode("latin-1"),
            "SERVER_PORT": "443" if secure else "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": request.client,
            "CONTENT_LENGTH": str(len(request.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https" if secure else "http",
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            SENT: request.photo,
            **self._own,
        }
        for name, value in request.headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key in _BARE else f"HTTP_{key}"] = value
        return environ


_BARE = frozenset({"CONTENT_TYPE"})


def _header(name: str, value: str) -> Header:
    return name.lower().encode("latin-1"), value.encode("latin-1")
