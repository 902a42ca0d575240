"""Settings and organisations: kept whole, refused beside the field, undone once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tocsin.campaigns.details import Behind, details_of
from tocsin.campaigns.models import Campaign


def settings_of(campaign: Campaign) -> str:
    return reverse("desk:settings", args=[campaign.slug])


def as_shown(desk: Client, address: str) -> dict[str, Any]:
    """Return what a browser would send back without touching anything."""
    form = desk.get(address).context["form"]
    values = {field.html_name: field.value() for field in form}
    return {name: "on" if value is True else value for name, value in values.items() if value not in {None, False}}


def test_saving_untouched_changes_nothing(campaign: Campaign, desk: Client) -> None:
    before = details_of(campaign)
    assert desk.post(settings_of(campaign), as_shown(desk, settings_of(campaign))).status_code == 303
    campaign.refresh_from_db()
    assert details_of(campaign) == before


def test_everything_that_can_be_set_is_kept(campaign: Campaign, desk: Client) -> None:
    typed = as_shown(desk, settings_of(campaign)) | {
        "slug": "sleeper-trains",
        "title.es": "Trenes nocturnos",
        "motto.en": "Sleep across the border",
        "accent": "#0B5345",
        "goals": "500, 2000;9000",
        "hashtags": "#NightTrains sleepers",
        "timezone": "Asia/Tokyo",
        "opens_at": "2026-05-01T09:30",
        "closes_at": "2026-06-01T00:00",
        "contact": "hello@night-trains.example",
        "imprint.en": "Night Owls\nBerlin",
        "form.country": "optional",
        "form.reason": "off",
    }
    del typed["form.household"]
    assert desk.post(settings_of(campaign), typed).status_code == 303
    campaign.refresh_from_db()
    found = details_of(campaign)
    assert (found.slug, found.title["es"], found.motto) == (
        "sleeper-trains", "Trenes nocturnos", {"en": "Sleep across the border"},
    )  # fmt: skip
    assert (found.accent, found.goals, found.hashtags) == ("#0b5345", (500, 2000, 9000), ("NightTrains", "sleepers"))
    assert found.opens_at == datetime(2026, 5, 1, 0, 30, tzinfo=UTC)
    assert found.closes_at == datetime(2026, 5, 31, 15, 0, tzinfo=UTC)
    assert (found.contact, found.imprint) == ("hello@night-trains.example", {"en": "Night Owls\nBerlin"})
    assert (found.form.country, found.form.reason, found.form.household) == ("optional", "off", False)


@pytest.mark.parametrize(
    "field, value, said",
    [
        ("title.en", "", "Fill this in."),
        ("title.en", "x" * 151, "Make this shorter: 150 at most."),
        ("slug", "desk", "The server needs this address itself"),
        ("accent", "red", "Give a colour as six hexadecimal digits"),
        ("goals", "1.000, 5 000", "Give whole numbers above nought"),
        ("goals", "500, 100", "Give whole numbers above nought"),
        ("opens_at", "tomorrow", "Give day and time as in"),
        ("timezone", "Mars/Base", "Select a valid choice"),
        ("contact", "office", "Enter a valid email address"),
        ("hashtags", "one/two", "Give words without spaces"),
        ("languages.1", "en", "Name each language once."),
        ("languages.1", "", "Add this language to the campaign"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_all_else_is_kept(
    campaign: Campaign, desk: Client, field: str, value: str, said: str
) -> None:
    typed = as_shown(desk, settings_of(campaign)) | {"motto.en": "typed with care"} | {field: value}
    answer = desk.post(settings_of(campaign), typed)
    form = answer.context["form"]
    assert answer.status_code == 422
    assert said in " ".join(message for messages in form.errors.values() for message in messages)
    assert (form["motto.en"].value(), form[field].value()) == ("typed with care", value)
    campaign.refresh_from_db()
    assert campaign.motto == {}


def test_a_language_taken_off_keeps_its_words_until_they_are_taken_out(campaign: Campaign, desk: Client) -> None:
    typed = as_shown(desk, settings_of(campaign)) | {"languages.1": ""}
    form = desk.post(settings_of(campaign), typed).context["form"]
    assert list(form.errors) == ["title.es"]
    assert desk.post(settings_of(campaign), typed | {"title.es": ""}).status_code == 303
    campaign.refresh_from_db()
    assert (campaign.languages, set(campaign.title)) == (["en", "ar"], {"en", "ar"})


def test_the_address_cannot_change_once_something_carries_it(campaign: Campaign, desk: Client) -> None:
    factories.published_appeal(campaign)
    typed = as_shown(desk, settings_of(campaign)) | {"slug": "other-trains", "motto.en": "On we go"}
    assert desk.post(settings_of(campaign), typed).status_code == 303
    campaign.refresh_from_db()
    assert (campaign.slug, campaign.motto) == ("night-trains", {"en": "On we go"})


def test_undo_puts_the_last_change_back_once(campaign: Campaign, desk: Client) -> None:
    before = details_of(campaign)
    desk.post(settings_of(campaign), as_shown(desk, settings_of(campaign)) | {"motto.en": "A slip", "goals": "7"})
    assert "Undo your last change" in desk.get(settings_of(campaign)).content.decode()
    undo = reverse("desk:undo", args=[campaign.slug])
    assert desk.post(undo, {"place": "settings"})["Location"] == settings_of(campaign)
    campaign.refresh_from_db()
    assert details_of(campaign) == before
    assert "Undo your last change" not in desk.get(settings_of(campaign)).content.decode()
    desk.post(undo)
    campaign.refresh_from_db()
    assert details_of(campaign) == before


def test_undo_does_not_undo_somebody_elses_change(campaign: Campaign, desk: Client, edith_desk: Client) -> None:
    path = settings_of(campaign)
    desk.post(path, as_shown(desk, path) | {"motto.en": "Noor's"})
    edith_desk.post(path, as_shown(edith_desk, path) | {"motto.en": "Edith's"})
    desk.post(reverse("desk:undo", args=[campaign.slug]))
    campaign.refresh_from_db()
    assert campaign.motto == {"en": "Edith's"}


@pytest.mark.parametrize("target", ["https://evil.example", "//evil", "key"])
def test_undo_leads_only_to_pages_it_knows(campaign: Campaign, desk: Client, target: str) -> None:
    answer = desk.post(reverse("desk:undo", args=[campaign.slug]), {"place": target})
    assert answer["Location"] == reverse("desk:campaign", args=[campaign.slug])


def organisations_of(campaign: Campaign) -> str:
    return reverse("desk:organisations", args=[campaign.slug])


def row(number: int, name: str, place: str = "", **more: str) -> dict[str, str]:
    parts = {"name": name, "role": "organiser", "url": "", "place": place} | more
    return {f"organisations[{number}].{part}": value for part, value in parts.items()}


def test_organisations_stand_in_the_order_of_their_places(campaign: Campaign, desk: Client) -> None:
    typed = (
        row(1, "Night Owls", "2") | row(2, "") | row(3, "Rail Union", "1", url="https://rail.example") | row(4, "Last")
    )
    assert desk.post(organisations_of(campaign), typed).status_code == 303
    assert details_of(campaign).organisations == (
        Behind("Rail Union", "organiser", "https://rail.example"),
        Behind("Night Owls", "organiser"),
        Behind("Last", "organiser"),
    )


def test_an_organisation_is_taken_off_by_clearing_it(campaign: Campaign, desk: Client) -> None:
    factories.OrganisationFactory.create(campaign=campaign, name="Night Owls")
    assert desk.post(organisations_of(campaign), row(1, "")).status_code == 303
    assert details_of(campaign).organisations == ()


def test_a_wrong_link_is_named_in_its_own_row(campaign: Campaign, desk: Client) -> None:
    typed = row(1, "") | row(2, "Good", "2") | row(3, "Bad", "1", url="javascript:alert(1)")
    form = desk.post(organisations_of(campaign), typed).context["form"]
    assert list(form.errors) == ["organisations[3].url"]


def test_rows_typed_while_somebody_took_others_off_are_kept(campaign: Campaign, desk: Client) -> None:
    typed = {name: value for number in range(1, 9) for name, value in row(number, f"Group {number}").items()}
    assert desk.post(organisations_of(campaign), typed).status_code == 303
    assert [one.name for one in details_of(campaign).organisations] == [f"Group {number}" for number in range(1, 9)]


def test_time_zones_are_places_and_one_that_is_stored_stays(campaign: Campaign, desk: Client) -> None:
    shown = desk.get(settings_of(campaign)).content.decode()
    assert ('value="Europe/Berlin"' in shown, 'value="UTC"' in shown, 'value="Zulu"' in shown) == (True, True, False)
    campaign.timezone = "US/Central"
    campaign.save()
    assert desk.post(settings_of(campaign), as_shown(desk, settings_of(campaign))).status_code == 303
    campaign.refresh_from_db()
    assert campaign.timezone == "US/Central"
