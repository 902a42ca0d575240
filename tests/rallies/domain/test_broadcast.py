"""One message to many rallies: its banner shows at once, and each address has one mail, whatever dies on the way."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import MAYA, OTTO, PILAR, RUI, Person
from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tocsin.campaigns.models import Campaign
from tocsin.kit.addresses import parse
from tocsin.outbox.keys import opening_box
from tocsin.outbox.models import Letter
from tocsin.outbox.sealing import open_letter
from tocsin.rallies import keys
from tocsin.rallies.domain import broadcast as verb
from tocsin.rallies.domain.broadcast import (
    Words,
    draft_broadcast,
    drop_draft,
    post_batch,
    send_broadcast,
    take_down,
    work,
)
from tocsin.rallies.models import Broadcast, BroadcastAddress, DayOfAction, Rally, Rsvp
from tocsin.rallies.queries.broadcasts import Reach, broadcasts_of, next_end, notes_of, reach, shown_broadcasts
from tocsin.rallies.refusals import Refusal, RefusedError
from tocsin.rallies.states import BroadcastState, RsvpState, State
from tocsin.seal.tokens import new_token, to_text, token_hash

pytestmark = pytest.mark.django_db

NOW = factory.NOW
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create()


def words(**changes: Any) -> Words:
    usual: dict[str, Any] = {"text": {"en": "Bring umbrellas."}, "shown_until": TOMORROW}
    return Words(**(usual | changes))


def drafted(campaign: Campaign, **changes: Any) -> Broadcast:
    stored = draft_broadcast(campaign=campaign, words=words(**changes), now=NOW)
    assert stored is not None
    return stored


def sent(campaign: Campaign, **changes: Any) -> Broadcast:
    stored = drafted(campaign, **changes)
    assert send_broadcast(campaign=campaign, broadcast=stored.pk, now=NOW)
    stored.refresh_from_db()
    return stored


def coming(rally: Rally, person: Person, state: RsvpState = RsvpState.COMING) -> Rsvp:
    """Store somebody who comes to the first date of a rally."""
    address, token = parse(person.address), new_token()
    assert address is not None
    content = {"email": person.address, "name": person.name, "language": person.language, "token": to_text(token)}
    return Rsvp.objects.create(
        occurrence=rally.occurrences.order_by("starts_at")[0],
        token_hash=token_hash(token),
        tag=keys.rsvp_tag(rally.pk, address),
        state=state,
        sealed=keys.seal(rally.pk, "rsvp", content),
        asked_on=NOW.date(),
    )


def run(now: datetime = NOW) -> bool:
    return work(now=lambda: now)


def mailed() -> list[str]:
    """Return the addresses that letters go to, sorted."""
    found = []
    for letter in Letter.objects.all():
        box = opening_box(letter.key_day)
        assert box is not None
        content = open_letter(box, kind=letter.kind, campaign=letter.campaign, sealed=bytes(letter.sealed))
        found.append(str(orjson.loads(content)["to"]))
    return sorted(found)


def state(broadcast: Broadcast) -> BroadcastState:
    broadcast.refresh_from_db()
    return BroadcastState(broadcast.state)


def test_hosts_and_those_who_come_get_it_once_each(campaign: Campaign) -> None:
    one, other = factory.rally(campaign=campaign), factory.rally(campaign=campaign, where=factory.LISBON)
    factory.host(one, person=OTTO)
    factory.host(other, person=OTTO)
    for person in (MAYA, PILAR):
        coming(one, person)
    coming(other, MAYA, RsvpState.WAITING)
    broadcast = sent(campaign)
    assert reach(broadcast, NOW) == Reach(2, 5)
    assert run()
    assert mailed() == sorted([OTTO.address, MAYA.address, PILAR.address])
    assert (state(broadcast), broadcast.reached_rallies, broadcast.reached_people) == (BroadcastState.SENT, 2, 3)
    assert BroadcastAddress.objects.count() == 0
    assert not run()


def test_a_neighbouring_address_takes_nobodys_mail_away(campaign: Campaign) -> None:
    one = factory.rally(campaign=campaign)
    addresses = ["maya+x@example.org", "maya@example.org", "maya@gmail.com"]
    for address in addresses:
        coming(one, replace(MAYA, address=address))
    coming(factory.rally(campaign=campaign), replace(MAYA, address="m.aya+x@gmail.com"))
    sent(campaign)
    assert run()
    assert mailed() == addresses


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_it_goes_on_where_it_stopped(campaign: Campaign, limit: int) -> None:
    for person in (OTTO, RUI):
        rally = factory.rally(campaign=campaign)
        factory.host(rally, person=person)
        for guest in (MAYA, PILAR):
            coming(rally, guest)
    broadcast = sent(campaign)
    while post_batch(broadcast=broadcast, now=NOW, limit=limit):
        pass
    assert mailed() == sorted([OTTO.address, RUI.address, MAYA.address, PILAR.address])
    assert (state(broadcast), broadcast.reached_rallies, broadcast.reached_people) == (BroadcastState.SENT, 2, 4)


def test_a_batch_that_somebody_else_posted_is_not_posted_again(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    rally = factory.rally(campaign=campaign)
    factory.host(rally)
    broadcast = sent(campaign)
    whole = verb._next_batch  # noqa: SLF001  the moment between looking and writing

    def slow(*given: Any) -> Any:
        batch = whole(*given)
        monkeypatch.undo()
        assert post_batch(broadcast=broadcast, now=NOW)
        return batch

    monkeypatch.setattr(verb, "_next_batch", slow)
    assert not post_batch(broadcast=broadcast, now=NOW)
    assert mailed() == [OTTO.address]


def test_who_gave_up_or_comes_to_what_is_over_or_cancelled_gets_none(campaign: Campaign) -> None:
    rally = factory.rally(campaign=campaign)
    coming(rally, MAYA, RsvpState.GONE)
    cancelled = factory.rally(campaign=campaign)
    coming(cancelled, RUI)
    cancelled.occurrences.update(state=2)
    over = factory.rally(campaign=campaign, first_on=date(2026, 4, 1))
    coming(over, PILAR)
    sent(campaign)
    run()
    assert mailed() == []


@pytest.mark.parametrize("state_of", [State.ASKED, State.MERGED, State.REFUSED, State.ENDED])
def test_a_rally_that_is_not_there_is_not_written_to(campaign: Campaign, state_of: State) -> None:
    factory.host(factory.rally(campaign=campaign, state=state_of))
    sent(campaign)
    run()
    assert mailed() == []


def test_it_is_for_a_day_a_country_or_a_region_alone(campaign: Campaign) -> None:
    day = DayOfAction.objects.create(campaign=campaign, key="day", title={"en": "Day"}, held_on=date(2026, 6, 6))
    kassel = factory.rally(campaign=campaign, day_of_action=day.pk)
    lisbon = factory.rally(campaign=campaign, where=factory.LISBON)
    factory.host(kassel, person=OTTO)
    factory.host(lisbon, person=RUI)
    assert reach(drafted(campaign), NOW) == Reach(2, 2)
    assert reach(drafted(campaign, day_of_action=day.pk), NOW) == Reach(1, 1)
    assert reach(drafted(campaign, country="PT", region="PT-11"), NOW) == Reach(0, 0)
    one = sent(campaign, country="PT")
    run()
    assert mailed() == [RUI.address]
    shown = shown_broadcasts(campaign, NOW)
    assert (broadcasts_of(lisbon, shown), broadcasts_of(kassel, shown)) == ([one], [])
    assert notes_of(lisbon, shown, "en", campaign) == ["Bring umbrellas."]


def test_a_message_to_a_day_goes_with_its_day_and_not_to_everybody(campaign: Campaign) -> None:
    day = DayOfAction.objects.create(campaign=campaign, key="day", title={"en": "Day"}, held_on=date(2026, 6, 6))
    drafted(campaign, day_of_action=day.pk)
    day.delete()
    assert Broadcast.objects.count() == 0


def test_a_banner_shows_from_sending_to_its_time(campaign: Campaign) -> None:
    broadcast = drafted(campaign)
    assert shown_broadcasts(campaign, NOW) == []
    send_broadcast(campaign=campaign, broadcast=broadcast.pk, now=NOW)
    assert next_end(shown_broadcasts(campaign, NOW)) == TOMORROW
    assert shown_broadcasts(campaign, TOMORROW) == []


def test_taking_it_down_ends_the_banner_and_what_is_not_posted_yet(campaign: Campaign) -> None:
    for person in (OTTO, RUI):
        factory.host(factory.rally(campaign=campaign), person=person)
    broadcast = sent(campaign)
    assert take_down(campaign=campaign, broadcast=broadcast.pk, now=NOW)
    assert shown_broadcasts(campaign, NOW) == []
    run()
    assert mailed() == []
    assert not take_down(campaign=campaign, broadcast=broadcast.pk, now=NOW)


def test_it_is_sent_once_and_cannot_be_changed_then(campaign: Campaign) -> None:
    broadcast = sent(campaign)
    assert not send_broadcast(campaign=campaign, broadcast=broadcast.pk, now=NOW)
    assert draft_broadcast(campaign=campaign, words=words(), now=NOW, draft=broadcast.pk) is None
    assert not drop_draft(campaign=campaign, broadcast=broadcast.pk)


def test_nothing_is_sent_whose_time_is_over(campaign: Campaign) -> None:
    broadcast = drafted(campaign)
    assert not send_broadcast(campaign=campaign, broadcast=broadcast.pk, now=TOMORROW)


def test_a_draft_can_be_changed_and_dropped(campaign: Campaign) -> None:
    draft = drafted(campaign)
    changed = draft_broadcast(campaign=campaign, words=words(country="PT"), now=NOW, draft=draft.pk)
    assert changed is not None
    assert (changed.pk, changed.country) == (draft.pk, "PT")
    assert drop_draft(campaign=campaign, broadcast=draft.pk)


@pytest.mark.parametrize(
    "wrong, field, refusal",
    [
        ({"text": {"en": " "}}, "text", Refusal.EMPTY),
        ({"text": {"en": "x" * 1001}}, "text.en", Refusal.TOO_LONG),
        ({"text": {"xx": "a"}}, "text", Refusal.WRONG_CHOICE),
        ({"shown_until": NOW}, "shown_until", Refusal.DATE_PAST),
        ({"country": "XX"}, "country", Refusal.COUNTRY_UNKNOWN),
        ({"region": "US-CT"}, "region", Refusal.WRONG_CHOICE),
        ({"country": "PT", "region": "US-CT"}, "region", Refusal.WRONG_CHOICE),
        ({"day_of_action": 4}, "day_of_action", Refusal.WRONG_CHOICE),
    ],
)
def test_what_is_wrong_is_named(campaign: Campaign, wrong: dict[str, Any], field: str, refusal: Refusal) -> None:
    with pytest.raises(RefusedError) as error:
        draft_broadcast(campaign=campaign, words=words(**wrong), now=NOW)
    assert [(one.field, one.refusal) for one in error.value.refused] == [(field, refusal)]


def test_quinn_sends_and_changes_nothing_of_ours(campaign: Campaign) -> None:
    quinns, draft = CampaignFactory.create(), drafted(campaign)
    assert not send_broadcast(campaign=quinns, broadcast=draft.pk, now=NOW)
    assert draft_broadcast(campaign=quinns, words=words(), now=NOW, draft=draft.pk) is None
    assert not drop_draft(campaign=quinns, broadcast=draft.pk)
    send_broadcast(campaign=campaign, broadcast=draft.pk, now=NOW)
    assert not take_down(campaign=quinns, broadcast=draft.pk, now=NOW)
    assert state(draft) == BroadcastState.SENDING


def test_another_campaigns_rallies_are_not_written_to(campaign: Campaign) -> None:
    factory.host(factory.rally())
    sent(campaign)
    run()
    assert mailed() == []


def test_a_key_that_is_gone_stops_nobody(campaign: Campaign) -> None:
    gone, rally = factory.rally(campaign=campaign), factory.rally(campaign=campaign)
    factory.host(gone, person=RUI)
    factory.host(rally, person=OTTO)
    keys.destroy(gone.pk)
    sent(campaign)
    run()
    assert mailed() == [OTTO.address]


def test_three_rallies_cost_no_more_questions_than_one(campaign: Campaign) -> None:
    asked = []
    for number in (1, 2):
        for _ in range(number):
            rally = factory.rally(campaign=campaign)
            factory.host(rally)
            coming(rally, MAYA)
        broadcast = sent(campaign)
        with CaptureQueriesContext(connection) as queries:
            post_batch(broadcast=broadcast, now=NOW)
        asked.append(len(queries))
        take_down(campaign=campaign, broadcast=broadcast.pk, now=NOW)
    assert asked[0] == asked[1]
