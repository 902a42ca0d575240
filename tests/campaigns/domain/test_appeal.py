"""The appeal: drafts, versions, and the log that hears of each text."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from tests import factories
from tocsin.campaigns import domain, queries
from tocsin.campaigns.models import AppealText, AppealVersion, Campaign, PrivacyVersion
from tocsin.campaigns.refusals import Refusal, RefusedError
from tocsin.seal.commitment import text_hash
from tocsin.tally.models import QueuedEntry
from tocsin.tlog.entry import Kind, text_version

NOW = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)
LATER = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)
EN = ("Bring back the night trains", "We ask for sleepers.")
ES = ("Que vuelvan", "Pedimos coches cama.")


def refusal_of(error: pytest.ExceptionInfo[RefusedError]) -> list[tuple[str, Refusal]]:
    return [(one.field, one.refusal) for one in error.value.refused]


def queued(campaign: Campaign) -> set[bytes]:
    rows = QueuedEntry.objects.filter(campaign=campaign.pk, kind=Kind.TEXT_VERSION)
    return {bytes(row.entry) for row in rows}


def publish(campaign: Campaign, *, now: datetime = NOW, **texts: tuple[str, str]) -> AppealVersion:
    domain.draft_appeal(campaign=campaign, texts=texts)
    return domain.publish_appeal(campaign=campaign, now=now)


def test_a_draft_says_what_it_was_given_and_nothing_else(campaign: Campaign) -> None:
    domain.draft_appeal(campaign=campaign, texts={"en": EN, "es": ES})
    draft = domain.draft_appeal(campaign=campaign, texts={"en": ("New", "Words")})
    assert [(text.language, text.title, text.source) for text in draft.texts.all()] == [("en", "New", "Words")]
    assert draft.number == 1
    assert queries.current_version(campaign) is None


def test_words_are_kept_in_one_spelling(campaign: Campaign) -> None:
    draft = domain.draft_appeal(campaign=campaign, texts={"en": ("  Cafe\u0301 ", "a\r\nb\rc\u0301\n")})
    text = draft.texts.get()
    assert (text.title, text.source) == ("Café", "a\nb\nć\n")
    assert bytes(text.text_hash) == text_hash("Café\n\na\nb\nć\n")


def test_publishing_tells_the_log_of_each_text_and_moves_the_revision(campaign: Campaign) -> None:
    version = publish(campaign, en=EN, es=ES)
    assert version.published_at == NOW
    assert queued(campaign) == {
        text_version("night-trains", text_hash(f"{title}\n\n{source}")) for title, source in (EN, ES)
    }
    before = campaign.revision
    campaign.refresh_from_db()
    assert campaign.revision == before + 1


def test_words_published_before_are_not_told_again(campaign: Campaign) -> None:
    publish(campaign, en=EN, es=ES)
    QueuedEntry.objects.all().delete()
    publish(campaign, now=LATER, en=EN, es=("Que vuelvan ya", "Pedimos coches cama."))
    assert queued(campaign) == {text_version("night-trains", text_hash("Que vuelvan ya\n\nPedimos coches cama."))}


def test_the_same_words_in_two_languages_are_one_entry(campaign: Campaign) -> None:
    publish(campaign, en=EN, es=EN)
    assert queued(campaign) == {text_version("night-trains", text_hash(f"{EN[0]}\n\n{EN[1]}"))}


def test_a_change_makes_the_next_version_and_keeps_the_first(campaign: Campaign) -> None:
    publish(campaign, en=EN)
    publish(campaign, now=LATER, en=("Bring them back", "We ask for sleepers."))
    assert [(version.number, version.published_at) for version in queries.versions(campaign)] == [(2, LATER), (1, NOW)]
    first = queries.version_numbered(campaign, 1)
    assert first is not None
    assert queries.text_in(first, "en") == AppealText.objects.get(version=first)
    assert AppealText.objects.get(version=first).title == EN[0]


def test_nothing_to_publish(campaign: Campaign) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.publish_appeal(campaign=campaign, now=NOW)
    assert refusal_of(caught) == [("appeal", Refusal.NO_DRAFT)]


def test_the_fallback_language_must_be_there(campaign: Campaign) -> None:
    domain.draft_appeal(campaign=campaign, texts={"es": ES})
    with pytest.raises(RefusedError) as caught:
        domain.publish_appeal(campaign=campaign, now=NOW)
    assert refusal_of(caught) == [("appeal.en", Refusal.EMPTY)]
    assert queued(campaign) == set()


def test_the_same_words_are_no_new_version(campaign: Campaign) -> None:
    publish(campaign, en=EN)
    domain.draft_appeal(campaign=campaign, texts={"en": EN})
    with pytest.raises(RefusedError) as caught:
        domain.publish_appeal(campaign=campaign, now=LATER)
    assert refusal_of(caught) == [("appeal", Refusal.NOTHING_CHANGED)]


def test_a_refused_draft_leaves_the_one_before(campaign: Campaign) -> None:
    domain.draft_appeal(campaign=campaign, texts={"en": EN})
    with pytest.raises(RefusedError) as caught:
        domain.draft_appeal(campaign=campaign, texts={"en": ("", "x" * 60_001), "fr": EN})
    assert refusal_of(caught) == [
        ("appeal.en.title", Refusal.EMPTY),
        ("appeal.en.text", Refusal.TOO_LONG),
        ("appeal.fr", Refusal.LANGUAGE_UNLISTED),
    ]
    draft = queries.draft_version(campaign)
    assert draft is not None
    assert [text.title for text in draft.texts.all()] == [EN[0]]


def test_a_title_is_one_line(campaign: Campaign) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.draft_appeal(campaign=campaign, texts={"en": ("two\nlines", "x")})
    assert refusal_of(caught) == [("appeal.en.title", Refusal.ONE_LINE)]


def test_the_database_refuses_to_change_published_words(campaign: Campaign) -> None:
    version = publish(campaign, en=EN)
    text = version.texts.get()
    other = AppealVersion.objects.create(campaign=campaign, number=9)
    loose = AppealText.objects.create(version=other, language="es", title="x", source="y", text_hash=bytes(32))
    changes = (
        lambda: AppealText.objects.filter(pk=text.pk).update(source="other words"),
        lambda: AppealText.objects.filter(pk=text.pk).update(version=other),
        lambda: AppealText.objects.filter(pk=loose.pk).update(version=version),
        lambda: AppealText.objects.filter(pk=text.pk).delete(),
        lambda: AppealText.objects.create(version=version, language="ar", title="x", source="y", text_hash=bytes(32)),
        lambda: AppealVersion.objects.filter(pk=version.pk).update(published_at=None),
        lambda: AppealVersion.objects.filter(pk=version.pk).update(number=7),
        lambda: AppealVersion.objects.get(pk=version.pk).delete(),
        lambda: delete_raw("appealversion", version.pk),
    )
    for change in changes:
        with pytest.raises(IntegrityError, match="a published text never changes"), transaction.atomic():
            change()
    text.refresh_from_db()
    assert (text.title, text.source) == EN


def test_the_database_refuses_to_change_a_published_privacy_text(campaign: Campaign) -> None:
    privacy = factories.PrivacyVersionFactory.create(campaign=campaign)
    changes = (
        lambda: PrivacyVersion.objects.filter(pk=privacy.pk).update(source={"en": "other"}),
        lambda: PrivacyVersion.objects.filter(pk=privacy.pk).update(published_at=None),
        lambda: delete_raw("privacyversion", privacy.pk),
    )
    for change in changes:
        with pytest.raises(IntegrityError, match="a published text never changes"), transaction.atomic():
            change()


def delete_raw(table: str, key: int) -> None:
    """Delete one row without Django's collector, which would meet the texts first."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM campaigns_{table} WHERE id = %s", [key])
