"""The numbers page: a sum one can follow, what left it and why, and everything that one needs to check it."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils.html import escape
from pytest_django import Settings

from tests import factories
from tests.cast import MAYA, OTTO, PILAR, RUI
from tests.factories.campaigns import published_appeal
from tests.factories.signing import NOW, count, counted, open_campaign
from tests.tlog.logs import WITNESS
from tocsin.signing import domain as signing
from tocsin.signing.models import Signature
from tocsin.tally.log import own_log
from tocsin.tally.models import DayCount, Witness
from tocsin.tlog.signed import read_checkpoint

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/en/night-trains/numbers/"


def page_of(client: Client, path: str = PAGE) -> str:
    return client.get(path).content.decode()


def part(page: str, name: str) -> str:
    """Return one section of the page, by the id of its headline."""
    [found] = re.findall(rf'aria-labelledby="{name}-title">(.*?)</section>', page, re.DOTALL)
    return str(found)


def cells(section: str) -> list[str]:
    return re.findall(r"<td[^>]*>([^<]*)</td>", section)


def test_before_anything_is_signed_it_says_so(client: Client) -> None:
    open_campaign()
    page = page_of(client)
    assert "There are no figures yet." in part(page, "growth")
    assert "Nothing is published yet" in part(page, "log")
    assert cells(part(page, "gone")) == ["0", "0"]


def test_the_sum_is_filled_in_by_the_second(client: Client) -> None:
    open_campaign()
    page = page_of(client)
    assert [name for name in ("signs", "withdrawals", "count", "size") if f"@@slot:{name}@@" not in page] == []


def test_it_shows_what_left_the_number_and_by_whose_hand(client: Client) -> None:
    campaign = open_campaign()
    tokens = counted(campaign, [MAYA, OTTO, PILAR, RUI])
    signing.withdraw(token=tokens[0], now=NOW)
    count()
    page = page_of(client)
    assert cells(part(page, "gone")) == ["1", "0"]
    assert "What the organisers struck" not in page


def test_strikes_stand_there_with_their_public_reason(client: Client) -> None:
    campaign = open_campaign()
    counted(campaign, [MAYA, OTTO, PILAR])
    row = Signature.objects.filter(campaign=campaign).first()
    assert row is not None
    noor = factories.UserFactory.create()
    keys = [(bytes(row.tag), row.seat)]
    signing.strike(campaign=campaign, keys=keys, reason="<Made> up", asked_by=noor, now=NOW)
    section = part(page_of(client), "gone")
    assert cells(section)[:2] == ["0", "0"], "struck, but not yet published: the sum above does not know of it"
    count()
    section = part(page_of(client), "gone")
    assert cells(section) == ["0", "1", "&lt;Made&gt; up", "1", "1"]
    assert "April 2, 2026" in section


def test_the_picture_ends_at_the_number_and_has_a_table(client: Client) -> None:
    campaign = open_campaign()
    for day, (signs, withdrawals) in enumerate([(40, 0), (0, 0), (1_200, 3)]):
        if signs:
            on = NOW.date() + timedelta(days=day)
            DayCount.objects.create(campaign=campaign.pk, day=on, signs=signs, withdrawals=withdrawals)
    section = part(page_of(client), "growth")
    assert cells(section) == ["1,200", "3", "1,237", "40", "0", "40"]
    assert "From 0 to 1,237, between April 2, 2026" in section
    assert "Most came on April 4, 2026: 1,200." in section
    assert re.search(r'<path class="growth__line" d="M0\.0 200\.0L[0-9. L]+"/>', section)
    assert "style=" not in section


def test_versions_of_the_text_stand_beside_their_figures(client: Client) -> None:
    campaign = open_campaign()
    counted(campaign, [MAYA, OTTO])
    published_appeal(campaign, number=2, en=("Bring back the night trains", "We ask for two sleeper trains."))
    signing.refresh_text_counts(now=NOW)
    section = part(page_of(client), "texts")
    assert re.findall(r'appeal/(\d)/"', section) == ["2", "1"]
    assert cells(section) == ["0", "2"]
    assert "The server says so" in section


def test_the_checkpoint_stands_there_as_it_was_signed(client: Client) -> None:
    counted(open_campaign(), [MAYA])
    page = page_of(client)
    [note] = re.findall(r"<pre[^>]*>([^<]+)</pre>", page)
    assert read_checkpoint(note) == (django_settings.LOG_ORIGIN, 1, *read_checkpoint(note)[2:])
    assert escape(own_log().verifiers[0].vkey) in page
    assert "This log is not yet witnessed" in page
    assert f"tocsin audit {django_settings.BASE_URL}" in page
    assert 'href="/verify/#en"' in page


def test_witnesses_are_named_with_how_far_they_vouch_and_since_when(client: Client, settings: Settings) -> None:
    counted(open_campaign(), [MAYA])
    settings.WITNESSES = ((WITNESS.verifier.vkey, "http://127.0.0.1:1"),)
    assert "not yet witnessed" in part(page_of(client), "log")
    Witness.objects.create(name=WITNESS.name, size=1, cosigned_at=NOW)
    section = part(page_of(client), "log")
    assert "not yet witnessed" not in section
    assert "witness.example.net</bdi></strong>: up to entry 1" in section
    assert "April 2, 2026, 10 a.m. UTC" in section


@pytest.mark.parametrize("language", ["es", "ar"])
def test_it_speaks_the_language_of_the_page(client: Client, language: str) -> None:
    counted(open_campaign(), [MAYA])
    page = page_of(client, f"/{language}/night-trains/numbers/")
    assert f'href="/verify/#{language}"' in page
    assert "Check it yourself" not in page


def test_the_campaign_page_and_the_thanks_lead_there(client: Client) -> None:
    open_campaign()
    for path in ("/en/night-trains/", "/en/night-trains/thanks/"):
        main = page_of(client, path).partition("<footer")[0]
        assert 'href="/en/night-trains/numbers/"' in main
