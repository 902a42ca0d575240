"""What those read who said that they come to a rally that is merged: what is held now, and what is not any more."""

import email
import email.policy
from datetime import date, time
from email.message import EmailMessage

import pytest
from pytest_django import Settings

from tests.cast import MAYA
from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tocsin import db
from tocsin.outbox import domain as outbox
from tocsin.outbox.mails import Mail
from tocsin.outbox.sealing import LetterRow
from tocsin.rallies.emails import KINDS
from tocsin.rallies.emails.build import RallyMails
from tocsin.rallies.emails.coming import Reader
from tocsin.rallies.emails.merged import MergedLetters
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.states import DateState

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def base_url(settings: Settings) -> None:
    settings.BASE_URL = "https://petition.example"


@pytest.fixture
def two() -> tuple[Occurrence, Occurrence]:
    """Return the dates of two rallies: Saturday at noon in Kassel, cancelled, and Sunday at nine in Lisbon."""
    campaign = CampaignFactory.create(title={"en": "Night trains"}, languages=["en", "ar"])
    before = factory.rally(campaign=campaign)
    after = factory.rally(
        campaign=campaign,
        where=factory.LISBON,
        zone="Europe/Lisbon",
        first_on=date(2026, 6, 7),
        wall_time=time(9),
    )
    Occurrence.objects.filter(rally=before).update(state=DateState.CANCELLED)
    return date_of(before), date_of(after)


def date_of(rally: Rally) -> Occurrence:
    return Occurrence.objects.select_related("rally__campaign").get(rally=rally)


def reader(language: str = "en") -> Reader:
    return Reader(email=MAYA.address, name=MAYA.name, language=language, token="abc")


def letters(before: Occurrence, after: Occurrence | None, into: Rally) -> MergedLetters:
    return MergedLetters(before, after, into=into, now=factory.NOW)


def mail_of(row: LetterRow) -> EmailMessage:
    with db.transaction():
        outbox.post([row])
    claimed = outbox.claim(provider="other", limit=1, lease_seconds=20, now=factory.NOW).letters
    [mail] = RallyMails(KINDS).build(claimed, factory.NOW)
    assert isinstance(mail, Mail)
    return email.message_from_bytes(mail.content, _class=EmailMessage, policy=email.policy.default)


def bodies(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return str(plain.get_content()), str(html.get_content())


def calendars(message: EmailMessage) -> list[tuple[str | None, str, str]]:
    """Return (file, METHOD, whose date it is and how that stands) of each calendar of a mail."""
    found = []
    for one in message.iter_attachments():
        lines = one.get_content().split("\r\n")
        said = [line for line in lines if line.startswith(("UID:", "STATUS:"))]
        found.append((one.get_filename(), str(one.get_param("method")), " ".join(said)))
    return found


def uid_of(one: Occurrence) -> str:
    return f"UID:{one.rally.uid}@petition.example"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_who_has_a_place_reads_when_and_where_it_is_now(two: tuple[Occurrence, Occurrence], language: str) -> None:
    before, after = two
    message = mail_of(letters(before, after, after.rally).carried(reader(language), has_place=True, places=3))
    for body in bodies(message):
        assert "Night trains: Lisbon" in body
        assert "https://petition.example/r/abc" in body
        if language == "en":
            assert "you have a place there" in body
            assert "Sunday, June 7, 2026" in body
            assert "9:00" in body
            assert "Praça do Comércio" in body
            assert "for you and those you bring: 3" in body
    assert calendars(message) == [
        ("rally.ics", "PUBLISH", f"{uid_of(after)} STATUS:CONFIRMED"),
        ("cancelled.ics", "CANCEL", f"{uid_of(before)} STATUS:CANCELLED"),
    ]


def test_who_waits_reads_that_they_wait_and_has_nothing_put_into_their_calendar(
    two: tuple[Occurrence, Occurrence],
) -> None:
    before, after = two
    message = mail_of(letters(before, after, after.rally).carried(reader(), has_place=False, places=3))
    assert str(message["Subject"]) == "You are on the waiting list of another rally: Night trains: Lisbon"
    for body in bodies(message):
        assert "you are on the waiting list" in body
        assert "place there" not in body
        assert "Places kept" not in body
    assert calendars(message) == [("cancelled.ics", "CANCEL", f"{uid_of(before)} STATUS:CANCELLED")]


@pytest.mark.parametrize("has_other_date", [True, False])
def test_who_is_left_behind_reads_that_it_is_off_and_what_is_nearest(
    two: tuple[Occurrence, Occurrence], *, has_other_date: bool
) -> None:
    before, after = two
    message = mail_of(letters(before, after if has_other_date else None, after.rally).left(reader()))
    for body in bodies(message):
        assert "this is not held on this day any more" in body
        assert "Saturday, June 6, 2026" in body
        assert ("Sunday, June 7, 2026" in body) == has_other_date
        assert ("Praça do Comércio" in body) == has_other_date
        assert f"/rallies/{after.rally.slug}/" in body
        assert f"/rallies/{before.rally.slug}/" not in body
    assert calendars(message) == [("cancelled.ics", "CANCEL", f"{uid_of(before)} STATUS:CANCELLED")]
