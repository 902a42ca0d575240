"""Writing to signatories at the desk: a test to oneself first, then everybody who asked, once."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import MAYA, OTTO, PILAR
from tests.factories import signing
from tests.factories.vault import PASSPHRASE
from tocsin.campaigns.models import Campaign, User
from tocsin.outbox.models import Letter
from tocsin.signing.models import Signature
from tocsin.signing.opened import circulars
from tocsin.signing.opened.models import Circular, CircularState
from tocsin.vault.keeper import Keeper

WORDS = {"words.en.subject": "News from the minister", "words.en.body": "**We** meet her.\n\nAt noon."}


@pytest.fixture(autouse=True)
def keeper(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    own = Keeper()
    for name, value in own.environment().items():
        monkeypatch.setenv(name, value)
    yield own
    own.close()


def at(name: str, campaign: Campaign, **more: int) -> str:
    return reverse(f"desk:{name}", kwargs={"slug": campaign.slug, **more})


def draft(desk: Client, campaign: Campaign, **more: object) -> Circular:
    answer = desk.post(at("circular-new", campaign), {**WORDS, **more})
    assert answer.status_code == 303
    return Circular.objects.latest("pk")


def press(desk: Client, circular: Circular, act: str) -> str:
    """Press a button of the page; return the page that follows."""
    return desk.post(at("circular", circular.campaign, number=circular.pk), {"act": act}, follow=True).content.decode()


def state(circular: Circular) -> str:
    circular.refresh_from_db()
    return circular.state


def work() -> bool:
    return circulars.work(now=lambda: datetime.now(UTC))


def test_the_whole_way(open_one: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA, OTTO], keep_informed=True)
    signing.counted(open_one, [PILAR])
    Letter.objects.all().delete()
    circular = draft(desk, open_one)
    shown = desk.get(at("circular", open_one, number=circular.pk)).content.decode()
    assert ("It reaches 2 signatories" in shown, "<strong>We</strong>" in shown) == (True, True)
    assert "Send these words to yourself first" in _unlocked_and_pressed(desk, open_one, circular, "send")
    assert "on its way to noor@example.org" in press(desk, circular, "test")
    press(desk, circular, "send")
    assert state(circular) == CircularState.SENDING
    assert work()
    assert Letter.objects.filter(kind=f"circular.{circular.pk}").count() == 2
    page = desk.get(at("circular", open_one, number=circular.pk)).content.decode()
    assert "2 of 2 signatures opened" in page
    press(desk, circular, "pause")
    assert state(circular) == CircularState.PAUSED
    press(desk, circular, "resume")
    press(desk, circular, "cancel")
    assert (state(circular), Letter.objects.filter(kind=f"circular.{circular.pk}").count()) == ("cancelled", 0)


def _unlocked_and_pressed(desk: Client, campaign: Campaign, circular: Circular, act: str) -> str:
    desk.post(at("vault", campaign), {"passphrase": PASSPHRASE})
    return press(desk, circular, act)


def test_a_locked_vault_sends_nothing(open_one: Campaign, desk: Client) -> None:
    circular = draft(desk, open_one)
    press(desk, circular, "test")
    assert "Unlock the vault first" in press(desk, circular, "send")
    assert state(circular) == CircularState.DRAFT


def test_locking_pauses_it_and_says_so(open_one: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA], keep_informed=True)
    circular = draft(desk, open_one)
    press(desk, circular, "test")
    _unlocked_and_pressed(desk, open_one, circular, "send")
    desk.post(at("lock", open_one))
    page = desk.get(at("circular", open_one, number=circular.pk)).content.decode()
    assert "The vault locked while addresses were being opened" in page
    assert not work()


def test_changed_words_want_a_new_test(open_one: Campaign, desk: Client) -> None:
    circular = draft(desk, open_one)
    press(desk, circular, "test")
    desk.post(at("circular-edit", open_one, number=circular.pk), {**WORDS, "words.en.subject": "Other"})
    assert "Send these words to yourself first" in _unlocked_and_pressed(desk, open_one, circular, "send")


def test_whom_it_goes_to_is_ticked_and_nothing_ticked_is_everybody(open_one: Campaign, desk: Client) -> None:
    page = desk.get(at("circular-new", open_one)).content.decode()
    assert ('name="countries"' in page, "<select multiple" in page) == (False, False)
    signing.counted(open_one, [MAYA])
    own = Signature.objects.get().country
    page = desk.get(at("circular-new", open_one)).content.decode()
    assert re.findall(r'<input type="checkbox" name="countries" value="(..)"', page) == [own]
    assert re.findall(r'name="only_languages" value="(..)"', page) == open_one.languages
    assert page.count("None ticked means all.") == 2
    assert (draft(desk, open_one).countries, draft(desk, open_one).languages) == ([], [])
    chosen = draft(desk, open_one, countries=[own], only_languages=["es"])
    assert (chosen.countries, chosen.languages) == ([own], ["es"])
    # Everybody of that country withdrew since: the choice stays, and is not dropped without a word.
    Signature.objects.update(country="")
    again = desk.post(at("circular-edit", open_one, number=chosen.pk), {**WORDS, "countries": [own]})
    chosen.refresh_from_db()
    assert (again.status_code, chosen.countries, chosen.languages) == (303, [own], [])


def test_what_is_missing_is_asked_for(open_one: Campaign, desk: Client) -> None:
    for given in ({}, {"words.en.subject": "x"}, {**WORDS, "words.es.body": "hola"}, {**WORDS, "countries": ["XX"]}):
        assert desk.post(at("circular-new", open_one), given).status_code == 422
    assert Circular.objects.count() == 0


def test_what_is_being_sent_cannot_be_rewritten(open_one: Campaign, desk: Client) -> None:
    circular = draft(desk, open_one)
    press(desk, circular, "test")
    _unlocked_and_pressed(desk, open_one, circular, "send")
    desk.post(at("circular-edit", open_one, number=circular.pk), {**WORDS, "words.en.subject": "Other"})
    circular.refresh_from_db()
    assert circular.subject == {"en": "News from the minister"}


def test_another_campaigns_letter_is_not_found(
    open_one: Campaign, campaign: Campaign, noor: User, desk: Client
) -> None:
    circular = draft(desk, open_one)
    for name in ("circular", "circular-edit"):
        assert desk.get(at(name, campaign, number=circular.pk)).status_code == 404
        assert desk.post(at(name, campaign, number=circular.pk), WORDS).status_code == 404
