"""signing.emails: what stands in the mails, and who gets which."""

import email
import email.policy
import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.cast import MAYA, OTTO, RUI, Person
from tests.factories import OrganisationFactory
from tests.factories.signing import NOW, confirm, intake_of, open_campaign, sign
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State as CampaignState
from tocsin.kit import addresses
from tocsin.outbox import domain as outbox
from tocsin.outbox.caps import cap_key
from tocsin.outbox.mails import Dropped, Mail, Opened
from tocsin.outbox.models import Letter, MailCap
from tocsin.outbox.states import Reason
from tocsin.outbox.stop_link import StopOrder, open_stop_link
from tocsin.seal.tokens import from_text, manage_token, to_text
from tocsin.signing import domain as signing
from tocsin.signing import queries
from tocsin.signing.domain.confirm import Outcome
from tocsin.signing.emails import SigningMails
from tocsin.signing.models import Tombstone, WithdrawalToken

pytestmark = pytest.mark.django_db(transaction=True)

_LINK = re.compile(r"https?://\S+")
_STOP = re.compile(r"https://petition\.example/m/([\w-]{44,100})/stop")
CANARY = "Bring back the night trains"


@pytest.fixture(autouse=True)
def base_url(settings: Settings) -> None:
    settings.BASE_URL = "https://petition.example"
    settings.MAIL_FROM = "Petitions <noreply@petition.example>"


def claimed() -> list[Opened]:
    """Take all letters that wait, as the worker does."""
    return [
        letter
        for provider in ("other", "google")
        for letter in outbox.claim(provider=provider, limit=500, lease_seconds=20, now=NOW).letters
    ]


def built(letters: list[Opened] | None = None) -> list[Mail | Dropped]:
    letters = claimed() if letters is None else letters
    builders = SigningMails().builders()
    return [result for letter in letters for result in builders[letter.kind]([letter], NOW)]


def only_mail(letters: list[Opened] | None = None) -> EmailMessage:
    (mail,) = built(letters)
    assert isinstance(mail, Mail)
    return read(mail)


def read(mail: Mail) -> EmailMessage:
    return email.message_from_bytes(mail.content, _class=EmailMessage, policy=email.policy.default)


def body(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def unsubscribe(message: EmailMessage) -> str:
    """Return the link in the header that mail programs make a button of."""
    return str(message["List-Unsubscribe"]).removeprefix("<").removesuffix(">")


def links(message: EmailMessage) -> list[str]:
    return _LINK.findall(body(message))


def lost(campaign: Campaign, person: Person = MAYA, language: str = "en") -> list[Opened]:
    address = addresses.parse(person.address)
    assert address is not None
    signing.resend(intake=intake_of(campaign), address=address, language=language, now=NOW)
    return claimed()


def signed(campaign: Campaign, person: Person = MAYA) -> bytes:
    """Let a person sign and confirm, their mail read and gone; return their token."""
    token = sign(campaign, person).token
    confirm(token)
    Letter.objects.all().delete()
    MailCap.objects.all().delete()
    return token


def test_the_mail_to_confirm_says_what_who_where_and_how_to_stop() -> None:
    campaign = open_campaign()
    OrganisationFactory.create(campaign=campaign, name="Night Trains Now")
    token = sign(campaign).token
    message = only_mail()
    text, m = to_text(token), to_text(manage_token(token))
    assert links(message) == [
        f"https://petition.example/c/{text}",
        f"https://petition.example/m/{m}",
        unsubscribe(message),
    ]
    for words in (MAYA.name, CANARY, "Night Trains Now", MAYA.address, "petition.example"):
        assert words in body(message), words
        assert words in body(message, "html"), words
    assert str(message["Subject"]) == f"Please confirm: {CANARY}"
    assert str(message["To"]) == MAYA.address
    assert str(message["From"]) == "Petitions <noreply@petition.example>"
    assert str(message["Reply-To"]) == campaign.contact


def test_its_headers_are_those_of_a_mail_that_can_be_unsubscribed_with_one_click() -> None:
    token = sign(open_campaign()).token
    message = only_mail()
    text = _STOP.fullmatch(unsubscribe(message))
    assert text is not None
    assert open_stop_link(text[1]) == StopOrder(cap_key(MAYA.address) or b"", "en")
    # T proves, and headers are read by every server on the way: neither it nor m stands there.
    assert to_text(token) not in str(message["List-Unsubscribe"])
    assert to_text(manage_token(token)) not in str(message["List-Unsubscribe"])
    assert str(message["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert str(message["Auto-Submitted"]) == "auto-generated"


def test_the_link_in_the_header_stops_mails_whatever_is_stored_of_the_signature() -> None:
    campaign = open_campaign()
    for moment in ("before", "after", "withdrawn", "expired"):
        person = replace(MAYA, address=f"{moment}@example.org", name=f"Maya {moment}")
        token = sign(campaign, person).token
        text = _STOP.fullmatch(unsubscribe(only_mail()))
        if moment in {"after", "withdrawn"}:
            confirm(token)
        if moment == "withdrawn":
            assert signing.withdraw(token=token, now=NOW)
        if moment == "expired":
            signing.expire(now=NOW + timedelta(days=8))
        assert text is not None
        assert signing.stop_mails_by_link(text=text[1]) is not None
        sign(campaign, replace(person, name="Somebody Else"))
        assert built() == [], moment


def test_the_mail_has_no_picture_no_script_and_no_other_host() -> None:
    sign(open_campaign())
    html = body(only_mail(), "html")
    assert not re.search(r"<(img|script|link|iframe|object|form)\b", html)
    assert {re.match(r"https?://[^/]+", link)[0] for link in _LINK.findall(html)} == {"https://petition.example"}  # type: ignore[index]  # each is a link


def test_links_use_the_base_url_whatever_host_a_request_named() -> None:
    # Nothing of a request gets as far as here: the letter holds no host.
    sign(open_campaign())
    (letter,) = claimed()
    assert set(letter.content) == {"to", "t", "name", "language", "campaign", "tag", "name_tag"}


@pytest.mark.parametrize(
    "language, direction, title",
    [("es", "ltr", "Que vuelvan los trenes nocturnos"), ("ar", "rtl", "أعيدوا القطارات الليلية")],
)
def test_the_mail_speaks_the_pages_language(language: str, direction: str, title: str) -> None:
    sign(open_campaign(), language=language)
    message = only_mail()
    assert title in str(message["Subject"])
    assert title in body(message)
    assert f'<html lang="{language}" dir="{direction}">' in body(message, "html")
    assert str(message["Content-Language"]) == language


def test_a_mail_that_nobody_translated_says_that_it_is_english_and_what_is_not() -> None:
    campaign = open_campaign(languages=["uk", "en"], title={"uk": "Нічні потяги"})
    sign(campaign, language="uk")
    message = only_mail()
    assert '<html lang="en" dir="ltr">' in body(message, "html")
    assert 'lang="uk" dir="ltr"><strong>Нічні потяги' in body(message, "html")
    assert str(message["Content-Language"]) == "en"


def test_a_neutral_mail_names_the_campaign_nowhere() -> None:
    campaign = open_campaign(form={"neutral_subject": True})
    OrganisationFactory.create(campaign=campaign, name="Night Trains Now")
    sign(campaign)
    (mail,) = built()
    assert isinstance(mail, Mail)
    message = read(mail)
    everything = str(message) + body(message) + body(message, "html")
    for words in (CANARY, "Night Trains", "night-trains", campaign.contact):
        assert words not in everything, words
    assert str(message["Subject"]) == "Please confirm"


def test_hostile_names_and_titles_are_words_and_nothing_else() -> None:
    campaign = open_campaign(title={"en": "<b>Trains</b>\r\nBcc: all@example.org"})
    sign(campaign, replace(MAYA, name='<img src=x onerror="1">'))
    message = only_mail()
    assert message["Bcc"] is None
    assert "<b>" not in body(message, "html").replace("<body", "")
    assert "<img" not in body(message, "html")


def test_who_has_signed_gets_the_mail_that_says_so_and_can_withdraw_with_it() -> None:
    campaign = open_campaign()
    token = signed(campaign)
    sign(campaign)
    message = only_mail()
    assert str(message["Subject"]) == f"Signed already: {CANARY}"
    assert "/c/" not in body(message)
    withdraw, stop = links(message)
    assert stop == unsubscribe(message)
    fresh = from_text(withdraw.rpartition("/")[2])
    assert fresh not in {None, token, manage_token(token)}
    assert fresh is not None
    assert queries.status_of(fresh).is_weak
    assert signing.withdraw(token=fresh, now=NOW)
    assert Tombstone.objects.count() == 1


def test_who_signed_by_the_first_mail_is_not_told_so_the_next_day_by_one_that_was_put_off() -> None:
    campaign = open_campaign()
    signed(campaign)
    sign(campaign)
    late = [letter._replace(was_put_off=True) for letter in claimed()]
    assert built(late) == [Dropped(Reason.NO_LONGER_NEEDED)]


def test_a_mail_to_confirm_that_was_put_off_asks_for_it_and_its_link_confirms() -> None:
    campaigns = [open_campaign(f"night-trains-{number}") for number in range(4)]
    tokens = [sign(campaign).token for campaign in campaigns]
    assert len(claimed()) == 3
    tomorrow = NOW + timedelta(hours=25)
    [letter] = [
        one
        for one in outbox.claim(provider="other", limit=9, lease_seconds=20, now=tomorrow).letters
        if one.was_put_off
    ]
    [mail] = built([letter])
    assert isinstance(mail, Mail)
    token = from_text(mail.link.rpartition("/")[2])
    assert token is not None
    assert confirm(token, now=tomorrow) == [Outcome.CONFIRMED]
    assert token == tokens[3]


def test_the_fresh_token_stops_mails_and_its_row_says_nothing_without_it() -> None:
    campaign, other = open_campaign(), open_campaign("open-libraries")
    for one in (campaign, other):
        signed(one)
    for one in (campaign, other):
        sign(one)
    first, second = (from_text(links(read(mail))[0].rpartition("/")[2]) for mail in built() if isinstance(mail, Mail))
    rows = WithdrawalToken.objects.all()
    key = cap_key(MAYA.address)
    assert key is not None
    assert all(key not in bytes(row.cap) for row in rows)
    assert len({bytes(row.cap) for row in rows}) == 2, "two campaigns have no value in common"
    assert first is not None
    assert second is not None
    assert signing.stop_mails(token=second)
    assert MailCap.objects.get().never_write


def test_another_name_at_the_address_may_sign_and_a_third_may_not() -> None:
    campaign = open_campaign()
    signed(campaign)
    other = replace(OTTO, address=MAYA.address)
    sign(campaign, other)
    assert str(only_mail()["Subject"]).startswith("Please confirm")
    signed(campaign, other)
    sign(campaign, replace(RUI, address=MAYA.address))
    message = only_mail()
    assert "Two people have signed" in body(message)
    assert len({link for link in links(message) if not link.endswith("/stop")}) == 2
    assert _STOP.fullmatch(unsubscribe(message))


def test_without_households_another_name_has_signed_already_too() -> None:
    campaign = open_campaign(form={"household": False})
    signed(campaign)
    sign(campaign, replace(OTTO, address=MAYA.address))
    assert str(only_mail()["Subject"]).startswith("Signed already")


def test_a_lost_mail_is_answered_with_what_helps() -> None:
    campaign = open_campaign()
    not_signed = only_mail(lost(campaign, language="es"))
    assert links(not_signed)[0] == "https://petition.example/es/night-trains/"
    assert links(not_signed)[1] == unsubscribe(not_signed)
    text = _STOP.fullmatch(unsubscribe(not_signed))
    assert text is not None
    assert open_stop_link(text[1]) == StopOrder(cap_key(MAYA.address) or b"", "es")
    assert not WithdrawalToken.objects.exists(), "to who has not signed, there is nothing to store"
    MailCap.objects.all().delete()
    signed(campaign)
    assert str(only_mail(lost(campaign))["Subject"]).startswith("Signed already")


def test_a_campaign_that_closed_or_went_gets_no_more_mails_written() -> None:
    campaign = open_campaign()
    sign(campaign)
    sign(campaign, OTTO)
    letters = claimed()
    Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.CLOSED)
    gone = letters[1]._replace(campaign=campaign.pk + 100)
    assert built([letters[0], gone]) == [Dropped(Reason.NO_LONGER_NEEDED)] * 2


@pytest.mark.parametrize("people", [1, 30])
def test_a_batch_asks_the_same_few_questions_for_one_letter_as_for_thirty(people: int) -> None:
    campaign = open_campaign()
    for number in range(people):
        sign(campaign, replace(MAYA, address=f"maya{number}@example.org"))
    letters = claimed()
    mails = SigningMails()
    mails.confirm(letters[:1], NOW)  # its templates are rendered once
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(mails.confirm(letters, NOW)) == people
    assert len(asked) == 2


def test_a_change_of_the_campaign_changes_its_mails() -> None:
    campaign = open_campaign()
    sign(campaign)
    letters = claimed()
    mails = SigningMails()
    mails.confirm(letters, NOW)
    Campaign.objects.filter(pk=campaign.pk).update(title={"en": "More night trains"}, revision=campaign.revision + 1)
    (mail,) = mails.confirm(letters, NOW)
    assert isinstance(mail, Mail)
    assert str(read(mail)["Subject"]) == "Please confirm: More night trains"
