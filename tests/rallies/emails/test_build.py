"""rallies.emails: a letter becomes the mail that its reader can read, with the ways out that it owes."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any

import pytest
from pytest_django import Settings

from tests.cast import MAYA, OTTO
from tests.factories.campaigns import CampaignFactory
from tests.factories.rallies import NOW, rally
from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.outbox import domain as outbox
from tocsin.outbox.caps import cap_key
from tocsin.outbox.mails import Dropped, Mail
from tocsin.outbox.models import Letter
from tocsin.outbox.states import Reason
from tocsin.outbox.stop_link import StopOrder, open_stop_link
from tocsin.rallies.emails import KINDS, builders
from tocsin.rallies.emails.build import RallyMails
from tocsin.rallies.emails.hosting import CONFIRM_HOST
from tocsin.rallies.emails.kinds import MailKind
from tocsin.rallies.emails.letters import letter
from tocsin.rallies.models import Rally

pytestmark = pytest.mark.django_db(transaction=True)

LINK = "https://rally.example/h/abc"
ASKED_FOR = MailKind(name="confirm_host", subject="News of %(when)s", neutral_subject="News", is_asked_for=True)
ANSWER = MailKind(
    name="confirm_host", subject="%(title)s", neutral_subject="x", is_asked_for=False, is_transaction=True
)
ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n"


@pytest.fixture(autouse=True)
def base_url(settings: Settings) -> None:
    settings.BASE_URL = "https://rally.example"
    settings.MAIL_FROM = "Rallies <noreply@rally.example>"


def post(of: Rally, kind: MailKind = CONFIRM_HOST, **more: Any) -> None:
    told: dict[str, Any] = {
        "to": OTTO.address,
        "language": "en",
        "values": {"name": OTTO.name, "link": LINK},
        "texts": {"when": "Saturday, 12:00", "where": "Königsplatz, Kassel"},
    }
    with db.transaction():
        outbox.post([letter(kind=kind, rally=of, now=NOW, **(told | more))])


def built(mails: RallyMails | None = None) -> list[Mail | Dropped]:
    letters = outbox.claim(provider="other", limit=100, lease_seconds=20, now=NOW).letters
    return list((mails or RallyMails(KINDS)).build(letters, NOW))


def only(results: list[Mail | Dropped]) -> EmailMessage:
    (mail,) = results
    assert isinstance(mail, Mail)
    return email.message_from_bytes(mail.content, _class=EmailMessage, policy=email.policy.default)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_letter_becomes_a_mail_in_text_and_html_with_its_link_and_the_way_out() -> None:
    campaign = CampaignFactory.create(contact="desk@rally.example")
    post(rally(campaign=campaign))
    message = only(built())
    for kind in ("plain", "html"):
        for words in (OTTO.name, LINK, "Saturday, 12:00", "Königsplatz, Kassel", campaign.title["en"], OTTO.address):
            assert words in body(message, kind), (kind, words)
    assert str(message["Subject"]) == f"Please confirm your rally: {campaign.title['en']}"
    assert str(message["To"]) == OTTO.address
    assert str(message["Reply-To"]) == "desk@rally.example"
    assert str(message["Auto-Submitted"]) == "auto-generated"
    stop = str(message["List-Unsubscribe"]).strip("<>")
    assert str(message["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert stop in body(message, "plain")
    text = stop.removeprefix("https://rally.example/m/").removesuffix("/stop")
    assert open_stop_link(text) == StopOrder(cap_key(OTTO.address) or b"", "en")


def test_what_answers_an_act_has_no_header_of_lists() -> None:
    post(rally(), ANSWER)
    assert only(built(RallyMails([ANSWER])))["List-Unsubscribe"] is None


def test_a_campaign_with_neutral_subjects_is_named_nowhere() -> None:
    campaign = CampaignFactory.create(contact="desk@rally.example", form={"neutral_subject": True})
    post(rally(campaign=campaign))
    message = only(built())
    assert str(message["Subject"]) == "Please confirm"
    assert message["Reply-To"] is None
    assert campaign.title["en"] not in body(message, "plain") + body(message, "html")


def test_a_mail_is_in_its_readers_language_and_direction() -> None:
    post(rally(campaign=CampaignFactory.create(languages=["en", "ar"])), language="ar")
    message = only(built())
    assert str(message["Content-Language"]) == "ar"
    assert 'lang="ar" dir="rtl"' in body(message, "html")


def test_a_calendar_comes_along_as_a_file_with_its_method() -> None:
    post(rally(), calendar=ICS)
    message = only(built())
    assert LINK in body(message, "plain")
    (attached,) = message.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_param("method") == "PUBLISH"
    assert attached.get_filename() == "rally.ics"
    assert attached.get_content() == ICS


def test_a_name_that_is_markup_or_a_slot_stays_words() -> None:
    post(
        rally(),
        values={"name": "<b>Otto</b> @@slot:stop@@", "link": LINK},
        texts={"when": "<i>now</i>", "where": "@@slot:to@@ @@sl@@slot:ot:x@@"},
    )
    message = only(built())
    assert "&lt;b&gt;Otto&lt;/b&gt; @@slot:stop@@" in body(message, "html")
    assert "&lt;i&gt;now&lt;/i&gt;" in body(message, "html")
    assert "@@slot:to@@ @@sl@@slot:ot:x@@" in body(message, "plain")


def test_two_letters_of_other_words_do_not_share_a_template() -> None:
    one = rally()
    post(one, texts={"when": "Saturday", "where": "here"})
    post(one, to=MAYA.address, texts={"when": "Sunday", "where": "here"})
    first, second = (str(mail.content) for mail in built() if isinstance(mail, Mail))
    assert ("Saturday" in first, "Sunday" in first) == (True, False)
    assert ("Saturday" in second, "Sunday" in second) == (False, True)


def test_what_nobody_asked_for_counts_against_the_caps_and_what_was_asked_for_does_not() -> None:
    one = rally()
    for _ in range(5):
        post(one)
    assert [type(mail) for mail in built()] == [Mail] * 3
    for _ in range(5):
        post(one, ASKED_FOR)
    assert [type(mail) for mail in built(RallyMails([ASKED_FOR]))] == [Mail] * 5


def test_who_never_wants_to_be_written_to_is_not_whatever_they_asked_for() -> None:
    outbox.stop_mails(address=OTTO.address)
    post(rally(), ASKED_FOR)
    assert built(RallyMails([ASKED_FOR])) == []


def test_a_letter_whose_campaign_or_kind_is_gone_is_dropped() -> None:
    post(rally())
    assert built(RallyMails([])) == [Dropped(Reason.NO_BUILDER)]
    Letter.objects.all().delete()
    post(rally(campaign=CampaignFactory.create(slug="short-lived")))
    Campaign.objects.filter(slug="short-lived").delete()
    assert built() == [Dropped(Reason.NO_LONGER_NEEDED)]


def test_neither_name_nor_address_nor_link_lies_in_the_table_and_the_kind_fits() -> None:
    one = rally()
    post(one, ASKED_FOR)
    post(one)
    stored = list(Letter.objects.order_by("pk").values_list("kind", "sealed", "provider"))
    assert [kind for kind, *_ in stored] == [f"rally.{one.pk}", "rally"]
    for typed in (OTTO.name, OTTO.address, LINK):
        assert typed.encode() not in b"".join(bytes(sealed) for _, sealed, _ in stored)


def test_every_kind_has_its_own_name_and_one_builder() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert list(builders()) == ["rally"]
