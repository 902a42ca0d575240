"""What the desk writes to hosts and to those who come: all of it is said, in plain text and in HTML."""

import email
import email.policy
from email.message import EmailMessage

import pytest
from pytest_django import Settings

from tests.cast import OTTO
from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tocsin import db
from tocsin.outbox import domain as outbox
from tocsin.outbox.mails import Mail
from tocsin.rallies import keys
from tocsin.rallies.emails.build import RallyMails
from tocsin.rallies.emails.desk import KINDS, Reader, letter_to, letters_to_hosts
from tocsin.rallies.emails.kinds import MailKind
from tocsin.seal.tokens import to_text

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = {"note": "Which <square>?", "message": "Bring <umbrellas>.", "when": "Sunday, 18:00"}
SAYS = {"returned": "note", "broadcast": "message", "resolved": "message", "day_moved": "when"}


@pytest.fixture(autouse=True)
def base_url(settings: Settings) -> None:
    settings.BASE_URL = "https://rally.example"
    settings.MAIL_FROM = "Rallies <noreply@rally.example>"


def mail_of(
    kind: MailKind, *, language: str = "en", token: str = "", host_token: str = "", is_neutral: bool = False
) -> EmailMessage:
    campaign = CampaignFactory.create(title={"en": "Night trains"}, form={"neutral_subject": is_neutral})
    rally = factory.rally(campaign=campaign)
    reader = Reader(OTTO.address, language, OTTO.name, token, host_token)
    with db.transaction():
        outbox.post([letter_to(kind=kind, rally=rally, campaign=campaign, reader=reader, now=factory.NOW, texts=TEXTS)])
    letters = outbox.claim(provider="other", limit=1, lease_seconds=20, now=factory.NOW).letters
    [mail] = RallyMails(KINDS).build(letters, factory.NOW)
    assert isinstance(mail, Mail)
    return email.message_from_bytes(mail.content, _class=EmailMessage, policy=email.policy.default)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_each_mail_says_what_it_is_about_and_the_way_out(kind: MailKind, language: str) -> None:
    message = mail_of(kind, language=language)
    plain, html = body(message, "plain"), body(message, "html")
    for text in (plain, html):
        assert "Night trains: Kassel" in text
        assert "/night-trains" in text or "/rallies/kassel/" in text
    said = TEXTS.get(SAYS.get(kind.name, ""), "")
    assert said in plain
    assert said.replace("<", "&lt;").replace(">", "&gt;") in html
    assert "List-Unsubscribe" in message


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_neutral_campaign_tells_nothing_over_a_shoulder(kind: MailKind) -> None:
    subject = str(mail_of(kind, is_neutral=True)["subject"])
    assert "Night trains" not in subject
    assert "Kassel" not in subject


def test_who_comes_has_their_own_link_and_a_host_has_not() -> None:
    kind = next(one for one in KINDS if one.name == "broadcast")
    assert "https://rally.example/r/abc" in body(mail_of(kind, token="abc"), "plain")
    assert "/r/" not in body(mail_of(kind), "plain")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_mail_about_changing_a_rally_carries_its_hosts_link(kind: MailKind) -> None:
    carries = kind.name in {"approved", "returned", "day_moved"}
    with_link, without = mail_of(kind, host_token="xyz"), mail_of(kind)
    for part in ("plain", "html"):
        assert ("https://rally.example/h/xyz" in body(with_link, part)) == carries
        assert "/host/lost/" not in body(with_link, part)
        assert "/h/" not in body(without, part)


def test_a_host_is_mailed_the_link_that_lay_sealed() -> None:
    rally = factory.rally()
    _, token = factory.host(rally)
    with db.transaction():
        outbox.post(letters_to_hosts(kind=KINDS[0], campaign=rally.campaign, rallies=[rally], now=factory.NOW))
    [letter] = outbox.claim(provider="other", limit=1, lease_seconds=20, now=factory.NOW).letters
    assert letter.content["values"]["tools"] == f"https://rally.example/h/{to_text(token)}"


def test_only_hosts_who_confirmed_are_written_to_and_none_whose_key_is_gone() -> None:
    confirmed, unconfirmed, gone = (factory.rally() for _ in range(3))
    factory.host(confirmed)
    factory.host(unconfirmed, confirmed_at=None)
    factory.host(gone)
    keys.destroy(gone.pk)
    letters = letters_to_hosts(
        kind=KINDS[0], campaign=confirmed.campaign, rallies=[confirmed, unconfirmed, gone], now=factory.NOW
    )
    assert len(letters) == 1
