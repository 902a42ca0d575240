"""lane.origin: a form is taken from our own pages and from programs, not from another site's page."""

import pytest

from tocsin.lane.origin import is_cross_site

BASE = "https://appeal.example"
HOST = "appeal.example"


@pytest.mark.parametrize(
    "headers",
    [
        {},  # a program: curl, a mail provider
        {"origin": "https://appeal.example"},
        {"origin": "HTTPS://Appeal.Example"},
        {"origin": "http://appeal.example"},  # TLS ends at a proxy
        {"origin": "https://appeal.example", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": "null", "sec-fetch-site": "same-origin"},  # a page without referrer
    ],
)
@pytest.mark.parametrize("may_be_null", [True, False])
def test_ourselves(headers: dict[str, str], may_be_null: bool) -> None:
    assert not is_cross_site({"host": HOST, **headers}, base_url=BASE, may_be_null=may_be_null)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://appeal.example.evil.example"},
        {"origin": "https://appeal.example:8443"},
        {"origin": "https://sub.appeal.example"},
        {"origin": "appeal.example"},
        {"origin": "ftp://appeal.example"},
        {"origin": "https://[appeal"},
        {"origin": ""},
        {"origin": "https://appeal.example", "sec-fetch-site": "cross-site"},
        {"origin": "https://appeal.example", "sec-fetch-site": "same-site"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "made-up"},
    ],
)
@pytest.mark.parametrize("may_be_null", [True, False])
def test_another_site(headers: dict[str, str], may_be_null: bool) -> None:
    assert is_cross_site({"host": HOST, **headers}, base_url=BASE, may_be_null=may_be_null)


def test_an_old_browser_on_a_page_without_referrer_says_null_and_no_more() -> None:
    headers = {"host": HOST, "origin": "null"}

    assert not is_cross_site(headers, base_url=BASE, may_be_null=True)
    assert is_cross_site(headers, base_url=BASE, may_be_null=False)


def test_a_second_name_of_this_server_is_this_server() -> None:
    headers = {"host": "www.appeal.example", "origin": "https://www.appeal.example"}

    assert not is_cross_site(headers, base_url=BASE, may_be_null=False)
