"""Letters that nobody can open: a keyholder has them made anew, word for word, one for each address."""

from datetime import timedelta

import pytest

from tests.cast import MAYA, OTTO, PILAR
from tests.factories import signing as factories
from tests.factories.vault import key_pair
from tocsin.campaigns.models import Campaign
from tocsin.outbox import domain as outbox
from tocsin.outbox import keys as outbox_keys
from tocsin.outbox.models import Bounce, Letter
from tocsin.seal.epoch import new_key_pair
from tocsin.seal.tokens import from_text
from tocsin.signing import domain as signing
from tocsin.signing.domain import Outcome, Reminted
from tocsin.signing.intake import load_intake
from tocsin.signing.models import PendingSignature
from tocsin.signing.states import Hold

pytestmark = pytest.mark.django_db(transaction=True)
NOW = factories.NOW
KEPT = ("text_id", "privacy_id", "language", "country", "tag", "name_tag", "shows_name", "keep_informed", "hold")


def lose_keys() -> None:
    outbox_keys.destroy(outbox_keys.day_of(NOW))


def remint(private: bytes | None = None) -> Reminted:
    intake = load_intake(Campaign.objects.get())
    assert intake is not None
    return signing.remint(intake=intake, private_keys=[private or key_pair().private], now=NOW + timedelta(hours=1))


def claim() -> outbox.Claimed:
    return outbox.claim(provider="other", limit=100, lease_seconds=20, now=NOW + timedelta(hours=1))


def test_each_lost_mail_is_made_anew_and_says_what_was_signed() -> None:
    campaign = factories.open_campaign()
    factories.sign(campaign, MAYA, shows_name=True, reason="Because", keep_informed=True)
    factories.sign(campaign, OTTO, hold=Hold.DISPOSABLE_DOMAIN)
    before = {row.tag: [getattr(row, name) for name in KEPT] for row in PendingSignature.objects.all()}
    lose_keys()
    assert claim().letters == []
    assert outbox.lost_letters(campaign=campaign.pk) == 2

    assert remint() == Reminted(made=2, left=0)
    assert {row.tag: [getattr(row, name) for name in KEPT] for row in PendingSignature.objects.all()} == before
    letters = claim().letters
    assert sorted(letter.content["to"] for letter in letters) == sorted([MAYA.address, OTTO.address])
    tokens = [from_text(letter.content["t"]) for letter in letters]
    assert sorted(factories.confirm(*[token for token in tokens if token]), key=str) == [
        Outcome.CONFIRMED,
        Outcome.HELD,
    ]
    assert not Bounce.objects.exists()


def test_twice_makes_nothing_twice() -> None:
    factories.sign(factories.open_campaign())
    lose_keys()
    assert remint() == Reminted(1, 0)
    assert remint() == Reminted(0, 0)
    assert Letter.objects.count() == 1


def test_who_had_their_mail_gets_no_second_one() -> None:
    campaign = factories.open_campaign()
    factories.sign(campaign, MAYA)
    Letter.objects.all().delete()  # as a mail server's yes does
    factories.sign(campaign, OTTO)
    lose_keys()
    assert remint() == Reminted(1, 0)
    assert [letter.content["to"] for letter in claim().letters] == [OTTO.address]


def test_a_signature_that_is_gone_leaves_its_letter_to_expire() -> None:
    campaign = factories.open_campaign()
    signer = factories.sign(campaign, MAYA)
    factories.sign(campaign, PILAR)
    signing.withdraw(token=signer.token, now=NOW)
    lose_keys()
    assert remint() == Reminted(1, 1)
    assert outbox.expire_letters(now=NOW + timedelta(days=6)) == 2


def test_another_campaigns_key_makes_nothing() -> None:
    factories.sign(factories.open_campaign())
    lose_keys()
    assert remint(new_key_pair()[0]) == Reminted(0, 1)


def test_a_letter_says_to_nobody_else_which_signature_it_is_about() -> None:
    signer = factories.sign(factories.open_campaign())
    letter = Letter.objects.get()
    row = PendingSignature.objects.get()
    known = [bytes(value) for value in vars(row).values() if isinstance(value, bytes | memoryview)]
    assert letter.ref is not None
    assert len(bytes(letter.ref)) == 16
    assert not any(bytes(letter.ref) in value for value in [*known, signer.token])
