"""The public list, reporting, organisations and numbers by country."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from tests import factories
from tests.cast import MAYA, OTTO, PILAR, RUI
from tests.factories.signing import NOW, counted, open_campaign
from tocsin.signing.models import CountryCount, Listing

pytestmark = pytest.mark.django_db


def names_on(page: str) -> list[str]:
    """Return the names that a page lists, in order."""
    return re.findall(r'class="names__name">([^<]+)<', page)


def countries_on(client: Client) -> list[tuple[str, str]]:
    """Return the table of countries on the numbers page."""
    page = client.get("/en/night-trains/numbers/").content.decode()
    [section] = re.findall(r'aria-labelledby="countries-title">(.*?)</section>', page, re.DOTALL)
    # Beside each country a bar, which says nothing that the figure does not.
    bar = r' <progress class="bar bar--share" max="\d+" value="\d+" aria-hidden="true"></progress>'
    return re.findall(rf'<th scope="row" lang="en">([^<]+){bar}</th><td>([^<]+)</td>', section) + re.findall(
        r'<th scope="row">([^<]+)</th><td>([^<]+)</td>', section
    )


def test_only_those_who_show_their_name_are_listed(client: Client) -> None:
    campaign = open_campaign()
    counted(campaign, [MAYA], shows_name=True)
    counted(campaign, [RUI], shows_name=False)
    assert names_on(client.get("/en/night-trains/signatures/").content.decode()) == [MAYA.name]


def test_the_newest_day_comes_first_and_pages_follow_each_other(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tocsin.website.list_pages.PAGE", 2)
    campaign = open_campaign()
    for day, person in enumerate((MAYA, OTTO, PILAR)):
        Listing.objects.create(
            campaign=campaign, signed_on=NOW.date() + timedelta(days=day), id=9 - day, name=person.name, country="SE"
        )
    first = client.get("/en/night-trains/signatures/").content.decode()
    assert names_on(first) == [PILAR.name, OTTO.name]
    [after] = re.findall(r'href="/en/night-trains/signatures/(\?after=[^"]+)" rel="next"', first)
    second = client.get(f"/en/night-trains/signatures/{after}").content.decode()
    assert names_on(second) == [MAYA.name]
    assert 'rel="next"' not in second


def test_a_nameless_reason_tells_no_place(client: Client) -> None:
    campaign = open_campaign()
    Listing.objects.create(
        campaign=campaign, signed_on=NOW, id=7, place="Lilliput", country="SE", language="en", reason="For my aunt."
    )
    page = client.get("/en/night-trains/signatures/").content.decode()
    assert "For my aunt." in page
    assert "Sweden" in page
    assert "Lilliput" not in page


def test_names_are_inert_and_keep_their_direction(client: Client) -> None:
    campaign = open_campaign()
    Listing.objects.create(
        campaign=campaign, signed_on=NOW, id=8, name="<b>\u202eayaM</b>", country="", language="en", reason="<i>x</i>"
    )
    page = client.get("/en/night-trains/signatures/").content.decode()
    assert '<bdi class="names__name">&lt;b&gt;' in page
    assert "&lt;i&gt;x" in page


def test_a_town_runs_its_own_way_beside_its_country(client: Client) -> None:
    campaign = open_campaign()
    Listing.objects.create(campaign=campaign, signed_on=NOW, id=8, name="Owen", place="<Cardiff>", country="GB")

    page = client.get("/ar/night-trains/signatures/").content.decode()

    assert '<span class="names__place"><bdi>&lt;Cardiff&gt;</bdi>، المملكة المتحدة</span>' in page


def test_a_line_of_the_same_page_can_be_reported(client: Client) -> None:
    campaign = open_campaign()
    counted(campaign, [MAYA], shows_name=True)
    page = client.get("/en/night-trains/signatures/").content.decode()
    assert 'href="/en/night-trains/signatures/report/"' in page
    form = client.get("/en/night-trains/signatures/report/").content.decode()
    assert 'method="post" action="/en/night-trains/signatures/report"' in form
    assert re.search(r'type="radio" name="line" value="\d{4}-\d\d-\d\d\.[0-9a-f]+"', form)
    assert "Thank you" in client.get("/en/night-trains/signatures/?reported=yes").content.decode()


def test_organisations_stand_in_two_lists(client: Client) -> None:
    campaign = open_campaign()
    factories.OrganisationFactory.create(campaign=campaign, name="Alliance", url="https://example.org/")
    factories.OrganisationFactory.create(campaign=campaign, name="<Cooks>", role="endorses")
    page = client.get("/en/night-trains/organisations/").content.decode()
    assert '<a href="https://example.org/" rel="noopener nofollow"><bdi>Alliance</bdi></a>' in page
    assert re.search(r'<ol class="endorsing">\s*<li><bdi>&lt;Cooks&gt;</bdi>', page)


def test_countries_are_rounded_down_and_the_small_ones_are_not_named(client: Client) -> None:
    campaign = open_campaign()
    for country, signatures in {"DE": 1239, "SE": 17, "IS": 9, "JO": 4}.items():
        CountryCount.objects.create(campaign=campaign, country=country, signatures=signatures)
    assert countries_on(client) == [("Germany", "1,230"), ("Sweden", "10"), ("Other countries together", "10")]


def test_a_single_small_country_leaves_no_remainder(client: Client) -> None:
    campaign = open_campaign()
    for country, signatures in {"DE": 1239, "IS": 9}.items():
        CountryCount.objects.create(campaign=campaign, country=country, signatures=signatures)
    assert countries_on(client) == [("Germany", "1,230")]


@pytest.mark.parametrize("page", ["signatures/", "signatures/report/"])
def test_a_page_begins_after_a_line_of_the_list_and_nowhere_else(client: Client, page: str) -> None:
    on = NOW.date()
    campaign, quinns = open_campaign(), open_campaign("open-libraries")
    for of, number, more in (
        (campaign, 1, {"name": MAYA.name}),
        (campaign, 2, {"name": OTTO.name, "is_hidden": True}),
        (campaign, 3, {}),
        (quinns, 4, {"name": PILAR.name}),
    ):
        Listing.objects.create(campaign=of, signed_on=on, id=number, country="SE", **more)
    answers = {
        cursor: client.get(f"/en/night-trains/{page}?after={cursor}").status_code
        for cursor in (f"{on}.1", f"{on}.2", f"{on}.3", f"{on}.4", f"{on}.5", f"{on + timedelta(days=1)}.1")
    }
    assert list(answers.values()) == [HTTPStatus.OK] + [HTTPStatus.NOT_FOUND] * 5
