"""lane.reception, for the pages of hosts (/h/) and of who comes (/r/): what passes to Django, and what does not."""

from http import HTTPStatus

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from pytest_django import Settings

from tests.lane.visits import Visits, tell
from tocsin.seal.tokens import new_token, to_text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]
HERE = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
DOORS = pytest.mark.parametrize("door", ["h", "r"])


@csrf_exempt  # the lane refuses what another site posts
def _mirror(request: HttpRequest, token: str) -> HttpResponse:
    """Say what arrived, with everything that a page behind a link must not be sent with."""
    seen = "|".join(
        [
            request.method or "",
            token,
            request.headers.get("Cookie", "no cookie"),
            request.headers.get("Authorization", "no authorization"),
            request.headers.get("Accept-Language", ""),
            request.META["REMOTE_ADDR"],
            request.POST.get("note", ""),
        ]
    )
    answer = HttpResponse(seen)
    answer.set_cookie("tracker", "1")
    answer["Cache-Control"] = "public, max-age=600"
    answer["Referrer-Policy"] = "unsafe-url"
    return answer


urlpatterns = [path("h/<str:token>", _mirror), path("r/<str:token>", _mirror)]


@pytest.fixture(autouse=True)
def mirror(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


def link(door: str) -> str:
    return f"/{door}/{to_text(new_token())}"


@DOORS
def test_it_passes_the_language_and_the_form_and_nothing_else_of_the_browser(door: str) -> None:
    async def story(visits: Visits) -> None:
        address = link(door)
        sent = {"cookie": "desk=1", "authorization": "Basic eDp5", "accept-language": "es", "referer": "http://x/"}
        form = {"content-type": "application/x-www-form-urlencoded"}
        answer = await visits.post(address, {"note": "rain"}, headers=HERE | form | sent)
        assert answer.text == f"POST|{address[3:]}|no cookie|no authorization|es|192.0.2.7|rain"

    tell(story)


@DOORS
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_no_answer_is_kept_or_named_to_others_nor_sets_a_cookie(door: str, method: str) -> None:
    async def story(visits: Visits) -> None:
        for address in (link(door), f"/{door}/unknown", link(door) + "/nothing/here"):
            answer = await visits.ask(method, address, headers=HERE)
            assert answer.headers["cache-control"] == "no-store", address
            assert answer.headers["referrer-policy"] == "strict-origin", address
            assert answer.headers["x-robots-tag"] == "noindex", address
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], address
            assert "set-cookie" not in answer.headers, address
            assert "etag" not in answer.headers, address

    tell(story)


@DOORS
@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}],
    ids=["origin", "fetch metadata", "null"],
)
def test_another_site_may_not_post(door: str, headers: dict[str, str]) -> None:
    async def story(visits: Visits) -> None:
        assert (await visits.post(link(door), {"x": "y"}, headers=headers)).status == HTTPStatus.FORBIDDEN

    tell(story)


@DOORS
@pytest.mark.parametrize("text", ["abc", "a" * 44, "A" * 42 + "B", "x" * 42 + "é", "../" + "a" * 40])
def test_what_cannot_be_a_token_never_reaches_django(door: str, text: str) -> None:
    async def story(visits: Visits) -> None:
        answer = await visits.get(f"/{door}/{text}")
        assert (answer.status, "no cookie" in answer.text) == (HTTPStatus.NOT_FOUND, False)

    tell(story)


@DOORS
def test_bodies_and_methods_have_bounds(door: str) -> None:
    async def story(visits: Visits) -> None:
        large = await visits.ask("POST", link(door), body=b"x" * 65_537, headers=HERE)
        assert large.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        assert (await visits.ask("DELETE", link(door))).headers["allow"] == "GET, HEAD, POST"

    tell(story)
