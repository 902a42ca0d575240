"""One rally at the desk: Noor enters one, changes it, and merges two pages of the same."""

from datetime import date, time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import rallies as factory
from tocsin.campaigns.models import Campaign, User
from tocsin.rallies.details import details_of
from tocsin.rallies.domain.days import put_day
from tocsin.rallies.domain.entering import change_entered
from tocsin.rallies.hosts import PrivatePlace, place_in, seal_place
from tocsin.rallies.models import DayOfAction, Rally
from tocsin.rallies.refusals import RefusedError
from tocsin.rallies.states import State

FORM = {"city": "Kassel", "first_on": "2026-06-06", "wall_time": "12:00", "minutes": "120", "attendance": "1"}


def enter(desk: Client, campaign: Campaign, **changes: Any) -> Any:
    return desk.post(reverse("desk:rally-new", args=[campaign.slug]), FORM | changes)


def edit(desk: Client, rally: Rally, **changes: Any) -> Any:
    """Open the form of a rally and send it again, changed."""
    return save(desk, rally, opened(desk, rally) | changes)


def opened(desk: Client, rally: Rally) -> dict[str, Any]:
    """Return what the form of a rally shows."""
    form = desk.get(reverse("desk:rally-edit", args=[rally.campaign.slug, rally.pk])).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in shown.items() if value is not None and value is not False}


def save(desk: Client, rally: Rally, filled: dict[str, Any]) -> Any:
    return desk.post(reverse("desk:rally-edit", args=[rally.campaign.slug, rally.pk]), filled)


@pytest.fixture
def day(campaign: Campaign) -> DayOfAction:
    """Return a day of action of Noor's campaign, at 17:00 local everywhere."""
    return DayOfAction.objects.create(
        campaign=campaign,
        key="night",
        title={"en": "Night of the trains"},
        held_on=date(2026, 6, 6),
        wall_time=time(17),
    )


def test_a_town_and_a_date_are_enough(campaign: Campaign, desk: Client) -> None:
    answer = enter(desk, campaign)
    rally = Rally.objects.get()
    assert answer["Location"] == reverse("desk:rally", args=[campaign.slug, rally.pk])
    assert (rally.state, rally.country, rally.zone, rally.slug) == (State.APPROVED, "DE", "Europe/Berlin", "kassel")
    assert rally.occurrences.get().starts_at.isoformat() == "2026-06-06T10:00:00+00:00"


def test_a_day_of_action_gives_date_and_hour(campaign: Campaign, desk: Client, day: DayOfAction) -> None:
    enter(desk, campaign, day_of_action=str(day.pk), first_on="", wall_time="")
    rally = Rally.objects.get()
    assert (rally.first_on, rally.wall_time, rally.day_of_action) == (day.held_on, day.wall_time, day)


def test_of_towns_with_one_name_one_is_chosen_and_nothing_typed_is_lost(campaign: Campaign, desk: Client) -> None:
    asked = enter(desk, campaign, city="Springfield", place="Old Depot")
    assert (asked.status_code, Rally.objects.count()) == (422, 0)
    choices = dict(asked.context["form"].fields["town"].choices)
    illinois = next(number for number, label in choices.items() if "Illinois" in label)
    assert 'value="Old Depot"' in asked.content.decode()
    assert enter(desk, campaign, city="Springfield", place="Old Depot", town=illinois).status_code == 303
    rally = Rally.objects.get()
    assert (rally.region, rally.zone, rally.place) == ("US-IL", "America/Chicago", "Old Depot")


def test_a_town_that_nobody_knows_takes_country_and_zone_by_hand(campaign: Campaign, desk: Client) -> None:
    unknown = {"city": "Qqxyzzy"}
    assert "No town of that name is known here" in enter(desk, campaign, **unknown).content.decode()
    assert enter(desk, campaign, **unknown, country="PT", zone="Europe/Lisbon").status_code == 303


@pytest.mark.parametrize(
    "wrong, name",
    [
        ({"first_on": ""}, "first_on"),
        ({"wall_time": ""}, "wall_time"),
        ({"city": ""}, "city"),
        ({"minutes": "1"}, "minutes"),
        ({"attendance": "2", "zone": "Europe/Berlin"}, "online_url"),
        ({"skipped": "Christmas"}, "skipped"),
        ({"chats.0.url": "javascript:alert(1)", "chats.0.label": "x"}, "chats.0.label"),
        ({"title.en": "x" * 151}, "title.en"),
        ({"capacity": "0"}, "capacity"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    campaign: Campaign, desk: Client, wrong: dict[str, str], name: str
) -> None:
    answer = enter(desk, campaign, **wrong)
    assert (answer.status_code, name in answer.context["form"].errors, Rally.objects.count()) == (422, True, 0)


def test_what_is_not_changed_stays(campaign: Campaign, desk: Client) -> None:
    rally = factory.rally(
        campaign=campaign,
        title={"en": "Sleepers", "de": "Schläfer"},
        repeat="FREQ=WEEKLY;UNTIL=20260704",
        access=("step-free",),
        duties={"marshal": 4},
        skipped=(date(2026, 6, 13),),
    )
    before = Rally.objects.values().get()
    assert edit(desk, rally).status_code == 303
    assert Rally.objects.values().get() | {"changed_at": None} == before | {"changed_at": None}
    edit(desk, rally, **{"title.en": "Sleeping cars"})
    rally.refresh_from_db()
    assert rally.title == {"en": "Sleeping cars", "de": "Schläfer"}


def test_what_the_team_moves_does_not_wait_for_the_team(campaign: Campaign, desk: Client) -> None:
    rally = factory.rally(campaign=campaign)
    edit(desk, rally, wall_time="15:00")
    rally.refresh_from_db()
    assert (rally.wall_time, rally.has_big_change, rally.sequence) == (time(15), False, 1)


@pytest.mark.parametrize(
    "typed, stands_at",
    [
        ({"held_by": "Somebody else"}, "2026-06-07 18:00"),
        ({"wall_time": "11:00"}, "2026-06-07 11:00"),
        ({"first_on": "2026-06-05"}, "2026-06-05 18:00"),
    ],
)
def test_a_form_that_was_opened_before_the_day_moved_moves_nothing_back(
    campaign: Campaign, desk: Client, day: DayOfAction, typed: dict[str, str], stands_at: str
) -> None:
    rally = factory.rally(campaign=campaign, day_of_action=day.pk, first_on=day.held_on, wall_time=day.wall_time)
    filled = opened(desk, rally)
    address = reverse("desk:rally-edit", args=[campaign.slug, rally.pk])
    assert '<input type="hidden" name="date_was" value="2026-06-06"' in desk.get(address).content.decode()
    put_day(
        campaign=campaign, title=day.title, held_on=date(2026, 6, 7), wall_time=time(18), now=factory.NOW, day=day.pk
    )
    wrong = save(desk, rally, filled | typed | {"minutes": "1"})
    assert (wrong.status_code, wrong.context["form"]["date_was"].value()) == (422, "2026-06-06")
    assert save(desk, rally, filled | typed).status_code == 303
    rally.refresh_from_db()
    assert (f"{rally.first_on} {rally.wall_time:%H:%M}", rally.day_of_action) == (stands_at, day)


def test_what_was_made_of_a_rally_that_has_moved_since_is_refused_beside_its_date(
    campaign: Campaign, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rally = factory.rally(campaign=campaign)
    filled = opened(desk, rally)

    def meanwhile(**given: Any) -> object:
        Rally.objects.update(sequence=1)
        return change_entered(**given)

    monkeypatch.setattr("tocsin.desk.views.rally.change_entered", meanwhile)
    answer = save(desk, rally, filled | {"held_by": "Somebody else"})
    rally.refresh_from_db()
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["first_on"])
    assert (rally.held_by, 'value="Somebody else"' in answer.content.decode()) == ("Friends of the night train", True)


def test_another_town_brings_its_own_pin_and_zone(campaign: Campaign, desk: Client) -> None:
    rally = factory.rally(campaign=campaign)
    edit(desk, rally, city="Évora", country="PT")
    rally.refresh_from_db()
    assert (rally.zone, rally.country, round(rally.latitude or 0)) == ("Europe/Lisbon", "PT", 39)


def test_there_is_one_main_rally(campaign: Campaign, desk: Client) -> None:
    first = factory.rally(campaign=campaign, is_main=True)
    enter(desk, campaign, is_main="on")
    first.refresh_from_db()
    assert (first.is_main, Rally.objects.filter(is_main=True).count()) == (False, 1)


def test_a_day_of_another_campaign_is_no_choice(campaign: Campaign, desk: Client) -> None:
    other = factory.rally().campaign
    foreign = DayOfAction.objects.create(campaign=other, key="x", title={}, held_on=date(2026, 6, 6))
    assert enter(desk, campaign, day_of_action=str(foreign.pk)).status_code == 422


def test_a_rally_that_is_gone_meanwhile_is_said_to_be(campaign: Campaign, desk: Client) -> None:
    rally = factory.rally(campaign=campaign)
    Rally.objects.filter(pk=rally.pk).update(state=State.REFUSED)
    assert edit(desk, rally).status_code == 303
    assert "somebody else has decided" in desk.get(reverse("desk:rallies", args=[campaign.slug])).content.decode()


def test_two_pages_of_one_rally_are_offered_and_merged(campaign: Campaign, desk: Client) -> None:
    one = factory.rally(campaign=campaign, state=State.ANNOUNCED)
    other = factory.rally(campaign=campaign)
    queue = desk.get(reverse("desk:rally-queue", args=[campaign.slug])).content.decode()
    address = reverse("desk:rally-merge", args=[campaign.slug, one.pk])
    assert f'href="{address}?into={other.pk}"' in queue
    assert "Merge them" in desk.get(address, {"into": other.pk}).content.decode()
    page = desk.post(address, {"into": other.pk}, follow=True).content.decode()
    one.refresh_from_db()
    assert ("The two are one now" in page, one.state, one.merged_into_id) == (True, State.MERGED, other.pk)
    assert "Nothing was merged" in desk.post(address, {"into": other.pk}, follow=True).content.decode()


def test_another_rally_is_found_by_name_to_merge_into(campaign: Campaign, desk: Client) -> None:
    one, _other = factory.rally(campaign=campaign), factory.rally(campaign=campaign, where=factory.LISBON)
    address = reverse("desk:rally-merge", args=[campaign.slug, one.pk])
    assert [row.rally.city for row in desk.get(address, {"words": "lis"}).context["found"]] == ["Lisbon"]


def test_quinns_rallies_are_not_merged_into(campaign: Campaign, desk: Client, quinn: User) -> None:
    one, theirs = factory.rally(campaign=campaign), factory.rally()
    address = reverse("desk:rally-merge", args=[campaign.slug, one.pk])
    assert desk.get(address, {"into": theirs.pk}).context["other"] is None
    desk.post(address, {"into": theirs.pk})
    assert set(Rally.objects.values_list("state", flat=True)) == {State.APPROVED}


@pytest.mark.parametrize("name", ["rally", "rally-edit", "rally-merge"])
def test_a_rally_of_another_campaign_is_not_found(campaign: Campaign, desk: Client, name: str) -> None:
    theirs = factory.rally()
    assert desk.get(reverse(f"desk:{name}", args=[campaign.slug, theirs.pk])).status_code == 404
    assert desk.post(reverse(f"desk:{name}", args=[campaign.slug, theirs.pk]), FORM).status_code == 404


def test_a_weekly_rallys_page_asks_no_more_than_one_that_is_held_once(campaign: Campaign, desk: Client) -> None:
    asked = []
    for repeat in ("", "FREQ=WEEKLY"):
        rally = factory.rally(campaign=campaign, repeat=repeat)
        with CaptureQueriesContext(connection) as queries:
            desk.get(reverse("desk:rally", args=[campaign.slug, rally.pk]))
        asked.append(len(queries))
        rally.delete()
    assert asked[0] == asked[1]


PRIVATE = {"place": "The blue door", "address": "Elm Road 3", "is_address_private": "on", "first_on": "2027-06-05"}


def sealed(rally: Rally) -> PrivatePlace:
    rally.refresh_from_db()
    return place_in(rally.pk, rally.sealed_place) or PrivatePlace()


def test_the_team_seals_the_exact_address_of_its_own_rally(campaign: Campaign, desk: Client) -> None:
    assert enter(desk, campaign, **PRIVATE).status_code == 303
    rally = Rally.objects.get()
    assert sealed(rally) == PrivatePlace("The blue door", "Elm Road 3")
    assert (rally.is_address_private, rally.place, rally.address, rally.latitude) == (True, "", "", 51.3)
    page = desk.get(reverse("desk:rally-edit", args=[campaign.slug, rally.pk])).content.decode()
    assert ("Elm Road 3" in page, "only its host can change it" in page) == (True, False)
    edit(desk, rally, address="Elm Road 5")
    assert (sealed(rally), rally.sequence) == (PrivatePlace("The blue door", "Elm Road 5"), 1)
    edit(desk, rally, address="Elm Road 5", **{"pin.latitude": "51.31234", "pin.longitude": "9.49876"})
    assert (sealed(rally).latitude, rally.latitude) == (51.31234, 51.3)
    edit(desk, rally, is_address_private="")
    assert (sealed(rally), rally.place, rally.sealed_place) == (PrivatePlace(), "The blue door", None)


def test_what_is_sealed_is_checked_and_nothing_typed_is_lost(campaign: Campaign, desk: Client) -> None:
    answer = enter(desk, campaign, **PRIVATE | {"address": "x" * 301})
    assert (answer.status_code, "address" in answer.context["form"].errors) == (422, True)
    assert (Rally.objects.count(), "The blue door" in answer.content.decode()) == (0, True)


def test_a_hosts_private_address_is_theirs_alone(campaign: Campaign, desk: Client) -> None:
    rally = factory.rally(campaign=campaign, is_address_private=True, first_on=date(2027, 6, 5))
    factory.host(rally)
    Rally.objects.update(sealed_place=seal_place(rally.pk, PrivatePlace("Otto's", "Mill Lane 3")))
    page = desk.get(reverse("desk:rally-edit", args=[campaign.slug, rally.pk])).content.decode()
    assert ("Mill Lane" in page, 'name="is_address_private"' in page) == (False, False)
    edit(desk, rally, is_address_private="on", address="Elm Road 5")
    assert sealed(rally) == PrivatePlace("Otto's", "Mill Lane 3")
    with pytest.raises(RefusedError):
        change_entered(
            campaign=campaign, rally=rally.pk, details=details_of(rally), is_main=False, now=factory.NOW,
            private=PrivatePlace("Elsewhere"),
        )  # fmt: skip
