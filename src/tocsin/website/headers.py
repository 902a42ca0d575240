"""The headers on every answer, whichever door it leaves by: the lane and Django send the same set.

Nothing is allowed but what comes from this server, and nothing inline: an injected script or
style has no way to run (attacks.md, row 68).
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Header = tuple[bytes, bytes]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def picture_policy(host: str) -> str:
    """Return the policy of a page that may also show pictures from one other host, as in https://tiles.example.org."""
    return CONTENT_SECURITY_POLICY.replace("img-src 'self'", f"img-src 'self' {host}")


_FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)


def permissions_policy(*allowed: str) -> str:
    """Return the policy that takes every feature away but those `allowed`, which the page itself may ask people for."""
    return ", ".join(f"{feature}=(self)" if feature in allowed else f"{feature}=()" for feature in _FEATURES)


PERMISSIONS_POLICY = permissions_policy()

# One day short of two years would keep a domain off the preload lists; two years is what they ask.
_HSTS = "max-age=63072000; includeSubDomains"


def strict_headers(*, is_tls: bool, referrer_policy: str = "no-referrer") -> tuple[Header, ...]:
    """Return the set for a server that is reached over TLS, or not; names in lower case."""
    headers = [
        (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
        (b"referrer-policy", referrer_policy.encode()),
        (b"permissions-policy", PERMISSIONS_POLICY.encode()),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
    ]
    if is_tls:
        headers.append((b"strict-transport-security", _HSTS.encode()))
    return tuple(headers)


STRICT_HEADERS = strict_headers(is_tls=settings.IS_TLS)

# A form on a page without referrer is sent with "Origin: null"; the pages behind a token are
# worth an honest Origin, and their address, which is the secret, still stays home.
TOKEN_HEADERS = (
    *strict_headers(is_tls=settings.IS_TLS, referrer_policy="strict-origin"),
    (b"cache-control", b"no-store"),
    (b"x-robots-tag", b"noindex"),
)

# Django's own guard against forged forms compares the Origin, so the desk needs one; nobody
# else learns that somebody came from there.
_DESK = dict(strict_headers(is_tls=settings.IS_TLS, referrer_policy="same-origin"))
_PUBLIC = dict(STRICT_HEADERS)


class StrictHeadersMiddleware:
    """Adds the strict headers to what Django answers, unless a view has set one itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the headers."""
        response = self.get_response(request)
        for name, value in (_DESK if request.path.startswith("/desk/") else _PUBLIC).items():
            response.headers.setdefault(name.decode(), value.decode())
        return response
