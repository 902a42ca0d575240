"""lane.headcount: somebody who was there says how many came, without an account, an address or a name."""

import asyncio
import base64
import re
import threading
from datetime import timedelta
from http import HTTPStatus

import altcha
import orjson
import pytest
from pytest_django import Settings

from tests.factories import rallies as factory
from tests.factories.signing import open_campaign
from tests.lane.parts import post_parts
from tests.lane.visits import Answer, Visits, elsewhere, tell
from tests.rallies.domain.test_headcounts import date_of
from tests.rallies.pictures import heic, huge_png, phone_photo
from tocsin.campaigns.models import Campaign
from tocsin.lane.engine import clock
from tocsin.rallies import photos
from tocsin.rallies.domain.decide_headcounts import Decision, decide_headcounts
from tocsin.rallies.domain.headcounts import REPORT_DAYS
from tocsin.rallies.models import Headcount, Occurrence
from tocsin.rallies.photos import MAX_BYTES, SentPhoto
from tocsin.rallies.states import ReportState

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]

TYPED = {
    "low": "1 200",
    "high": "1.500",
    "method": "density",
    "source": "attendee",
    "note": "The square was full up to the fountain",
}


@pytest.fixture
def trains() -> Campaign:
    return open_campaign()


def held(campaign: Campaign, days_ago: int = 1) -> tuple[Occurrence, str]:
    """Return a date that was held so many days ago, and the path of its page."""
    day = (clock() - timedelta(days=days_ago)).date()
    date = date_of(factory.rally(campaign=campaign, first_on=day, now=clock() - timedelta(days=days_ago)))
    return date, f"/en/night-trains/rallies/{date.rally.slug}/{day.isoformat()}/"


async def proof(visits: Visits) -> str:
    challenge = orjson.loads((await visits.get("/night-trains/challenge")).body)
    solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    assert solution is not None
    solved = {"counter": solution.counter, "derivedKey": solution.derived_key}
    return base64.b64encode(orjson.dumps({"challenge": challenge, "solution": solved})).decode()


async def send(visits: Visits, path: str, **changes: str) -> Answer:
    return await visits.post(f"{path}count", TYPED | {"altcha": await proof(visits)} | changes)


def test_what_somebody_says_waits_for_the_team_and_then_stands_on_the_page(trains: Campaign) -> None:
    _, path = held(trains)

    async def story(visits: Visits) -> None:
        assert (await visits.get(f"{path}count/")).status == HTTPStatus.OK
        sent = await send(visits, path)
        assert (sent.status, sent.headers["location"]) == (HTTPStatus.SEE_OTHER, f"{path}count/thanks/")
        assert (await visits.get(sent.headers["location"])).status == HTTPStatus.OK
        assert "1,500" not in (await visits.get(path)).text

        def show() -> None:
            stored = Headcount.objects.get()
            assert ReportState(stored.state) is ReportState.WAITING
            assert (stored.low, stored.high, stored.note) == (1_200, 1_500, TYPED["note"])
            decide_headcounts(campaign=trains, headcounts=[stored.pk], decision=Decision.SHOW, now=clock())

        await elsewhere(show)

    tell(story)

    async def later(visits: Visits) -> None:
        page = (await visits.get(path)).text
        assert "1,200 to 1,500" in page
        assert "Somebody who was there" in page
        assert "1500" in (await visits.get("/night-trains/headcounts.csv")).text

    tell(later)


def test_what_is_wrong_comes_back_with_all_that_was_typed(trains: Campaign) -> None:
    _, path = held(trains)

    async def story(visits: Visits) -> None:
        wrong = await send(visits, path, low="2000", source="press", url="example.org", note="<b>Überall</b>")
        assert wrong.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert wrong.headers["cache-control"] == "no-store"
        assert "Please give the larger number here: it is smaller than the other one." in wrong.text
        assert "begins with https:// or http://" in wrong.text
        assert 'value="2000"' in wrong.text
        assert "&lt;b&gt;Überall&lt;/b&gt;" in wrong.text
        assert re.search(r'value="density"[^>]*checked', wrong.text)
        assert re.search(r'value="press"[^>]*checked', wrong.text)
        empty = await send(visits, path, low="", high="many", method="", source="host")
        assert empty.text.count('class="wrong"') == 4

    tell(story)
    assert not Headcount.objects.exists()


def test_nobody_can_speak_for_the_host(trains: Campaign) -> None:
    _, path = held(trains)

    async def story(visits: Visits) -> None:
        assert (await send(visits, path, source="host")).status == HTTPStatus.UNPROCESSABLE_ENTITY

    tell(story)
    assert not Headcount.objects.exists()


def test_without_a_proof_of_work_there_is_a_second_step_that_waits(trains: Campaign, settings: Settings) -> None:
    settings.SECOND_STEP_SECONDS = 0
    _, path = held(trains)

    async def story(visits: Visits) -> None:
        first = await visits.post(f"{path}count", TYPED)
        assert first.status == HTTPStatus.OK
        found = re.search(r'name="held" value="([^"]+)"', first.text)
        assert found
        assert f'action="{path}count"' in first.text
        assert (await visits.post(f"{path}count", {"held": found[1]})).status == HTTPStatus.SEE_OTHER
        again = await visits.post(f"{path}count", {"held": found[1]})
        assert again.status == HTTPStatus.CONFLICT

    tell(story)
    assert Headcount.objects.count() == 1


def test_one_network_can_say_only_so_much(trains: Campaign, settings: Settings) -> None:
    settings.NETWORK_RATE, settings.WEB_PROCESSES = 2, 1
    _, path = held(trains)

    async def story(visits: Visits) -> None:
        answers = [(await send(visits, path)).status for _ in range(3)]
        assert answers == [HTTPStatus.SEE_OTHER, HTTPStatus.SEE_OTHER, HTTPStatus.TOO_MANY_REQUESTS]

    tell(story)
    assert Headcount.objects.count() == 2


def test_before_and_long_after_the_form_says_so_and_takes_nothing(trains: Campaign) -> None:
    _, coming = held(trains, days_ago=-2)
    _, long_ago = held(trains, days_ago=REPORT_DAYS + 2)

    async def story(visits: Visits) -> None:
        for path, words in ((coming, "It has not begun yet"), (long_ago, "does not take headcounts any more")):
            page = await visits.get(f"{path}count/")
            assert words in page.text
            assert "<form" not in page.text
            assert (await send(visits, path)).status == HTTPStatus.CONFLICT

    tell(story)
    assert not Headcount.objects.exists()


@pytest.mark.parametrize(
    "where", ["/en/night-trains/rallies/nowhere/2026-01-01/", "/en/night-trains/rallies/kassel/2026-02-31/"]
)
def test_a_date_that_is_not_there_has_no_form(trains: Campaign, where: str) -> None:
    held(trains)

    async def story(visits: Visits) -> None:
        assert (await visits.get(f"{where}count/")).status == HTTPStatus.NOT_FOUND
        assert (await send(visits, where)).status in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}

    tell(story)
    assert not Headcount.objects.exists()


def test_quinns_campaign_has_none_of_our_dates(trains: Campaign) -> None:
    open_campaign("open-libraries")
    _, path = held(trains)

    async def story(visits: Visits) -> None:
        his = path.replace("night-trains", "open-libraries", 1)
        assert (await visits.get(f"{his}count/")).status == HTTPStatus.NOT_FOUND
        assert "Kassel" not in (await visits.get("/open-libraries/headcounts.csv")).text
        assert "Kassel" in (await visits.get("/night-trains/headcounts.csv")).text

    tell(story)


async def send_photo(visits: Visits, path: str, photo: bytes, **changes: str) -> Answer:
    return await post_parts(visits, f"{path}count", TYPED | {"altcha": await proof(visits)} | changes, photo)


def test_a_photo_is_shown_when_the_team_has_looked_at_it(trains: Campaign) -> None:
    date, path = held(trains)

    async def story(visits: Visits) -> None:
        form = (await visits.get(f"{path}count/")).text
        assert 'enctype="multipart/form-data"' in form
        assert re.search(r'name="photo" type="file" accept="image/\*"', form)
        sent = await send_photo(visits, path, phone_photo(), photo_caption="Der Brunnen", photo_credit="Maya")
        assert (sent.status, sent.headers["location"]) == (HTTPStatus.SEE_OTHER, f"{path}count/thanks/")
        assert "<img" not in (await visits.get(path)).text

        def show() -> None:
            numbers = Headcount.objects.values_list("pk", flat=True)
            decide_headcounts(campaign=trains, headcounts=numbers, decision=Decision.SHOW, now=clock())

        await elsewhere(show)

    tell(story)
    stored = Headcount.objects.get()

    async def later(visits: Visits) -> None:
        page = (await visits.get(path)).text
        assert "Der Brunnen" in page
        assert "Photo: <bdi>Maya</bdi>" in page
        shown = re.search(r'<img src="([^"]+)" alt="([^"]+)" width="40" height="60" loading="lazy"', page)
        assert shown
        assert shown[2].startswith("Photo from ")
        assert f'href="#photo-{stored.pk}"' in page
        assert f'id="photo-{stored.pk}"' in page
        assert "Kassel" in shown[2]
        assert str(date.held_on.year) in shown[2]
        picture = await visits.get(shown[1])
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.headers["cache-control"] == "public, max-age=60, must-revalidate"
        with stored.photo.open() as file:
            assert picture.body == file.read()

    tell(later)


@pytest.mark.parametrize(
    "photo, mend",
    [
        (b"<svg/>", "as JPEG, PNG or WebP"),
        (phone_photo()[:200], "as JPEG, PNG or WebP"),
        (heic(), "HEIC"),
        (huge_png(), "50 million pixels"),
        (phone_photo() + bytes(MAX_BYTES), "12 MB"),
        (bytes(20_000_000), "12 MB"),
    ],
    ids=["svg", "cut off", "heic", "900 megapixels", "12 MB", "20 MB"],
)
def test_a_photo_that_cannot_be_taken_says_why_and_nothing_typed_is_lost(
    trains: Campaign, photo: bytes, mend: str
) -> None:
    _, path = held(trains)

    async def story(visits: Visits) -> None:
        wrong = await send_photo(visits, path, photo, photo_caption="Überall <b>Leute</b>")
        assert wrong.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert mend in re.findall(r'id="crowd-photo-wrong">([^<]*)', wrong.text)[0]
        assert wrong.text.count('class="wrong"') == 1
        assert 'value="Überall &lt;b&gt;Leute&lt;/b&gt;"' in wrong.text
        assert f'value="{TYPED["note"]}"' in wrong.text

    tell(story)
    assert not Headcount.objects.exists()


def test_no_photo_is_made_afresh_for_a_date_that_takes_nothing_or_for_a_proof_that_is_spent(
    trains: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = held(trains)
    _, coming = held(trains, days_ago=-2)
    made: list[SentPhoto] = []

    def counted(photo: SentPhoto) -> bytes:
        made.append(photo)
        return afresh(photo)

    afresh = SentPhoto.made_afresh
    monkeypatch.setattr(SentPhoto, "made_afresh", counted)

    async def story(visits: Visits) -> None:
        fields = TYPED | {"altcha": await proof(visits)}
        assert (await post_parts(visits, f"{path}count", fields, phone_photo())).status == HTTPStatus.SEE_OTHER
        for _ in range(2):
            again = await post_parts(visits, f"{path}count", fields, phone_photo())
            assert again.status == HTTPStatus.CONFLICT
            assert f'value="{TYPED["note"]}"' in again.text
        for where in (coming, "/en/night-trains/rallies/nowhere/2026-01-01/"):
            assert (await send_photo(visits, where, phone_photo())).status in {404, HTTPStatus.CONFLICT}

    tell(story)
    assert (len(made), Headcount.objects.count()) == (1, 1)


def test_of_one_network_few_photos_wait_at_once_and_who_finds_no_turn_keeps_what_was_typed(
    trains: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = held(trains)
    free = threading.Event()

    def slowly(_photo: object) -> bytes:
        free.wait(20)
        return phone_photo()

    monkeypatch.setattr(photos, "fresh_photo", slowly)

    async def story(visits: Visits) -> None:
        forms = [TYPED | {"altcha": await proof(visits)} for _ in range(6)]
        ours = [
            asyncio.ensure_future(post_parts(visits, f"{path}count", form, phone_photo(), client=f"192.0.2.{number}"))
            for number, form in enumerate(forms[:5])
        ]
        [first], waiting = await asyncio.wait(ours, return_when=asyncio.FIRST_COMPLETED)
        other = asyncio.ensure_future(
            post_parts(visits, f"{path}count", forms[5], phone_photo(), client="198.51.100.7")
        )
        assert first.result().status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Very many photos are arriving" in first.result().text
        assert f'value="{TYPED["note"]}"' in first.result().text
        free.set()
        assert {answer.status for answer in await asyncio.gather(other, *waiting)} == {HTTPStatus.SEE_OTHER}

    tell(story)
    assert Headcount.objects.count() == 5


def test_a_form_that_comes_back_says_that_the_photo_has_to_be_chosen_again(trains: Campaign) -> None:
    _, path = held(trains)

    async def story(visits: Visits) -> None:
        wrong = await send_photo(visits, path, phone_photo(), low="2000")
        assert "Please choose the photo again: browsers do not keep it." in wrong.text
        assert wrong.text.count('class="wrong"') == 2

    tell(story)


def test_without_javascript_the_second_step_asks_for_the_photo_again(trains: Campaign, settings: Settings) -> None:
    settings.SECOND_STEP_SECONDS = 0
    _, path = held(trains)

    async def story(visits: Visits) -> None:
        first = await post_parts(visits, f"{path}count", TYPED, phone_photo())
        found = re.search(r'name="held" value="([^"]+)"', first.text)
        assert found
        assert 'enctype="multipart/form-data"' in first.text
        assert 'type="file"' in first.text
        sent = await post_parts(visits, f"{path}count", {"held": found[1]}, phone_photo())
        assert sent.status == HTTPStatus.SEE_OTHER
        without = await post_parts(visits, f"{path}count", TYPED)
        assert 'type="file"' not in without.text

    tell(story)
    assert Headcount.objects.get().photo.name


def test_no_other_form_takes_more_than_it_ever_did(trains: Campaign) -> None:
    _, path = held(trains)

    async def story(visits: Visits) -> None:
        for address in (f"{path}report", f"{path}rsvp", "/en/night-trains/sign", "/en/night-trains/host/"):
            answer = await post_parts(visits, address, TYPED, bytes(70_000))
            assert answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE, address
        cross = await visits.ask(
            "POST",
            f"{path}count",
            headers={"content-type": "multipart/form-data; boundary=x", "sec-fetch-site": "cross-site"},
        )
        assert cross.status == HTTPStatus.FORBIDDEN

    tell(story)
