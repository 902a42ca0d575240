"""lane.pulse: a look a second, also after the database was away; lane.addresses: what can be anybody's."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from django.db import OperationalError

from tests.factories.signing import NOW, open_campaign
from tests.lane.visits import elsewhere
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.lane import pulse as pulse_module
from tocsin.lane.addresses import leads_somewhere
from tocsin.lane.clock import SecondHand
from tocsin.lane.doors import Doors
from tocsin.lane.pulse import Pulse, Seen, look
from tocsin.tally.models import Count

NOTHING = Seen({}, {})


class Beats:
    """A pulse whose eyes the test lends it."""

    def __init__(self) -> None:
        self.hand = SecondHand()
        self.looks = 0
        self.told: list[Seen] = []
        self.error: Exception | None = None
        self.pulse = Pulse(self.hand, self.see, self.told.append)

    def see(self) -> Seen:
        self.looks += 1
        if self.error is not None:
            raise self.error
        return NOTHING


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Beats], Coroutine[Any, Any, None]]], None]:
    """Return a teller of stories in which a second lasts 20 ms."""
    monkeypatch.setattr(pulse_module, "_SECOND", 0.02)
    monkeypatch.setattr(pulse_module, "_BETWEEN_LOOKS", 0.05)

    def run(story: Callable[[Beats], Coroutine[Any, Any, None]]) -> None:
        async def whole() -> None:
            beats = Beats()
            beats.pulse.start()
            try:
                await asyncio.wait_for(story(beats), timeout=10)
            finally:
                beats.pulse.stop()

        asyncio.run(whole())

    return run


Tell = Callable[[Callable[[Beats], Coroutine[Any, Any, None]]], None]


def test_it_looks_each_second_and_tells(tell: Tell) -> None:
    async def story(beats: Beats) -> None:
        assert not beats.pulse.is_fresh
        await asyncio.sleep(0.3)
        assert beats.pulse.is_fresh
        assert beats.hand.tick >= 5
        assert len(beats.told) >= 5

    tell(story)


def test_it_goes_on_while_the_database_is_away_and_says_so_once(tell: Tell, caplog: pytest.LogCaptureFixture) -> None:
    async def story(beats: Beats) -> None:
        await asyncio.sleep(0.1)
        told, ticks = len(beats.told), beats.hand.tick
        beats.error = OperationalError("host=secret password=secret")
        await asyncio.sleep(0.3)
        assert len(beats.told) <= told + 1
        assert beats.hand.tick > ticks + 5
        beats.error = None
        await asyncio.sleep(0.1)
        assert len(beats.told) > told + 1
        assert beats.pulse.is_fresh

    tell(story)
    assert caplog.text.count("the database does not answer: OperationalError") == 1
    assert "the database answers again" in caplog.text
    assert "secret" not in caplog.text


def test_looking_again_is_quick_and_a_crowd_looks_once(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(beats: Beats) -> None:
        await asyncio.sleep(0.1)
        monkeypatch.setattr(pulse_module, "_SECOND", 5.0)
        await asyncio.sleep(0.2)
        monkeypatch.setattr(pulse_module, "_BETWEEN_LOOKS", 5.0)
        beats.pulse._looked_at -= 5.0  # noqa: SLF001  long ago
        looks = beats.looks
        await asyncio.gather(*(beats.pulse.look_again() for _ in range(1_000)))
        assert beats.looks == looks + 1
        await asyncio.gather(*(beats.pulse.look_again() for _ in range(1_000)))
        assert beats.looks == looks + 1  # just done

    tell(story)


@pytest.mark.django_db(transaction=True)
def test_a_look_sees_numbers_and_what_must_be_rendered_again() -> None:
    campaign = open_campaign(goals=[100, 1000])
    draft = open_campaign("a-draft")
    Campaign.objects.filter(pk=draft.pk).update(state="draft")
    doors = Doors()

    first = look(doors, NOW)
    Count.objects.create(campaign=campaign.pk, signs=99, withdrawals=0)
    same = look(doors, NOW)
    Count.objects.filter(campaign=campaign.pk).update(signs=100)
    reached = look(doors, NOW)
    touch(campaign=campaign)
    touched = look(doors, NOW)

    assert first.numbers.keys() == {campaign.pk}
    assert first.numbers[campaign.pk].at.number == 0
    assert same.numbers[campaign.pk].at.number == 99
    assert same.revisions == first.revisions
    assert reached.numbers[campaign.pk].goal == 1000
    assert reached.revisions != same.revisions
    assert touched.revisions != reached.revisions


@pytest.mark.django_db(transaction=True)
def test_an_address_leads_somewhere_if_a_view_and_a_public_campaign_are_there() -> None:
    open_campaign()
    doors = Doors()
    doors.refresh(NOW)
    looks: list[str] = []

    async def look_again() -> None:
        looks.append("again")

    def leads(path: str) -> bool:
        return asyncio.run(leads_somewhere(path, doors, look_again))

    for path in ("/", "/en/trust/", "/en/night-trains/", "/en/night-trains", "/en/night-trains/signatures/"):
        assert leads(path), path
    assert looks == []
    for path in ("/nowhere/", "/xx/night-trains/", "/en/night-trains/made-up/", "/wp-login.php", "/en/a b/"):
        assert not leads(path), path
    assert looks == []
    assert not leads("/en/nobody/")
    assert looks == ["again"]


@pytest.mark.django_db(transaction=True)
def test_a_campaign_that_has_just_opened_is_found_by_looking_again() -> None:
    doors = Doors()

    async def look_again() -> None:
        await elsewhere(lambda: doors.refresh(NOW))

    open_campaign()
    assert asyncio.run(leads_somewhere("/en/night-trains/", doors, look_again))
