"""The pages behind a host's link, through a whole lane: opening changes nothing, each verb is a button of its own."""

import asyncio
import logging
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from tests.cast import MAYA, OTTO, RUI
from tests.factories.campaigns import CampaignFactory
from tests.factories.rallies import host, rally
from tests.factories.signing import open_campaign
from tests.lane.parts import post_parts
from tests.lane.visits import Answer, Visits, elsewhere, tell
from tests.rallies.domain.comers import comes, told
from tests.rallies.pictures import heic, phone_photo
from tocsin.campaigns.models import Campaign
from tocsin.lane import engine
from tocsin.lane.engine import Engine
from tocsin.rallies import photos
from tocsin.rallies.details import details_of
from tocsin.rallies.forms import values_of
from tocsin.rallies.models import Headcount, Host, Occurrence, Rally
from tocsin.rallies.photos import SentPhoto
from tocsin.rallies.series import moment_of
from tocsin.rallies.states import DateState, ReportState, State
from tocsin.seal.tokens import new_token, to_text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]
FORM = {"content-type": "application/x-www-form-urlencoded"}
NOW = datetime.now(UTC)
SOON = (NOW + timedelta(days=30)).date()
COUNTED = {"low": "200", "high": "300", "method": "counted", "note": "Am Brunnen"}


@pytest.fixture
def campaign() -> Campaign:
    return open_campaign(slug="night-trains")


def held(campaign: Campaign, *, is_confirmed: bool = True, **more: Any) -> tuple[Rally, str]:
    """Return a rally of Otto's, a month ahead, and the address of his page."""
    one = rally(campaign=campaign, now=NOW, first_on=SOON, **more)
    _, token = host(one, confirmed_at=NOW if is_confirmed else None)
    return one, f"/h/{to_text(token)}"


def begun_yesterday(one: Rally) -> None:
    begun, date = (NOW - timedelta(days=1)).date(), one.occurrences.get()
    moment = moment_of(begun, date.wall_time, date.minutes, one.zone)
    Occurrence.objects.filter(pk=date.pk).update(held_on=begun, starts_at=moment.starts_at, ends_at=moment.ends_at)


async def post(visits: Visits, target: str, **form: str) -> Answer:
    return await visits.post(target, form, headers=FORM)


def state_of(one: Rally) -> State:
    return State(Rally.objects.get(pk=one.pk).state)


def test_opening_the_link_changes_nothing_and_the_button_makes_the_page_live(campaign: Campaign) -> None:
    one, link = held(campaign, is_confirmed=False, state=State.ASKED)
    states: list[State] = []

    async def story(visits: Visits) -> None:
        for _ in range(5):
            page = await visits.get(link, purpose="prefetch", sec_purpose="prefetch;prerender")
            await visits.ask("HEAD", link)
        assert "Confirm your rally" in page.text
        for path in ("/change", "/team", "/cancel"):
            assert (await visits.get(link + path)).headers["location"] == link, path
            assert (await post(visits, link + path)).headers["location"] == link, path
        await elsewhere(lambda: states.append(state_of(one)))
        public = f"/en/night-trains/rallies/{one.slug}/"
        assert (await visits.get(public)).status == HTTPStatus.NOT_FOUND
        for unticked in ({}, {"consent": ""}, {"consent": "no"}, {"sure": "yes"}):
            answer = await post(visits, link, **unticked)
            assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
            assert 'id="consent-wrong">Please tick this box first' in answer.text
            assert "checked" not in answer.text
        await elsewhere(lambda: states.append(state_of(one)))
        pressed = await post(visits, link, consent="yes")
        assert (pressed.status, pressed.headers["location"]) == (HTTPStatus.SEE_OTHER, f"{link}?done=confirmed")
        page = await visits.get(f"{link}?done=confirmed")
        assert "Live by its link" in page.text
        assert public in page.text
        assert (await post(visits, link)).status == HTTPStatus.SEE_OTHER

    tell(story)
    assert (states, state_of(one)) == ([State.ASKED] * 2, State.ANNOUNCED)


def test_a_link_that_was_invented_revoked_or_came_too_late_opens_nothing(campaign: Campaign) -> None:
    one, link = held(campaign)
    Host.objects.all().delete()
    date = one.occurrences.get().pk
    late = rally(campaign=campaign, now=NOW - timedelta(days=8), state=State.ASKED, first_on=SOON)
    _, token = host(late, confirmed_at=None)

    async def story(visits: Visits) -> None:
        for gone in (link, f"/h/{to_text(new_token())}"):
            for path in ("", "/change", "/team", f"/date/{date}"):
                answer = await visits.get(gone + path)
                assert answer.status == HTTPStatus.NOT_FOUND, path
                assert OTTO.name not in answer.text
            assert (await post(visits, f"{gone}/cancel", sure="yes")).status == HTTPStatus.NOT_FOUND
        answer = await visits.get(f"/h/{to_text(token)}")
        assert "not confirmed within seven days" in answer.text

    tell(story)
    assert not Occurrence.objects.exclude(state=DateState.STANDS).exists()


def test_a_host_changes_what_the_rally_says_and_nothing_typed_is_lost(campaign: Campaign) -> None:
    one, link = held(campaign)
    values = values_of(details_of(one), None, "en")

    async def story(visits: Visits) -> None:
        page = await visits.get(f"{link}/change")
        assert 'value="Kassel, Germany"' in page.text
        wrong = await post(visits, f"{link}/change", **(values | {"time": "noon", "place": "The <b>station</b>"}))
        assert wrong.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert 'value="The &lt;b&gt;station&lt;/b&gt;"' in wrong.text
        assert f'name="date_was" value="{one.first_on}"' in page.text
        assert 'name="time_was" value="12:00"' in wrong.text
        done = await post(visits, f"{link}/change", **(values | {"time": "18:30"}))
        assert done.headers["location"] == f"{link}?done=changed"

    tell(story)
    one.refresh_from_db()
    assert (one.wall_time, one.has_big_change) == (time(18, 30), True)


def test_a_host_cancels_moves_and_reopens_a_date_and_who_comes_hears_of_each(campaign: Campaign) -> None:
    one, link = held(campaign)
    date = one.occurrences.get()
    comes(date, MAYA)
    path = f"{link}/date/{date.pk}"
    later = (SOON + timedelta(days=1)).isoformat()

    async def story(visits: Visits) -> None:
        for verb, form in (
            ("cancel", {"note": "A storm."}),
            ("reopen", {}),
            ("postpone", {}),
            ("move", {"date": later, "time": "15:00", "minutes": "60"}),
            ("write", {"words": "Bring lanterns."}),
        ):
            answer = await post(visits, f"{path}/{verb}", **form)
            assert answer.status == HTTPStatus.SEE_OTHER, verb
            assert (await visits.get(answer.headers["location"])).status == HTTPStatus.OK, verb
        again = await post(visits, f"{path}/write", words="And candles.")
        assert again.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "And candles." in again.text
        for verb in ("move", "cancel", "postpone"):
            wrong = await post(visits, f"{path}/{verb}", date="2020-01-01", time="15:00", note="x" * 501)
            assert wrong.status == HTTPStatus.UNPROCESSABLE_ENTITY, verb
        assert (await post(visits, f"{path}/delete")).status == HTTPStatus.NOT_FOUND
        for verb in ("cancel", "write", "move"):
            assert (await visits.get(f"{path}/{verb}")).status == HTTPStatus.OK  # opened, it is the page

    tell(story)
    mails = ["date_cancelled", "date_changed", "date_postponed", "date_reopened", "from_host"]
    assert told(datetime.now(UTC)) == [(mail, MAYA.address) for mail in mails]
    date.refresh_from_db()
    assert (date.state, date.held_on) == (DateState.STANDS, SOON + timedelta(days=1))


def test_another_rallys_date_is_not_behind_this_link(campaign: Campaign) -> None:
    _, link = held(campaign)
    quinns, _ = held(CampaignFactory.create())
    date = quinns.occurrences.get()

    async def story(visits: Visits) -> None:
        for verb in ("", "/cancel", "/postpone", "/move", "/reopen", "/write", "/count"):
            assert (await visits.get(f"{link}/date/{date.pk}{verb}")).status == HTTPStatus.NOT_FOUND
            answer = await post(visits, f"{link}/date/{date.pk}{verb}", note="", words="x", low="1", high="2")
            assert answer.status == HTTPStatus.NOT_FOUND

    tell(story)
    date.refresh_from_db()
    assert date.state == DateState.STANDS


def test_cancelling_all_asks_for_a_tick_first(campaign: Campaign) -> None:
    one, link = held(campaign, repeat="FREQ=WEEKLY;COUNT=3")

    async def story(visits: Visits) -> None:
        untouched = await post(visits, f"{link}/cancel", note="It is resolved.")
        assert untouched.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert 'value="It is resolved."' in untouched.text
        done = await post(visits, f"{link}/cancel", note="It is resolved.", sure="yes")
        assert done.headers["location"] == f"{link}?done=cancelled"

    tell(story)
    assert set(one.occurrences.values_list("state", flat=True)) == {DateState.CANCELLED}


def test_a_host_says_how_many_came(campaign: Campaign) -> None:
    one, link = held(campaign)
    date = one.occurrences.get()
    begun = (NOW - timedelta(days=1)).date()
    moment = moment_of(begun, date.wall_time, date.minutes, one.zone)
    Occurrence.objects.filter(pk=date.pk).update(held_on=begun, starts_at=moment.starts_at, ends_at=moment.ends_at)
    path = f"{link}/date/{date.pk}"

    async def story(visits: Visits) -> None:
        assert "How many came?" in (await visits.get(path)).text
        wrong = await post(visits, f"{path}/count", low="300", high="200", method="counted")
        assert wrong.status == HTTPStatus.UNPROCESSABLE_ENTITY
        done = await post(visits, f"{path}/count", low="200", high="300", method="counted", source="police")
        assert done.headers["location"] == f"{link}?done=counted"

    tell(story)
    count = Headcount.objects.get()
    assert (count.low, count.high, count.source) == (200, 300, "host")


def test_a_host_sends_a_photo_and_another_hosts_link_sends_none(campaign: Campaign) -> None:
    one, link = held(campaign)
    _, other = held(campaign)
    date = one.occurrences.get()
    begun = (NOW - timedelta(days=1)).date()
    moment = moment_of(begun, date.wall_time, date.minutes, one.zone)
    Occurrence.objects.filter(pk=date.pk).update(held_on=begun, starts_at=moment.starts_at, ends_at=moment.ends_at)
    path = f"/date/{date.pk}/count"
    typed = {"low": "200", "high": "300", "method": "counted", "note": "Am Brunnen", "photo_caption": "Der Brunnen"}

    async def story(visits: Visits) -> None:
        for stranger in (other, f"/h/{to_text(new_token())}"):
            assert (await post_parts(visits, stranger + path, typed, phone_photo())).status == HTTPStatus.NOT_FOUND
        for photo, changes, mend in (
            (heic(), {}, "HEIC"),
            (b"<svg/>", {}, "as JPEG, PNG or WebP"),
            (bytes(20_000_000), {}, "12 MB"),
            (phone_photo(), {"high": "100"}, "Please choose the photo again"),
        ):
            wrong = await post_parts(visits, link + path, typed | changes, photo)
            assert wrong.status == HTTPStatus.UNPROCESSABLE_ENTITY
            assert mend in re.findall(r'id="count-photo-wrong">([^<]*)', wrong.text)[0]
            assert 'value="Am Brunnen"' in wrong.text
            assert 'value="Der Brunnen"' in wrong.text
        large = await post_parts(visits, f"{link}/date/{date.pk}/write", typed, bytes(70_000))
        assert large.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        done = await post_parts(visits, link + path, typed, phone_photo())
        assert done.headers["location"] == f"{link}?done=photo"
        assert "Your photo follows" in (await visits.get(f"{link}?done=photo")).text
        page = (await visits.get(f"/en/night-trains/rallies/{one.slug}/")).text
        assert "200 to 300" in page
        assert "<img" not in page

    tell(story)
    stored = Headcount.objects.get()
    assert (stored.occurrence_id, stored.source, stored.photo_caption) == (date.pk, "host", "Der Brunnen")
    assert (ReportState(stored.state), ReportState(stored.photo_state)) == (ReportState.SHOWN, ReportState.WAITING)
    assert (stored.photo_width, stored.photo_height) == (40, 60)


def test_no_photo_is_made_afresh_for_a_link_that_opens_nothing_or_a_date_to_come(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, link = held(campaign)
    _, unconfirmed = held(campaign, is_confirmed=False)
    path = f"/date/{one.occurrences.get().pk}/count"
    made: list[str] = []
    monkeypatch.setattr(SentPhoto, "made_afresh", lambda _photo: made.append("a photo"))
    turns: list[str] = []

    async def turn(_engine: Engine, client: str, call: Callable[[], object]) -> object:
        turns.append(client)
        return await asyncio.to_thread(call)

    monkeypatch.setattr(Engine, "on_photo_thread", turn)

    async def story(visits: Visits) -> None:
        for stranger in (unconfirmed, f"/h/{to_text(new_token())}"):
            await post_parts(visits, stranger + path, COUNTED, phone_photo())
            assert turns == []
        early = await post_parts(visits, link + path, COUNTED, phone_photo())
        assert early.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Please come back once it has begun" in early.text

    tell(story)
    assert made == []


def test_a_host_whose_photo_finds_no_turn_keeps_what_was_typed(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.WEB_PROCESSES = 1
    monkeypatch.setattr(engine, "_MOST_PHOTOS_OF_A_HOST", 5)
    one, link = held(campaign)
    begun_yesterday(one)
    path = f"{link}/date/{one.occurrences.get().pk}/count"
    free = threading.Event()

    def slowly(_photo: object) -> bytes:
        free.wait(20)
        return phone_photo()

    monkeypatch.setattr(photos, "fresh_photo", slowly)

    async def story(visits: Visits) -> None:
        ours = [asyncio.ensure_future(post_parts(visits, path, COUNTED, phone_photo())) for _ in range(5)]
        [first], waiting = await asyncio.wait(ours, return_when=asyncio.FIRST_COMPLETED)
        free.set()
        assert {answer.status for answer in await asyncio.gather(*waiting)} == {HTTPStatus.SEE_OTHER}
        for refused in (first.result(), await post_parts(visits, path, COUNTED, phone_photo())):
            assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
            assert "Very many photos are arriving" in re.findall(r'id="count-photo-wrong">([^<]*)', refused.text)[0]
            assert 'value="Am Brunnen"' in refused.text
        assert (await post_parts(visits, path, COUNTED)).status == HTTPStatus.SEE_OTHER

    tell(story)
    assert Headcount.objects.count() == 5


def test_a_host_asks_others_and_ends_their_links(campaign: Campaign) -> None:
    one, link = held(campaign)

    async def story(visits: Visits) -> None:
        slip = await post(visits, f"{link}/team", verb="invite", name="Maya", email="maya@gmial.com")
        assert slip.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "maya@gmail.com" in slip.text
        asked = await post(visits, f"{link}/team", verb="invite", name=MAYA.name, email=MAYA.address)
        assert asked.headers["location"] == f"{link}?done=asked"
        assert MAYA.name in (await visits.get(f"{link}/team")).text
        page = (await visits.get(f"{link}/team")).text
        number = re.findall(r'name="host" value="(\d+)"', page)
        ended = await post(visits, f"{link}/team", verb="revoke", host=number[0])
        assert ended.headers["location"] == f"{link}?done=revoked"
        assert (await post(visits, f"{link}/team", verb="promote")).status == HTTPStatus.NOT_FOUND
        for odd in ("", "x", "9" * 40, "²"):
            assert (await post(visits, f"{link}/team", verb="revoke", host=odd)).status == HTTPStatus.SEE_OTHER

    tell(story)
    assert list(Host.objects.values_list("rally", flat=True)) == [one.pk]


def test_a_hosts_name_and_address_are_on_no_public_page_in_no_column_and_in_no_line_of_the_log(
    campaign: Campaign, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    one, link = held(campaign)
    seen: list[str] = []

    async def story(visits: Visits) -> None:
        paths = ("", "rallies/", f"rallies/{one.slug}/", "host/")
        seen.extend([(await visits.get(f"/en/night-trains/{path}")).text for path in paths])
        await post(visits, f"{link}/team", verb="invite", name=RUI.name, email=RUI.address)
        await visits.get(link)

    tell(story)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            seen.append(str(cursor.fetchall()))
    seen.append(caplog.text)
    for canary in (OTTO.name, OTTO.address, RUI.name, RUI.address, link.removeprefix("/h/")):
        assert not [text for text in seen if canary in text], canary
