"""Where a posted form comes from: other sites may not post in a visitor's name.

Nothing public needs a cookie, so this guards against a page that lets its visitors sign, or
confirm, without knowing it (attacks.md, row 70).
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

_OURSELVES = frozenset({"same-origin", "none"})  # none: typed or from a bookmark (W3C Fetch Metadata)


def is_cross_site(headers: Mapping[str, str], *, base_url: str, may_be_null: bool) -> bool:
    """Say whether a browser tells us that another site posts.

    A page without referrer posts with `Origin: null`, even to itself (WHATWG Fetch, "append a
    request Origin header"); `may_be_null` says that the form stands on such a page. A client
    that says nothing is no browser with somebody else's page in it.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site not in _OURSELVES:
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    if origin == "null":
        return site is None and not may_be_null
    return not _is_ours(origin, headers.get("host", ""), base_url)


def _is_ours(origin: str, host: str, base_url: str) -> bool:
    """Say whether `origin` is this server; its host has been checked, the scheme may end at a proxy."""
    text = origin.lower()
    if text == base_url.lower():
        return True
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.netloc == host.lower()
