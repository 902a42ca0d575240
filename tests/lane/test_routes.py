"""lane.routes: which address leads where, and what of a query counts."""

import pytest

from tocsin.lane import routes


@pytest.mark.parametrize(
    "path,expected",
    [("/", ""), ("/en/night-trains/", "en"), ("/desk", "desk"), ("/c/abc", "c"), ("/desk/x/y", "desk")],
)
def test_first_part(path: str, expected: str) -> None:
    assert routes.first_part(path) == expected


@pytest.mark.parametrize(
    "path,query,expected",
    [
        ("/en/night-trains/", b"utm_source=mail", b""),
        ("/en/night-trains/signatures/", b"after=2026-03-01.ff", b"after=2026-03-01.ff"),
        ("/en/night-trains/signatures/", b"x=1&after=a&y=2", b"after=a"),
        ("/en/night-trains/signatures/", b"reported=yes&after=a", b"after=a&reported=yes"),
        ("/en/night-trains/signatures/", b"after=%61", b"after=a"),  # one spelling
        ("/en/night-trains/signatures/", b"after=a&after=b", b"after=b"),
        ("/en/night-trains/signatures/", b"after=" + b"a" * 300, b""),
        ("/en/night-trains/signatures/", b"after=%ff", b"after=%EF%BF%BD"),
        ("/en/night-trains/thanks/", b"for=lost", b"for=lost"),
        ("/en/night-trains/thanks/", b"for=7", b""),  # the same page as without
        ("/en/night-trains/signatures/", b"reported=7&after=a", b"after=a"),
        ("/en/a/rallies/kassel/", b"reported=7", b""),
        ("/after/", b"after=a", b""),
        ("/en/a/rallies/", b"x=1&step-free=yes&country=DE&region=", b"country=DE&step-free=yes"),
        ("/en/a/rallies/", b"country=US&region=US-NY", b"country=US&region=US-NY"),
        ("/en/a/rallies/", b"country=PT&region=US-NY", b"country=PT"),  # the same page as without
        ("/en/a/rallies/", b"region=US-NY", b""),
        ("/en/a/rallies/", b"after=" + b"a" * 275, b""),
        ("/en/a/rallies/kassel/", b"reported=yes&country=DE", b"reported=yes"),
        ("/en/a/rallies/kassel/2026-06-06/", b"reported=yes", b"reported=yes"),
        ("/en/night-trains/host/places/", b"x=1&q=Kassel&country=DE", b"country=DE&q=Kassel"),
        ("/en/night-trains/host/places/", b"q=" + b"%D9%84" * 40, b""),
    ],
)
def test_only_what_a_page_reads_of_a_query_counts(path: str, query: bytes, expected: bytes) -> None:
    assert routes.known_query(path, query) == expected


@pytest.mark.parametrize("path", ["/en/night-trains/sign", "/es/a/lost/", "/zh-hans/a-1/signatures/report"])
def test_what_can_be_posted_to_a_campaign(path: str) -> None:
    assert routes.CAMPAIGN_PATH.fullmatch(path)


@pytest.mark.parametrize(
    "path", ["/en/night-trains/", "/en/night-trains/sign/", "/EN/a/sign", "/en//sign", "/en/a/sign\n", "/en/-a/sign"]
)
def test_what_cannot(path: str) -> None:
    assert not routes.CAMPAIGN_PATH.fullmatch(path)


@pytest.mark.parametrize(
    "path", ["/en/a/rallies/kassel/report/", "/en/a/rallies/Kassel/report", "/a/rallies/kassel/report"]
)
def test_what_cannot_be_posted_to_a_rally(path: str) -> None:
    assert routes.RALLY_PATH.fullmatch("/en/a/rallies/kassel-2/report")
    assert not routes.RALLY_PATH.fullmatch(path)


def test_every_verb_of_a_campaign_and_a_token_has_its_address() -> None:
    assert all(routes.CAMPAIGN_PATH.fullmatch(f"/en/a/{verb}") for verb in routes.CAMPAIGN_POSTS)
    assert all(routes.RALLY_PATH.fullmatch(f"/en/a/rallies/kassel/{verb}") for verb in routes.RALLY_POSTS)
    for door, verb in routes.TOKEN_POSTS:
        assert routes.TOKEN_PATH.fullmatch(f"/{door}/T/{verb}" if verb else f"/{door}/T")
