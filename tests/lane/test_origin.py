"""lane.origin: a form is taken from our own pages and from programs, not from another site's page."""

import pytest

from tocsin.lane.origin import is_cross_site

BASE = "https://appeal.example"
HOST = b"appeal.example"


@pytest.mark.parametrize(
    "headers",
    [
        {},  # a program: curl, a mail provider
        {b"origin": b"https://appeal.example"},
        {b"origin": b"HTTPS://Appeal.Example"},
        {b"origin": b"http://appeal.example"},  # TLS ends at a proxy
        {b"origin": b"https://appeal.example", b"sec-fetch-site": b"same-origin"},
        {b"sec-fetch-site": b"none"},
        {b"origin": b"null", b"sec-fetch-site": b"same-origin"},  # a page without referrer
    ],
)
@pytest.mark.parametrize("may_be_null", [True, False])
def test_ourselves(headers: dict[bytes, bytes], may_be_null: bool) -> None:
    assert not is_cross_site({b"host": HOST, **headers}, base_url=BASE, may_be_null=may_be_null)


@pytest.mark.parametrize(
    "headers",
    [
        {b"origin": b"https://evil.example"},
        {b"origin": b"https://appeal.example.evil.example"},
        {b"origin": b"https://appeal.example:8443"},
        {b"origin": b"https://sub.appeal.example"},
        {b"origin": b"appeal.example"},
        {b"origin": b"ftp://appeal.example"},
        {b"origin": b"https://[appeal"},
        {b"origin": b""},
        {b"origin": b"https://appeal.example", b"sec-fetch-site": b"cross-site"},
        {b"origin": b"https://appeal.example", b"sec-fetch-site": b"same-site"},
        {b"origin": b"null", b"sec-fetch-site": b"cross-site"},
        {b"sec-fetch-site": b"cross-site"},
        {b"sec-fetch-site": b"same-site"},
        {b"sec-fetch-site": b"made-up"},
    ],
)
@pytest.mark.parametrize("may_be_null", [True, False])
def test_another_site(headers: dict[bytes, bytes], may_be_null: bool) -> None:
    assert is_cross_site({b"host": HOST, **headers}, base_url=BASE, may_be_null=may_be_null)


def test_an_old_browser_on_a_page_without_referrer_says_null_and_no_more() -> None:
    headers = {b"host": HOST, b"origin": b"null"}

    assert not is_cross_site(headers, base_url=BASE, may_be_null=True)
    assert is_cross_site(headers, base_url=BASE, may_be_null=False)


def test_a_second_name_of_this_server_is_this_server() -> None:
    headers = {b"host": b"www.appeal.example", b"origin": b"https://www.appeal.example"}

    assert not is_cross_site(headers, base_url=BASE, may_be_null=False)
