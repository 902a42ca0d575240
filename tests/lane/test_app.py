"""lane.app and lane.reception: every request gets a bounded, strict and quiet answer."""

import asyncio
import gzip
from http import HTTPStatus
from itertools import product
from pathlib import Path

import orjson
import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # theirs, but not marked so
from pytest_django import Settings

from tests.factories.signing import open_campaign
from tests.lane.visits import Arriving, Visits, elsewhere, tell
from tocsin.campaigns.models import Campaign
from tocsin.lane.arrival import Arrival
from tocsin.lane.copies import Copy
from tocsin.lane.pulse import Pulse
from tocsin.lane.reception import Reception
from tocsin.lane.routes import TOKEN_POSTS
from tocsin.seal.tokens import to_text
from tocsin.tally.models import Count
from tocsin.website.headers import STRICT_HEADERS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]

PAGE = "/en/night-trains/"
TOKEN = to_text(b"t" * 32)
STRICT = {name.decode(): value.decode() for name, value in STRICT_HEADERS}
SECRET = "maya@example.org"


@pytest.fixture(autouse=True)
def campaign() -> Campaign:
    return open_campaign()


def test_a_public_page_has_its_number_its_tag_and_no_cookie() -> None:
    async def story(visits: Visits) -> None:
        first = await visits.get(PAGE, Accept_Encoding="gzip")
        second = await visits.get(PAGE, Accept_Encoding="gzip")

        assert first == second
        assert first.status == HTTPStatus.OK
        assert first.headers.items() >= STRICT.items()
        assert first.headers["cache-control"].startswith("public, ")
        assert first.headers["vary"] == "accept-encoding"
        assert not {"set-cookie", "x-tocsin-campaign", "x-tocsin-until"} & first.headers.keys()
        page = gzip.decompress(first.body).decode()
        assert "@@slot:" not in page
        assert "data-count-number>0<" in page
        assert (await visits.get(PAGE)).text == page

    tell(story)


def test_the_number_moves_within_two_seconds(campaign: Campaign) -> None:
    async def story(visits: Visits) -> None:
        await visits.get(PAGE)
        await elsewhere(lambda: Count.objects.create(campaign=campaign.pk, signs=1_234, withdrawals=4))
        await asyncio.sleep(2.1)
        assert "data-count-number>1,230<" in (await visits.get(PAGE)).text
        answer = await visits.get("/night-trains/count.json")
        numbers = orjson.loads(answer.body)
        assert (numbers["count"], numbers["signs"], numbers["withdrawals"]) == (1_230, 1_234, 4)
        assert answer.headers["cache-control"].startswith("public, max-age=1,")
        assert answer.headers.items() >= STRICT.items()

    tell(story)


def test_what_somebody_has_already_is_not_sent_again() -> None:
    async def story(visits: Visits) -> None:
        page = await visits.get(PAGE)
        again = await visits.get(PAGE, If_None_Match=page.headers["etag"])

        assert (again.status, again.body) == (HTTPStatus.NOT_MODIFIED, b"")
        assert again.headers["etag"] == page.headers["etag"]
        assert again.headers.items() >= STRICT.items()
        assert (await visits.get(PAGE, If_None_Match='"other"')).status == HTTPStatus.OK

    tell(story)


def test_head_says_what_get_says_without_a_body() -> None:
    async def story(visits: Visits) -> None:
        for target in (PAGE, "/night-trains/count.json", "/en/nowhere/", f"/c/{TOKEN}", "/healthz"):
            got, head = await visits.get(target), await visits.ask("HEAD", target)
            assert (head.status, head.headers, head.body) == (got.status, got.headers, b""), target

    tell(story)


def test_what_is_in_memory_takes_the_short_way(monkeypatch: pytest.MonkeyPatch, collected_static: Path) -> None:
    slow: list[str] = []
    usual = Reception.answer

    async def noting(reception: Reception, arrival: Arrival) -> Copy | None:
        slow.append(arrival.path)
        return await usual(reception, arrival)

    monkeypatch.setattr(Reception, "answer", noting)
    static = next(f"/static/{file.relative_to(collected_static)}" for file in collected_static.rglob("*.css"))

    async def story(visits: Visits) -> None:
        for target in (PAGE, "/night-trains/count.json", static):
            await asyncio.sleep(1.1)
            slow.clear()
            for _ in range(10):
                assert (await visits.get(target)).status == HTTPStatus.OK
            assert len(slow) <= 2, target  # once a second, no more

    tell(story)


def test_for_another_host_there_is_nothing_here() -> None:
    hosts = ("evil.example", "", None, "testserver.evil.example", "[::1", "test server", "testserver@evil.example")

    async def story(visits: Visits) -> None:
        await visits.get(PAGE)  # in memory, so that the short way is tried
        for host, target in product(hosts, (PAGE, f"{PAGE}sign", "/desk/", f"/c/{TOKEN}")):
            for method in ("GET", "POST"):
                answer = await visits.ask(method, target, host=host)
                assert answer.status == HTTPStatus.BAD_REQUEST, (host, target)
                assert answer.headers.items() >= STRICT.items() - {("referrer-policy", "no-referrer")}

    tell(story)


def test_our_host_has_several_spellings() -> None:
    async def story(visits: Visits) -> None:
        for host in ("testserver", "testserver:8000", "TestServer", "testserver."):
            assert (await visits.ask("GET", PAGE, host=host)).status == HTTPStatus.OK

    tell(story)


def test_a_forwarded_host_is_not_believed() -> None:
    async def story(visits: Visits) -> None:
        answer = await visits.get("/en/night-trains", X_Forwarded_Host="evil.example")
        assert "evil" not in answer.headers["location"]

    tell(story)


def test_probes_answer_to_any_host() -> None:
    async def story(visits: Visits) -> None:
        assert (await visits.ask("GET", "/healthz", host="10.0.0.1")).body == b"alive\n"
        await asyncio.sleep(0.5)
        assert (await visits.ask("GET", "/readyz", host="10.0.0.1")).body == b"ready\n"

    tell(story)


def test_the_wrong_method_is_told_the_right_ones() -> None:
    verbs = [f"/{door}/{TOKEN}/{verb}" for door, verb in TOKEN_POSTS if verb not in {None, "stop"}]
    cases = [
        ("POST", PAGE, "GET, HEAD"),
        ("PUT", PAGE, "GET, HEAD"),
        ("DELETE", f"/c/{TOKEN}", "GET, HEAD"),
        ("OPTIONS", f"/c/{TOKEN}", "GET, HEAD"),
        ("GET", f"{PAGE}sign", "POST"),
        ("GET", f"{PAGE}signatures/report", "POST"),
        *(("GET", verb, "POST") for verb in verbs),
        ("POST", f"/m/{TOKEN}", "GET, HEAD"),
        ("POST", "/night-trains/count.json", "GET, HEAD"),
    ]

    async def story(visits: Visits) -> None:
        for method, target, allowed in cases:
            answer = await visits.ask(method, target)
            assert (answer.status, answer.headers.get("allow")) == (HTTPStatus.METHOD_NOT_ALLOWED, allowed), target

    tell(story)


NOT_THERE = {
    HTTPStatus.BAD_REQUEST: (
        "/%ff%fe/",
        "/en/%00/",
        "/en/night-trains/%0d%0aSet-Cookie:x=y",
        "//evil.example/",
    ),
    HTTPStatus.NOT_FOUND: (
        "/en/nowhere/",
        "/xx/night-trains/",
        "/en/night-trains/../../etc/passwd",
        "/c/",
        "/c/short",
        f"/c/{TOKEN}",
        f"/c/{TOKEN}/made-up",
        "/h/anything",
        "/static/nothing.css",
        "/static/%2e%2e/keys/server.key",
        "/media/%2e%2e/keys/server.key",
        "/nobody/count.json",
        "/nobody/challenge",
        "/" + "a" * 5_000,
        "/metrics",
    ),
}


def test_what_is_not_there_is_a_page_of_ours() -> None:
    async def story(visits: Visits) -> None:
        for status, targets in NOT_THERE.items():
            for target in targets:
                answer = await visits.get(target)
                assert answer.status == status, target
                assert answer.headers["content-type"] == "text/html; charset=utf-8"
                assert answer.headers["cache-control"] == "no-store"
                assert "set-cookie" not in answer.headers

    tell(story)


def test_a_body_too_large_is_refused_before_anybody_reads_it() -> None:
    async def story(visits: Visits) -> None:
        for target in (f"{PAGE}sign", f"/c/{TOKEN}"):
            answer = await visits.ask("POST", target, body=b"name=" + b"x" * 70_000)
            assert answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    tell(story)


def test_an_unreadable_form_is_no_failure_of_ours() -> None:
    bodies = (b"\xff\xfe", b"name=%ff%fe", b"&".join([b"a=b"] * 100), b"=&=&=", b"%" * 100, b"\x00", b"email=%00")

    async def story(visits: Visits) -> None:
        targets = [f"{PAGE}sign", f"{PAGE}lost/", f"{PAGE}signatures/report"]
        targets += [f"/{door}/{TOKEN}" + (f"/{verb}" if verb else "") for door, verb in TOKEN_POSTS]
        for target, body in product(targets, bodies):
            answer = await visits.ask("POST", target, body=body)
            assert answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, (target, body)

    tell(story)


def test_another_site_may_not_post_but_a_mail_program_may_unsubscribe() -> None:
    async def story(visits: Visits) -> None:
        evil = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        for target in (f"{PAGE}sign", f"{PAGE}lost/", f"/c/{TOKEN}", f"/c/{TOKEN}/not-me", f"/m/{TOKEN}/withdraw"):
            assert (await visits.post(target, {}, headers=evil)).status == HTTPStatus.FORBIDDEN
        one_click = await visits.post(f"/m/{TOKEN}/stop", {"List-Unsubscribe": "One-Click"}, headers=evil)
        assert one_click.status == HTTPStatus.NOT_FOUND  # nobody has this token, but it was looked for

    tell(story)


def test_a_form_from_our_own_page_without_referrer_is_read() -> None:
    async def story(visits: Visits) -> None:
        answer = await visits.post(f"{PAGE}sign", {"name": "Maya"}, headers={"origin": "null"})
        assert answer.status != HTTPStatus.FORBIDDEN
        assert "@@slot:" not in answer.text  # the form comes back, with its number
        assert (await visits.post(f"/c/{TOKEN}", {}, headers={"origin": "null"})).status == HTTPStatus.FORBIDDEN

    tell(story)


def test_a_failure_gives_a_page_and_a_line_without_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken_post(*_given: object) -> HTTPStatus:
        raise ValueError(SECRET)

    monkeypatch.setitem(TOKEN_POSTS, ("c", None), broken_post)

    async def story(visits: Visits) -> None:
        answer = await visits.post(f"/c/{TOKEN}", {"consent": "yes"})
        assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR
        assert "Something broke here" in answer.text
        assert SECRET not in answer.text
        assert "a request failed: ValueError at broken_post:" in caplog.text
        assert SECRET not in caplog.text
        assert TOKEN not in caplog.text

    tell(story)


def test_pages_behind_a_token_are_kept_by_nobody_and_say_where_a_form_comes_from() -> None:
    async def story(visits: Visits) -> None:
        for target in (f"/c/{TOKEN}", f"/m/{TOKEN}", f"/m/{TOKEN}/stop", f"/c/{TOKEN}/made-up", "/h/x"):
            answer = await visits.get(target)
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["referrer-policy"] == "strict-origin"
            assert answer.headers["x-robots-tag"] == "noindex"

    tell(story)


def test_the_desk_is_passed_on_with_its_cookies(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ()

    async def story(visits: Visits) -> None:
        answer = await visits.get("/desk/account/login/", X_Forwarded_For="198.51.100.1")
        assert answer.status == HTTPStatus.OK
        assert "csrftoken" in answer.headers["set-cookie"]
        assert "public" not in answer.headers.get("cache-control", "")
        assert answer.headers["referrer-policy"] == "same-origin"
        assert (await visits.post("/desk/account/login/", {})).status == HTTPStatus.FORBIDDEN  # Django's own guard

    tell(story)


def test_a_picture_of_the_media_folder(settings: Settings) -> None:
    folder = Path(settings.MEDIA_ROOT) / "campaigns"
    folder.mkdir(parents=True)
    (folder / "0f.jpg").write_bytes(b"\xff\xd8 picture")

    async def story(visits: Visits) -> None:
        answer = await visits.get("/media/campaigns/0f.jpg")
        assert (answer.status, answer.body) == (HTTPStatus.OK, b"\xff\xd8 picture")
        assert answer.headers.items() >= STRICT.items()

    tell(story)


def test_while_the_database_is_away_pages_are_served_and_afterwards_all_is_well(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Pulse, "is_fresh", property(lambda pulse: not pulse._is_away))  # noqa: SLF001  without its ten seconds

    async def story(visits: Visits) -> None:
        await visits.get(PAGE)
        with monkeypatch.context() as outage:
            outage.setattr(CursorWrapper, "execute", _refuse)
            await asyncio.sleep(2.2)
            assert (await visits.get("/readyz")).status == HTTPStatus.SERVICE_UNAVAILABLE
            assert (await visits.get("/healthz")).status == HTTPStatus.OK
            assert (await visits.get(PAGE)).status == HTTPStatus.OK
            assert (await visits.get("/night-trains/count.json")).status == HTTPStatus.OK
            assert (await visits.get(f"{PAGE}numbers/")).status == HTTPStatus.SERVICE_UNAVAILABLE
            token_page = await visits.get(f"/c/{TOKEN}")
            assert token_page.status == HTTPStatus.SERVICE_UNAVAILABLE
            assert token_page.headers["retry-after"]
            form = await visits.post(f"{PAGE}sign", {"name": "Maya Lindqvist", "email": "maya@example.org"})
            assert form.status == HTTPStatus.SERVICE_UNAVAILABLE
            assert 'value="Maya Lindqvist"' in form.text  # nothing typed is lost
        await asyncio.sleep(1.2)
        assert (await visits.get("/readyz")).status == HTTPStatus.OK
        assert (await visits.get(f"{PAGE}numbers/")).status == HTTPStatus.OK
        assert (await visits.get(f"/c/{TOKEN}")).status == HTTPStatus.NOT_FOUND

    tell(story)
    assert SECRET not in caplog.text


def _refuse(*_given: object, **_more: object) -> None:
    raise OperationalError(SECRET)


def test_a_websocket_gets_no_answer() -> None:
    async def story(visits: Visits) -> None:
        arriving = Arriving("GET", "/nowhere/", {"host": "testserver"}, b"", "192.0.2.7")
        arriving.proto = "ws"
        await visits.lane.__rsgi__(arriving, arriving)
        assert arriving.answers == []

    tell(story)


def test_who_hangs_up_while_posting_is_not_answered() -> None:
    class Gone(Arriving):
        async def __call__(self) -> bytes:
            raise ProtocolClosed

    async def story(visits: Visits) -> None:
        gone = Gone("POST", f"{PAGE}sign", {"host": "testserver", "content-length": "100"}, b"", "192.0.2.7")
        await visits.lane.__rsgi__(gone, gone)
        assert gone.answers == []

    tell(story)
