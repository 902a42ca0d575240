"""The strict headers stand on every answer of Django's, errors among them (attacks.md, row 68)."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from tocsin.website.headers import TOKEN_HEADERS, StrictHeadersMiddleware, strict_headers

pytestmark = pytest.mark.django_db


def test_nothing_inline_may_run_and_nothing_foreign_may_load() -> None:
    policy = dict(strict_headers(is_tls=False))[b"content-security-policy"].decode()
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert directives.pop("default-src") == "'none'"
    assert directives.pop("base-uri") == "'none'"
    assert directives.pop("frame-ancestors") == "'none'"
    assert set(directives.values()) == {"'self'"}


def test_every_feature_is_off() -> None:
    policy = dict(strict_headers(is_tls=False))[b"permissions-policy"].decode()
    assert all(feature.endswith("=()") for feature in policy.split(", "))


def test_tls_is_remembered_only_where_there_is_tls() -> None:
    assert b"strict-transport-security" in dict(strict_headers(is_tls=True))
    assert b"strict-transport-security" not in dict(strict_headers(is_tls=False))


def test_token_pages_are_never_kept_and_tell_no_address() -> None:
    headers = dict(TOKEN_HEADERS)
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"referrer-policy"] == b"strict-origin"
    assert headers[b"x-robots-tag"] == b"noindex"


@pytest.mark.parametrize("path", ["/", "/en/trust/", "/en/nowhere/", "/nowhere"])
def test_every_answer_carries_the_set(client: Client, path: str) -> None:
    answer = client.get(path)
    for name, value in strict_headers(is_tls=False):
        assert answer.headers[name.decode()] == value.decode()


def test_the_desk_tells_its_origin_to_itself_alone() -> None:
    request = HttpRequest()
    request.path = "/desk/"
    answer = StrictHeadersMiddleware(lambda _: HttpResponse())(request)
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_view_may_set_a_header_itself() -> None:
    request = HttpRequest()
    request.path = "/en/trust/"
    answer = StrictHeadersMiddleware(lambda _: HttpResponse(headers={"Referrer-Policy": "strict-origin"}))(request)
    assert answer.headers["Referrer-Policy"] == "strict-origin"
