"""Noor looks at what people say of how many came, and enters what the papers say; Quinn sees nothing of it."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tests.rallies.domain.test_headcounts import date_of, report
from tests.rallies.pictures import picture
from tocsin.campaigns.models import Campaign, User
from tocsin.rallies.models import Headcount, Occurrence
from tocsin.rallies.photos import fresh_photo
from tocsin.rallies.states import ReportState, Source

TYPED = {
    "low": "250",
    "high": "300",
    "source": "press",
    "source_name": "Hessische Allgemeine",
    "method": "estimate",
    "url": "https://paper.example/42",
    "note": "",
}


def held(campaign: Campaign, days_ago: int = 1) -> Occurrence:
    moment = timezone.now() - timedelta(days=days_ago)
    return date_of(factory.rally(campaign=campaign, first_on=moment.date(), now=moment))


def queue_of(campaign: Campaign) -> str:
    return reverse("desk:headcounts", args=[campaign.slug])


def page_of(date: Occurrence) -> str:
    return reverse("desk:rally-headcounts", args=[date.rally.campaign.slug, date.rally_id])


def state(headcount: Headcount) -> ReportState:
    headcount.refresh_from_db()
    return ReportState(headcount.state)


def test_what_waits_is_shown_or_refused_one_by_one(campaign: Campaign, desk: Client) -> None:
    date = held(campaign)
    report(date, low=280, high=320)
    one, other = (report(date, source=Source.ATTENDEE, low=low, high=900, note=f"Note {low}") for low in (700, 800))
    page = desk.get(queue_of(campaign)).content.decode()

    assert page.index("Note 700") < page.index("Note 800")
    assert "700 to 900" in page
    assert "The rally's page says 280 to 320." in page
    assert (
        "It stands on the rally"
        in desk.post(queue_of(campaign), {"act": f"show.{one.pk}"}, follow=True).content.decode()
    )
    assert (
        "It is not shown." in desk.post(queue_of(campaign), {"act": f"refuse.{other.pk}"}, follow=True).content.decode()
    )
    assert (state(one), state(other)) == (ReportState.SHOWN, ReportState.REFUSED)
    assert "Nothing waits." in desk.get(queue_of(campaign)).content.decode()
    again = desk.post(queue_of(campaign), {"act": f"show.{one.pk}"}, follow=True).content.decode()
    assert "somebody else has decided" in again


@pytest.mark.parametrize("act", ["", "show", "show.", "show.x", "burn.1", "show.-1", "show." + "9" * 40])
def test_a_button_that_is_none_of_ours_does_nothing(campaign: Campaign, desk: Client, act: str) -> None:
    waiting = report(held(campaign), source=Source.ATTENDEE)

    assert "Nothing was left to do" in desk.post(queue_of(campaign), {"act": act}, follow=True).content.decode()
    assert state(waiting) is ReportState.WAITING


def test_the_menu_says_how_many_wait(campaign: Campaign, desk: Client) -> None:
    date = held(campaign)
    for _ in range(3):
        report(date, source=Source.ATTENDEE)
    page = desk.get(queue_of(campaign)).content.decode()

    assert page.count('<article class="rally-card"') == 3
    assert "How many came" in page


def test_what_a_paper_says_is_entered_with_a_photo_and_stands_at_once(campaign: Campaign, desk: Client) -> None:
    date = held(campaign)
    picture = BytesIO()
    Image.new("RGB", (90, 60), "green").save(picture, "PNG")
    photo = SimpleUploadedFile("crowd.png", picture.getvalue(), "image/png")
    answer = desk.post(page_of(date), TYPED | {"date": str(date.pk), "photo": photo}, follow=True)
    stored = Headcount.objects.get()

    assert "Saved. It stands on the rally" in answer.content.decode()
    assert (stored.low, stored.high, stored.source_name) == (250, 300, "Hessische Allgemeine")
    assert state(stored) is ReportState.SHOWN
    with stored.photo.open() as file:
        assert Image.open(file).format == "JPEG"


def test_what_is_wrong_comes_back_beside_its_field_with_all_that_was_typed(campaign: Campaign, desk: Client) -> None:
    date = held(campaign)
    photo = SimpleUploadedFile("crowd.png", b"no picture at all", "image/png")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"low": "400"}, "it is smaller than the other one"),
        ({"source_name": "", "url": ""}, "Please say who reports this"),
        ({"url": "example.org"}, "begins with https:// or http://"),
        ({"photo": photo}, "picture"),
    ]
    for changes, words in wrong:
        form = {**TYPED, "date": str(date.pk), "note": "As I read it", **changes}
        answer = desk.post(page_of(date), form)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert 'value="As I read it"' in answer.content.decode()
    assert not Headcount.objects.exists()


def test_only_dates_that_have_begun_can_be_chosen(campaign: Campaign, desk: Client) -> None:
    coming, over = held(campaign, days_ago=-3), held(campaign)

    assert "None of its dates has begun yet." in desk.get(page_of(coming)).content.decode()
    answer = desk.post(page_of(over), TYPED | {"date": str(coming.pk)})
    assert answer.status_code == 422
    assert not Headcount.objects.exists()


def test_a_photo_is_shown_refused_or_left_out_and_each_is_taken_back_with_one_button(
    campaign: Campaign, desk: Client
) -> None:
    date, photo = held(campaign), fresh_photo(BytesIO(picture()))
    hosts = report(date, photo=photo, photo_caption="Der Brunnen", photo_credit="Maya")
    visitors = report(date, source=Source.ATTENDEE, photo=photo)

    def press(act: str) -> str:
        return desk.post(queue_of(campaign), {"act": act}, follow=True).content.decode()

    page = desk.get(queue_of(campaign)).content.decode()
    assert page.count("The photo waits for a look") == 2
    assert "Der Brunnen" in page
    assert "Photo: <bdi>Maya</bdi>" in page
    assert f'<img src="{hosts.photo.url}"' in page
    for act, undo, states in (
        (f"show-photo.{hosts.pk}", f"wait-photo.{hosts.pk}", (ReportState.SHOWN, ReportState.SHOWN)),
        (f"refuse-photo.{hosts.pk}", f"wait-photo.{hosts.pk}", (ReportState.SHOWN, ReportState.REFUSED)),
        (f"words.{visitors.pk}", f"wait.{visitors.pk}", (ReportState.SHOWN, ReportState.REFUSED)),
        (f"show.{visitors.pk}", f"wait.{visitors.pk}", (ReportState.SHOWN, ReportState.SHOWN)),
        (f"refuse.{visitors.pk}", f"wait.{visitors.pk}", (ReportState.REFUSED, ReportState.REFUSED)),
    ):
        one = hosts if act.endswith(f".{hosts.pk}") else visitors
        assert f'value="{act}"' in desk.get(queue_of(campaign)).content.decode()
        page = press(act)
        assert page.count('<article class="rally-card"') == 1
        assert f'value="{undo}"' in page
        assert (state(one), ReportState(one.photo_state)) == states
        page = press(undo)
        assert page.count('<article class="rally-card"') == 2
        assert "Take that decision back" not in page


def test_what_an_address_asks_to_take_back_is_looked_up_among_ours(campaign: Campaign, desk: Client) -> None:
    quinns = report(held(CampaignFactory.create(slug="open-libraries")), note="On our square")
    for undo in (f"wait.{quinns.pk}", "wait.x", "burn.1", "wait." + "9" * 40, "wait"):
        page = desk.get(queue_of(campaign), {"undo": undo})
        assert page.status_code == 200
        assert "Take that decision back" not in page.content.decode()


def test_quinn_neither_sees_nor_decides_nor_enters(campaign: Campaign, quinn: User) -> None:
    his = Client()
    his.force_login(quinn)
    date = held(campaign)
    waiting = report(date, source=Source.ATTENDEE, note="On our square")
    for address in (queue_of(campaign), page_of(date)):
        assert his.get(address).status_code == 404
        assert his.post(address, {"act": f"show.{waiting.pk}"}).status_code == 404
    assert his.post(page_of(date), TYPED | {"date": str(date.pk)}).status_code == 404
    assert state(waiting) is ReportState.WAITING
    assert Headcount.objects.count() == 1


def test_many_reports_cost_as_many_queries_as_one(campaign: Campaign, desk: Client) -> None:
    def asked() -> int:
        desk.get(queue_of(campaign))
        with CaptureQueriesContext(connection) as queries:
            desk.get(queue_of(campaign))
        return len(queries)

    report(held(campaign), source=Source.ATTENDEE)
    before = asked()
    for _ in range(3):
        report(held(campaign), source=Source.ATTENDEE)

    assert asked() == before
