"""lane.announce: posting the form of a rally, through a whole lane; nothing typed is lost, nobody learns who hosts."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from pytest_django import Settings

from tests.cast import OTTO
from tests.factories.rallies import host, rally
from tests.factories.signing import open_campaign
from tests.lane.visits import Answer, Visits, tell
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State as CampaignState
from tocsin.outbox.models import Letter
from tocsin.rallies.domain.resolve import resolve
from tocsin.rallies.models import Host, Rally
from tocsin.rallies.states import State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]

PATH = "/en/night-trains/host/"
TYPED = {
    "town": "Kassel",
    "place": "Königsplatz <b>",
    "date": (datetime.now(UTC).date() + timedelta(days=60)).isoformat(),
    "time": "12:00",
    "minutes": "120",
    "name": OTTO.name,
    "email": OTTO.address,
    "consent": "yes",
}
_HELD = re.compile(r'name="held" value="([^"]+)"')


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    settings.SECOND_STEP_SECONDS = 0


@pytest.fixture
def campaign() -> Campaign:
    return open_campaign(slug="night-trains")


async def announce(visits: Visits, path: str = PATH, **changes: str) -> Answer:
    """Post the form as a browser without JavaScript does: it waits, and presses the button."""
    first = await visits.post(path, TYPED | changes)
    held = _HELD.search(first.text)
    if held is None:
        return first
    await asyncio.sleep(0.01)
    return await visits.post(path, {"held": held[1]})


def test_what_is_right_is_stored_and_answered_with_look_in_your_mail(campaign: Campaign) -> None:
    async def story(visits: Visits) -> None:
        answer = await announce(visits)
        assert (answer.status, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, f"{PATH}thanks/")
        assert "Now look in your mail" in (await visits.get(f"{PATH}thanks/")).text

    tell(story)
    assert Rally.objects.get().state == State.ASKED
    assert (Host.objects.count(), Letter.objects.count()) == (1, 1)


def test_what_is_wrong_comes_back_with_all_that_was_typed(campaign: Campaign) -> None:
    async def story(visits: Visits) -> None:
        answer = await announce(visits, date="", **{"access-toilets": "yes", "repeat": "fortnightly"})
        assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert answer.headers["cache-control"] == "no-store"
        assert 'aria-describedby="date-wrong"' in answer.text
        for kept in (
            'value="Königsplatz &lt;b&gt;"',
            'value="Kassel"',
            f'value="{OTTO.address}"',
            'name="access-toilets" value="yes" checked',
            'value="fortnightly" selected',
        ):
            assert kept in answer.text, kept

    tell(story)
    assert Rally.objects.count() == 0


def test_a_town_that_is_several_comes_back_as_a_list_to_choose_from(campaign: Campaign) -> None:
    async def story(visits: Visits) -> None:
        answer = await announce(visits, town="Springfield")
        assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
        number = re.search(r'type="radio" name="city" value="(\d+)"> <bdi>Springfield, Illinois', answer.text)
        assert number is not None
        chosen = await announce(visits, town="Springfield", town_asked="Springfield", city=number[1])
        assert chosen.status == HTTPStatus.SEE_OTHER

    tell(story)
    assert Rally.objects.get().region == "US-IL"


def test_another_sites_form_is_refused(campaign: Campaign) -> None:
    async def story(visits: Visits) -> None:
        for path in (PATH, f"{PATH}lost/"):
            answer = await visits.post(path, TYPED, headers={"origin": "https://elsewhere.example"})
            assert answer.status == HTTPStatus.FORBIDDEN, path

    tell(story)


def test_a_campaign_that_is_over_takes_no_more_rallies(campaign: Campaign) -> None:
    Campaign.objects.update(state=CampaignState.CLOSED)

    async def story(visits: Visits) -> None:
        assert "no more rallies are announced" in (await visits.get(PATH)).text
        assert (await announce(visits)).status == HTTPStatus.CONFLICT

    tell(story)
    assert Rally.objects.count() == 0


def test_a_campaign_that_has_reached_its_goal_takes_no_more_rallies(campaign: Campaign) -> None:
    said, now = {"en": "The night train runs again."}, datetime.now(UTC)
    resolve(campaign=campaign, text=said, shown_until=now + timedelta(days=1), now=now)

    async def story(visits: Visits) -> None:
        assert "no more rallies are announced" in (await visits.get(PATH)).text
        assert (await announce(visits)).status == HTTPStatus.CONFLICT
        front = (await visits.get("/en/night-trains/")).text
        assert ("The goal is reached" in front, said["en"] in front) == (True, True)
        assert await offers_it(visits) is False

    tell(story)
    assert Rally.objects.count() == 0


async def offers_it(visits: Visits) -> bool:
    """Say whether the list of rallies asks people to hold one."""
    return f'href="{PATH}"' in (await visits.get("/en/night-trains/rallies/")).text


def test_an_open_campaign_asks_people_to_hold_one(campaign: Campaign) -> None:
    async def story(visits: Visits) -> None:
        assert await offers_it(visits) is True

    tell(story)


def test_who_asks_for_a_lost_link_gets_the_same_answer_whether_they_host_or_not(campaign: Campaign) -> None:
    host(rally(campaign=campaign))
    before = Host.objects.get()
    answers: list[Answer] = []

    async def story(visits: Visits) -> None:
        answers.append(await announce(visits, f"{PATH}lost/", email=OTTO.address))
        answers.append(await announce(visits, f"{PATH}lost/", email="nobody@example.net"))

    tell(story)
    first, second = answers
    assert first == second
    assert first.headers["location"] == f"{PATH}thanks/?for=lost"
    assert set(Letter.objects.values_list("kind", "campaign", "provider")) == {("rally", campaign.pk, "other")}
    assert Letter.objects.count() == 2
    assert bytes(Host.objects.get().token_hash) == bytes(before.token_hash)  # nothing moves before the mail is built
