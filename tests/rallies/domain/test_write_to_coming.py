"""rallies.domain.write_to_coming: a host's words reach those who come to a date, and are kept nowhere."""

from datetime import timedelta

import pytest
from django.db import connection

from tests.cast import MAYA, OTTO, PILAR, RUI
from tests.factories.rallies import NOW, rally
from tests.rallies.domain.comers import comes, letters
from tocsin.outbox.mails import Mail
from tocsin.rallies.domain.write_to_coming import NotWritten, Written, write_to_coming
from tocsin.rallies.emails import KINDS
from tocsin.rallies.emails.build import RallyMails
from tocsin.rallies.models import Rally
from tocsin.rallies.refusals import RefusedError
from tocsin.rallies.states import RsvpState, State

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "Please bring lanterns.\nWe meet behind the fountain."


@pytest.fixture
def weekly() -> Rally:
    """Return a rally with two dates: Maya and Pilar at the first, Rui at the second."""
    one = rally(repeat="FREQ=WEEKLY;COUNT=2", capacity=1)
    first, second = one.occurrences.order_by("starts_at")
    comes(first, MAYA)
    comes(first, PILAR, state=RsvpState.WAITING)
    comes(first, OTTO, state=RsvpState.ASKED)
    comes(second, RUI)
    return one


def first(of: Rally) -> int:
    return of.occurrences.order_by("starts_at").values_list("pk", flat=True)[0]


def test_who_comes_to_that_date_reads_them_in_their_language_and_answers_nobody(weekly: Rally) -> None:
    assert write_to_coming(rally=weekly.pk, date=first(weekly), words=WORDS, now=NOW) == Written(2)
    posted = letters()
    assert sorted(str(one.content["to"]) for one in posted) == [MAYA.address, PILAR.address]
    for one in posted:
        (mail,) = RallyMails(KINDS).build([one], NOW)
        assert isinstance(mail, Mail)
        assert b"Please bring lanterns." in mail.content
        assert OTTO.address.encode() not in mail.content


def test_the_words_are_stored_nowhere_but_sealed_in_the_outbox(weekly: Rally) -> None:
    write_to_coming(rally=weekly.pk, date=first(weekly), words=WORDS, now=NOW)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "lanterns" not in str(cursor.fetchall()), table


def test_it_is_once_a_day(weekly: Rally) -> None:
    write_to_coming(rally=weekly.pk, date=first(weekly), words=WORDS, now=NOW)
    again = write_to_coming(rally=weekly.pk, date=first(weekly), words=WORDS, now=NOW)
    assert again is NotWritten.TODAY_ALREADY
    assert len(letters()) == 2
    tomorrow = NOW + timedelta(days=1)
    assert write_to_coming(rally=weekly.pk, date=first(weekly), words=WORDS, now=tomorrow) == Written(2)


def test_a_date_of_another_rally_or_of_one_that_is_not_live_reaches_nobody(weekly: Rally) -> None:
    other = rally()
    assert write_to_coming(rally=other.pk, date=first(weekly), words=WORDS, now=NOW) is NotWritten.NOBODY
    Rally.objects.filter(pk=weekly.pk).update(state=State.REFUSED)
    assert write_to_coming(rally=weekly.pk, date=first(weekly), words=WORDS, now=NOW) is NotWritten.NOBODY
    assert letters() == []
    other.refresh_from_db()
    assert other.wrote_on is None


@pytest.mark.parametrize("words", ["", "  \n", "x" * 2_001, "Buy at www.example.com", "\u202eexe.gpj"])
def test_words_that_cannot_stand_are_refused_and_do_not_count_as_todays(weekly: Rally, words: str) -> None:
    with pytest.raises(RefusedError):
        write_to_coming(rally=weekly.pk, date=first(weekly), words=words, now=NOW)
    assert write_to_coming(rally=weekly.pk, date=first(weekly), words=WORDS, now=NOW) == Written(2)
