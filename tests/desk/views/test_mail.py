"""Mail in numbers, by provider, without an address."""

from datetime import date, timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import MAYA
from tests.factories import signing
from tests.factories.outbox import post
from tocsin.campaigns.models import Campaign
from tocsin.desk.providers import Answer, Provider, refused_by_provider, words_for
from tocsin.outbox.domain import claim, remove_sent
from tocsin.outbox.models import Bounce
from tocsin.outbox.queries import BounceLine
from tocsin.outbox.states import Reason

DAY = date(2026, 4, 2)


def test_what_waits_and_what_was_refused_is_shown(open_one: Campaign, desk: Client) -> None:
    signing.sign(open_one, MAYA)
    Bounce.objects.create(on=timezone.now().date(), provider="google", answer="550", letters=7)
    page = desk.get(reverse("desk:mail", args=[open_one.slug])).content.decode()
    assert "1 mail waits" in page
    assert "refused for good (550): 7" in page
    assert MAYA.address not in page


def test_what_waits_for_the_next_day_of_its_address_is_named_apart(open_one: Campaign, desk: Client) -> None:
    now = timezone.now()
    post(*[MAYA.address] * 5, now=now)
    remove_sent([letter.id for letter in claim(provider="other", limit=9, lease_seconds=20, now=now).letters])
    page = desk.get(reverse("desk:mail", args=[open_one.slug])).content.decode()
    assert "2 mails wait to be sent" in page
    assert "2 of them wait on purpose" in page


def test_old_refusals_are_forgotten(open_one: Campaign, desk: Client) -> None:
    long_ago = timezone.now().date() - timedelta(days=31)
    Bounce.objects.create(on=long_ago, provider="google", answer="550", letters=7)
    assert desk.get(reverse("desk:mail", args=[open_one.slug])).context["refused"] == []


def test_refusals_are_gathered_by_provider_the_most_first() -> None:
    lines = [
        BounceLine("google", "550", 3, DAY),
        BounceLine("other", "421", 4, DAY),
        BounceLine("google", "552", 2, DAY),
    ]
    assert refused_by_provider(lines) == [
        Provider("google", 5, (Answer("refused for good (550)", 3), Answer("refused for good (552)", 2))),
        Provider("", 4, (Answer("put off again and again (421)", 4),)),
    ]


def test_every_reason_has_words() -> None:
    assert [reason for reason in Reason if "(" in words_for(reason.value)] == []
