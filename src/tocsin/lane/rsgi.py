"""The shapes of RSGI, granian's own protocol (its documentation, spec/RSGI), as far as the lane uses them."""

from collections.abc import AsyncIterator
from typing import Any, Protocol


class RSGIHeaders(Protocol):
    """A request's headers, names in lower case."""

    def get(self, key: str, default: Any = None) -> Any:
        """Return a header's value; of a repeated one, the first."""

    def items(self) -> list[tuple[str, str]]:
        """Return all of them that are ASCII."""

    def __contains__(self, key: str) -> bool: ...


class RSGIScope(Protocol):
    """What is said of a request."""

    proto: str  # "http" or "ws"
    client: str  # address:port
    scheme: str
    method: str
    path: str  # decoded
    query_string: str

    @property
    def headers(self) -> RSGIHeaders:
        """The headers."""


class RSGIProtocol(Protocol):
    """How a body comes and an answer goes."""

    async def __call__(self) -> bytes:
        """Return the whole body."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Answer without a body."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer with all of a body."""
