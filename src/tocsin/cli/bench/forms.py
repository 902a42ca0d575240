"""Read the campaign page as a browser does: the hidden fields of its form."""

import http.client
from html.parser import HTMLParser

from tocsin.cli.bench.processes import BenchError


class _HiddenFields(HTMLParser):
    """Collects the hidden inputs of the form whose action ends in `action`."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self._action = action
        self._is_inside = False
        self.found: dict[str, str] = {}
        self.is_there = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one opening tag."""
        given = dict(attrs)
        if tag == "form":
            self._is_inside = (given.get("action") or "").endswith(self._action)
            self.is_there |= self._is_inside
        elif self._is_inside and tag == "input" and given.get("type") == "hidden":
            self.found[given.get("name") or ""] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        """Look at one closing tag."""
        if tag == "form":
            self._is_inside = False


def fetch(port: int, path: str, *, gzip: bool = False) -> bytes:
    """Return the body of a page; raise BenchError when there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"} if gzip else {})
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != http.client.OK:
        message = f"{path} answers {answer.status}"
        raise BenchError(message)
    return body


def hidden_fields(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form that is posted to an address ending in `action`."""
    reader = _HiddenFields(action)
    reader.feed(page)
    if not reader.is_there:
        message = f"the page has no form that is posted to {action}: does the campaign take signatures?"
        raise BenchError(message)
    return {name: value for name, value in reader.found.items() if name}
