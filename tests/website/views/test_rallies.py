"""The list of rallies and the pages of each: what they say, to whom they answer, and what they keep to themselves."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.factories import rallies as factory
from tests.factories.rallies import KASSEL, LISBON
from tests.factories.signing import open_campaign
from tocsin.campaigns.models import Campaign
from tocsin.rallies.details import Chat, Where
from tocsin.rallies.models import Headcount, Occurrence, Rally
from tocsin.rallies.states import Access, Attendance, DateState, Duty, Method, ReportState, Source, State

pytestmark = pytest.mark.django_db(transaction=True)

NOW = factory.NOW
LIST = "/en/night-trains/rallies/"
NOON_IN_KASSEL = datetime(2026, 6, 6, 10, tzinfo=UTC)
TOKYO = Where(city="Tokyo", country="JP", place="Yoyogi Park")


@pytest.fixture(autouse=True)
def on_the_first_of_may(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NOW)


def set_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Let every public page be asked for at `now`."""
    for module in ("rally_pages", "pages", "answers", "views.campaign"):
        monkeypatch.setattr(f"tocsin.website.{module}.clock", lambda: now)


@pytest.fixture
def trains() -> Campaign:
    return open_campaign()


def page_at(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == HTTPStatus.OK, path
    return answer.content.decode()


def towns_on(page: str) -> list[str]:
    """Return the towns that a page lists, in order."""
    return re.findall(r'class="town__name"[^>]*><bdi[^>]*>([^<]*)<', page)


def words_of(page: str) -> str:
    """Return a page's words without its marks, spaces in one."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def change(of: Rally, **columns: Any) -> None:
    Occurrence.objects.filter(rally=of).update(**columns)


def test_the_list_stands_by_day_in_the_order_of_the_sun(client: Client, trains: Campaign) -> None:
    factory.rally(campaign=trains, where=LISBON, zone="Europe/Lisbon")
    factory.rally(campaign=trains, first_on=date(2026, 6, 5))
    factory.rally(campaign=trains, where=TOKYO, zone="Asia/Tokyo")
    page = page_at(client, LIST)

    assert towns_on(page) == ["Kassel", "Tokyo", "Lisbon"]
    assert re.findall(r'class="day__date">([^<]+)<', page) == ["June 5", "June 6"]
    assert "In the order of the sun" in page
    assert '<time datetime="2026-06-06T12:00+09:00" data-time>' in page
    assert "UTC+9" in page


def test_what_is_held_at_one_hour_in_one_country_stands_together_the_main_rally_first(
    client: Client, trains: Campaign
) -> None:
    for city in ("Worms", "Aachen"):
        factory.rally(campaign=trains, where=Where(city=city, country="DE"))
    factory.rally(campaign=trains, is_main=True)
    page = page_at(client, LIST)

    assert towns_on(page) == ["Kassel", "Aachen", "Worms"]
    assert page.count('class="hour__begins"') == 1
    assert "Main rally" in page


def test_an_empty_list_says_so_and_asks_to_begin(client: Client, trains: Campaign) -> None:
    page = page_at(client, LIST)

    assert "There is no rally to come yet" in page
    assert f'href="/en/{trains.slug}/host/"' in page
    assert "application/ld+json" not in page


def test_a_list_that_nothing_fits_leads_back_to_all(client: Client, trains: Campaign) -> None:
    factory.rally(campaign=trains, access=(Access.TOILETS,))
    factory.rally(campaign=trains, where=LISBON)
    page = page_at(client, f"{LIST}?country=PT&toilets=yes")

    assert towns_on(page) == []
    assert "No rally fits all of this." in page
    assert f'href="{LIST}">Show all rallies<' in page


def test_filters_are_links_and_a_form_that_work_without_script(client: Client, trains: Campaign) -> None:
    factory.rally(campaign=trains, access=(Access.STEP_FREE,))
    factory.rally(campaign=trains, where=LISBON, access=(Access.STEP_FREE, Access.TOILETS), languages=("pt",))
    page = page_at(client, f"{LIST}?country=PT&toilets=yes")

    assert towns_on(page) == ["Lisbon"]
    assert f'href="{LIST}?toilets=yes"' in page  # without the country
    assert f'href="{LIST}?country=PT"' in page  # without the toilets
    assert '<option value="PT" selected>Portugal</option>' in page
    assert 'name="toilets" value="yes" checked' in page
    assert 'name="step-free" value="yes">' in page
    assert 'name="seating"' not in page  # nothing would be found


@pytest.mark.parametrize(
    "query",
    [
        "country=Portugal",
        "country=pt",
        "region=PT-",
        "language=xx",
        "how=somehow",
        "day=%2F",
        "toilets=1",
        "after=x",
        "when=1",
    ],
)
def test_a_query_that_no_link_of_ours_holds_is_not_there(client: Client, trains: Campaign, query: str) -> None:
    assert client.get(f"/en/{trains.slug}/rallies/?{query}").status_code == HTTPStatus.NOT_FOUND


def test_pages_follow_each_other_and_keep_the_filters(
    client: Client, trains: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tocsin.website.rally_pages.PAGE", 2)
    factory.rally(campaign=trains, where=LISBON)
    for city in ("Worms", "Aachen", "Trier"):
        where = Where(city=city, country="DE")
        factory.rally(campaign=trains, where=where, first_on=date(2026, 6, 7), repeat="FREQ=WEEKLY;COUNT=3")
    first = page_at(client, f"{LIST}?country=DE")
    [query] = re.findall(rf'href="{LIST}(\?[^"]+)" rel="next"', first)
    second = page_at(client, LIST + query.replace("&amp;", "&"))

    assert (towns_on(first), towns_on(second)) == (["Aachen", "Worms"], ["Trier"])
    assert 'rel="next"' not in second
    assert f'href="{LIST}?country=DE">To the first<' in second


def test_what_was_held_has_a_list_of_its_own_with_how_many_came(
    client: Client, trains: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    rally = factory.rally(campaign=trains)
    Headcount.objects.create(
        occurrence=rally.occurrences.get(),
        state=ReportState.SHOWN,
        low=800,
        high=1200,
        method=Method.COUNTED,
        source=Source.HOST,
        reported_on=NOW,
    )
    set_clock(monkeypatch, NOON_IN_KASSEL + timedelta(days=1))

    assert towns_on(page_at(client, LIST)) == []
    assert "800–1,200 people came" in words_of(page_at(client, f"{LIST}?when=over"))


def test_a_cancelled_date_is_struck_and_goes_after_a_month(
    client: Client, trains: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(factory.rally(campaign=trains), state=DateState.CANCELLED, changed_at=NOW)

    page = page_at(client, LIST)
    assert '<bdi class="struck">Kassel</bdi>' in page
    assert "Cancelled" in page
    set_clock(monkeypatch, NOW + timedelta(days=31))
    assert towns_on(page_at(client, LIST)) == []


def test_a_rally_says_when_where_and_who(client: Client, trains: Campaign) -> None:
    rally = factory.rally(
        campaign=trains,
        is_main=True,
        about={"en": "Bring blankets.\n\nAnd tea."},
        access=(Access.STEP_FREE, Access.QUIET_SPACE),
        duties={Duty.MARSHAL: 8, Duty.INTERPRETER: 1},
        languages=("de", "ar"),
        capacity=1400,
        chats=(Chat(label="Group", url="https://chat.example/x"),),
    )
    change(rally, coming=231)
    page = page_at(client, f"{LIST}kassel/")
    words = words_of(page)

    for said in (
        "Main rally",
        "Saturday June 6 2026",
        "Europe/Berlin, UTC+2",
        "Königsplatz, Kassel, Germany",
        "Held by Friends of the night train",
        "Step-free A quiet space",
        "8 Marshals 1 Interpreter",
        "1,400 people",
        "231 people are coming",
        "Bring blankets. And tea.",
        "Approved on May 1, 2026",
    ):
        assert said in words, said
    assert '<time datetime="2026-06-06T12:00+02:00">' in page
    assert '<li lang="ar" dir="rtl">' in page
    assert 'href="https://chat.example/x" rel="noopener nofollow"' in page
    assert f'href="{LIST}kassel.ics"' in page
    assert "noindex" not in page


def test_who_vouches_for_it_is_said_as_it_is(client: Client, trains: Campaign) -> None:
    rally = factory.rally(campaign=trains, state=State.ANNOUNCED)
    assert "Nobody yet" in page_at(client, f"{LIST}kassel/")
    factory.host(rally)
    page = page_at(client, f"{LIST}kassel/")

    assert "Its host has confirmed their mail address" in page
    assert "Approved on" not in page


@pytest.mark.parametrize("state", [State.ANNOUNCED, State.RETURNED])
def test_what_nobody_has_looked_at_says_so_and_is_in_no_index(client: Client, trains: Campaign, state: State) -> None:
    factory.rally(campaign=trains, state=state)
    page = page_at(client, f"{LIST}kassel/")

    assert '<meta name="robots" content="noindex">' in page
    assert "has not looked at this rally yet" in page
    assert "kassel.ics" not in page
    assert towns_on(page_at(client, LIST)) == []


@pytest.mark.parametrize("state", [State.ASKED, State.REFUSED])
def test_what_was_never_confirmed_or_was_refused_is_not_there(client: Client, trains: Campaign, state: State) -> None:
    factory.rally(campaign=trains, state=state)

    assert client.get(f"{LIST}kassel/").status_code == HTTPStatus.NOT_FOUND
    assert client.get(f"{LIST}kassel/2026-06-06/").status_code == HTTPStatus.NOT_FOUND


def test_the_rally_of_quinns_campaign_is_not_there_in_this_one(client: Client, trains: Campaign) -> None:
    libraries = open_campaign("open-libraries")
    factory.rally(campaign=libraries)

    assert client.get(f"/en/{libraries.slug}/rallies/kassel/").status_code == HTTPStatus.OK
    assert client.get(f"/en/{trains.slug}/rallies/kassel/").status_code == HTTPStatus.NOT_FOUND


def test_rallies_of_a_draft_are_not_there(client: Client) -> None:
    factory.rally(campaign=factories.CampaignFactory.create(slug="night-trains"))

    for path in (LIST, f"{LIST}kassel/", f"{LIST}kassel/2026-06-06/"):
        assert client.get(path).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("day", ["2026-06-07", "2026-02-30", "2026-6-6", "today"])
def test_a_day_that_is_none_of_its_dates_is_not_there(client: Client, trains: Campaign, day: str) -> None:
    factory.rally(campaign=trains)

    assert client.get(f"/en/{trains.slug}/rallies/kassel/{day}/").status_code == HTTPStatus.NOT_FOUND


def test_a_merged_rally_leads_to_the_one_it_was_merged_into(client: Client, trains: Campaign) -> None:
    kept, merged = factory.rally(campaign=trains), factory.rally(campaign=trains)
    Rally.objects.filter(pk=merged.pk).update(state=State.MERGED, merged_into=kept)
    answer = client.get(f"{LIST}{merged.slug}/")

    assert (answer.status_code, answer.headers["Location"]) == (HTTPStatus.FOUND, f"{LIST}kassel/")


def test_a_series_shows_its_next_date_and_each_date_has_a_page(
    client: Client, trains: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    factory.rally(campaign=trains, repeat="FREQ=WEEKLY", until_note={"en": "Until the night train runs again"})
    set_clock(monkeypatch, NOON_IN_KASSEL + timedelta(days=3))
    page = page_at(client, f"{LIST}kassel/")

    assert '<time datetime="2026-06-13T12:00+02:00">' in page
    assert "Every week" in page
    assert "Until the night train runs again" in page
    assert f'href="{LIST}kassel/2026-06-20/"' in page
    assert f'href="{LIST}kassel/2026-06-06/"' in page  # among those that were
    past = page_at(client, f"{LIST}kassel/2026-06-06/")
    assert "This date is over" in past
    assert f'<a href="{LIST}kassel/2026-06-13/">The next date: Saturday, June 13, 2026</a>' in past


def test_a_cancelled_a_moved_and_a_postponed_date_say_so(
    client: Client, trains: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    rally = factory.rally(campaign=trains)
    change(rally, state=DateState.CANCELLED, note="The square is flooded.")
    page = page_at(client, f"{LIST}kassel/")
    assert "<title>Cancelled · " in page
    assert "This date is cancelled" in page
    assert "The square is flooded." in page

    change(rally, state=DateState.POSTPONED)
    assert "The new day is not known yet" in page_at(client, f"{LIST}kassel/")

    moved = NOON_IN_KASSEL + timedelta(days=1)
    change(rally, state=DateState.STANDS, held_on=date(2026, 6, 7), starts_at=moved, ends_at=moved + timedelta(hours=2))
    page = page_at(client, f"{LIST}kassel/2026-06-06/")
    assert "Moved. It was to be on Saturday, June 6, 2026, 12:00" in page
    assert '<time datetime="2026-06-07T12:00+02:00">' in page

    change(rally, state=DateState.POSTPONED)
    set_clock(monkeypatch, NOON_IN_KASSEL + timedelta(days=3))
    page = page_at(client, f"{LIST}kassel/2026-06-06/")
    assert ("The new day is not known yet" in page, "This date is over" in page) == (True, False)


def test_a_rally_that_is_online_alone_has_no_place_but_an_address_to_join(client: Client, trains: Campaign) -> None:
    factory.rally(
        campaign=trains, where=Where(), attendance=Attendance.ONLINE, online_url="https://meet.example/1", zone="UTC"
    )
    page = page_at(client, f"{LIST}rally/")

    assert re.search(r"<h1[^>]*><bdi>Online</bdi></h1>", page)
    assert 'href="https://meet.example/1"' in page
    assert "<dt>Where</dt>" not in page


@pytest.mark.parametrize("path", ["", "kassel/", "kassel/2026-06-06/"])
def test_it_reads_from_right_to_left(client: Client, trains: Campaign, path: str) -> None:
    factory.rally(campaign=trains, title={"en": "Come"})
    page = page_at(client, f"/ar/{trains.slug}/rallies/{path}")

    assert '<html lang="ar" dir="rtl"' in page
    assert 'lang="en" dir="ltr"' in page  # the title that only stands in English
    assert "السبت" in page


def test_pages_end_when_the_next_date_begins_and_as_it_ends(
    client: Client, trains: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    factory.rally(campaign=trains)
    paths = (LIST, f"{LIST}kassel/", "/en/night-trains/")

    assert {client.get(path).headers["X-Tocsin-Until"] for path in paths} == {str(int(NOON_IN_KASSEL.timestamp()))}
    set_clock(monkeypatch, NOON_IN_KASSEL)
    ends = str(int(NOON_IN_KASSEL.timestamp()) + 7200)
    assert {client.get(path).headers["X-Tocsin-Until"] for path in paths} == {ends}
    assert {client.get(path).headers["X-Tocsin-Campaign"] for path in paths} == {str(trains.pk)}


@pytest.mark.parametrize("path, queries", [("", 16), ("kassel/", 11)])
def test_pages_cost_the_same_with_one_rally_and_with_many(
    path: str, queries: int, client: Client, trains: Campaign, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for _ in range(2):
        factory.rally(campaign=trains, repeat="FREQ=WEEKLY", wall_time=time(9))
        with django_assert_num_queries(queries):
            client.get(LIST + path)


def test_thanks_for_a_report_are_said_on_the_page(client: Client, trains: Campaign) -> None:
    factory.rally(campaign=trains, where=KASSEL)
    page = page_at(client, f"/en/{trains.slug}/rallies/kassel/?reported=yes")

    assert "Somebody of the campaign will look at it." in page
    assert f'method="post" action="{LIST}kassel/report"' in page


def test_programs_find_the_calendar_and_the_feed_from_the_page(client: Client, trains: Campaign) -> None:
    made = factory.rally(campaign=trains)
    for path, calendar in ((LIST, "rallies.ics"), (f"{LIST}{made.slug}/", f"rallies/{made.slug}.ics")):
        page = page_at(client, path)
        assert re.search(
            rf'<link rel="alternate" type="text/calendar" href="https?://[^"]+/en/night-trains/{calendar}">', page
        )
        assert re.search(
            r'<link rel="alternate" type="application/atom\+xml" href="https?://[^"]+/rallies.atom">', page
        )
    assert re.search(rf'href="webcal://[^"]+/en/night-trains/rallies/{made.slug}.ics"', page)
