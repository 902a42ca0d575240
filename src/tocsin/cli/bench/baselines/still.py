"""The bare page baseline: a raw ASGI function that sends ready bytes from memory, and nothing else.

TOCSIN_BENCH_PAGE=page.gz granian --interface asginl tocsin.cli.bench.baselines.still:application
"""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

_BODY = Path(os.environ["TOCSIN_BENCH_PAGE"]).read_bytes()
_HEADERS = [
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-encoding", b"gzip"),
    (b"content-length", str(len(_BODY)).encode()),
    (b"cache-control", b"public, max-age=1"),
    (b"vary", b"accept-encoding"),
]
_STARTED = {"type": "http.response.start", "status": 200, "headers": _HEADERS}
_ENDED = {"type": "http.response.body", "body": _BODY, "more_body": False}

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer any request with the page."""
    del scope, receive
    await send(_STARTED)
    await send(_ENDED)
