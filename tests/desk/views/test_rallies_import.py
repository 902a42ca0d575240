"""Import at the desk: Noor looks first, then presses; Quinn finds no such page."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.desk.conftest import SignedIn
from tests.factories import rallies as make
from tests.rallies.calendars.unsaved import calendar_of, date_of, rally_of
from tocsin.campaigns.models import Campaign, User
from tocsin.rallies.models import Rally

TABLE = "date,time,city,country,title\n2036-06-06,12:00,Kassel,DE,Night trains\n2036-06-06,noon,Lisbon,PT,Late\n"


def address(campaign: Campaign) -> str:
    return reverse("desk:rallies-import", args=[campaign.slug])


def look(desk: Client, campaign: Campaign, content: bytes, name: str = "rallies.csv") -> str:
    """Choose a file; return the page that shows what it would do."""
    return desk.post(address(campaign), {"file": SimpleUploadedFile(name, content)}).content.decode()


def press(desk: Client, campaign: Campaign, page: str, *wanted: str) -> str:
    """Press the button of the preview; return the page that follows."""
    [packed] = re.findall(r'name="packed" value="([^"]+)"', page)
    form = {"packed": packed, "store": "1", "wanted": list(wanted)}
    return desk.post(address(campaign), form, follow=True).content.decode()


def test_looking_stores_nothing_and_pressing_does(campaign: Campaign, desk: Client) -> None:
    page = look(desk, campaign, TABLE.encode())
    assert "Night trains" in page
    assert re.search(r"Line 3</strong> <bdi>Late</bdi> <code[^>]*>time</code>: Please write the hour", page)
    assert Rally.objects.count() == 0
    assert "1 rally came in." in press(desk, campaign, page)
    assert Rally.objects.get().title == {campaign.languages[0]: "Night trains"}


def test_the_same_file_again_has_nothing_to_do(campaign: Campaign, desk: Client) -> None:
    press(desk, campaign, look(desk, campaign, TABLE.encode()))
    page = look(desk, campaign, TABLE.encode())
    assert "1 rally is as it is in the file." in page
    assert 'name="store"' not in page


def test_a_calendar_is_known_by_what_it_holds(campaign: Campaign, desk: Client) -> None:
    rally = rally_of(first_on=make.details().first_on, wall_time=make.details().wall_time, zone="UTC")
    body = calendar_of(rally, [date_of(rally, rally.first_on)])
    assert "1 rally came in." in press(desk, campaign, look(desk, campaign, body, "feed"))


def test_a_likely_double_comes_in_only_when_it_is_ticked(campaign: Campaign, desk: Client) -> None:
    there = make.rally(campaign=campaign)
    table = b"id,date,time,city,country\n7,2026-06-06,18:00,Kassel,DE\n"
    page = look(desk, campaign, table)
    assert "1 rally may be there already" in page
    assert reverse("desk:rally", args=[campaign.slug, there.pk]) in page
    assert "1 rally was left out." in press(desk, campaign, page)
    assert "1 rally came in." in press(desk, campaign, page, "csv:7")


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "Choose a file."),
        (b"PK\x03\x04", "packed file"),
        (b"when\nnow\n", "The first line must name the columns"),
        (b"BEGIN:VCALENDAR\n", "This is no calendar file"),
        (b"date,time,city\n\0", "NUL"),
        (b"x" * (4 * 1024 * 1024 + 1), "too large"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field(
    campaign: Campaign, desk: Client, content: bytes, words: str
) -> None:
    answer = desk.post(address(campaign), {"file": SimpleUploadedFile("x.csv", content)} if content else {})
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.parametrize("packed", ["", "!", "AAAA", "eJzLSM3JyQcABiwCFQ=="])
def test_a_file_that_was_tampered_with_on_the_way_is_read_as_any_other(
    campaign: Campaign, desk: Client, packed: str
) -> None:
    assert desk.post(address(campaign), {"packed": packed, "store": "1"}).status_code == 422


def test_what_a_file_says_is_text_on_the_page(campaign: Campaign, desk: Client) -> None:
    page = look(desk, campaign, b'date,time,city,country,title\n2036-06-06,x,Kassel,DE,"<script>alert(1)</script>"\n')
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_quinn_finds_no_such_page(campaign: Campaign, quinn: User, signed_in: SignedIn) -> None:
    quinn_desk = signed_in(quinn)
    assert quinn_desk.get(address(campaign)).status_code == 404
    assert quinn_desk.post(address(campaign), {"packed": "x", "store": "1"}).status_code == 404
    assert Rally.objects.count() == 0
