"""How heavy a page is with everything that a browser fetches for it by itself."""

from html.parser import HTMLParser

from tocsin.cli.bench.forms import fetch

_STYLES = frozenset({"stylesheet", "icon"})


class _Loaded(HTMLParser):
    """Collects the styles, scripts and pictures that a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one opening tag."""
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and given.get("rel") in _STYLES and given.get("media") != "print":
            self.found.append(given.get("href", ""))
        elif tag in {"script", "img"} and given.get("src"):
            self.found.append(given["src"])


def weight(port: int, path: str) -> dict[str, int]:
    """Return the compressed bytes of the page and of each thing it loads, by path."""
    page = fetch(port, path)
    reader = _Loaded()
    reader.feed(page.decode())
    return {one: len(fetch(port, one, gzip=True)) for one in dict.fromkeys([path, *reader.found])}
