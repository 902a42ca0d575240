"""What can be asked: what is open, what is current, what changed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tocsin.campaigns import queries
from tocsin.campaigns.differences import Change, Piece
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.states import State

NOW = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.django_db


def put(state: State = State.OPEN, **fields: object) -> Campaign:
    campaign: Campaign = factories.CampaignFactory.create(state=state, **fields)
    return campaign


def test_opening_and_closing_are_kept_to_the_second() -> None:
    campaign = put(opens_at=NOW, closes_at=NOW + 10 * SECOND)
    assert not queries.is_open(campaign, NOW - SECOND)
    assert queries.is_open(campaign, NOW)
    assert queries.is_open(campaign, NOW + 9 * SECOND)
    assert not queries.is_open(campaign, NOW + 10 * SECOND)


@pytest.mark.parametrize("state", [State.DRAFT, State.CLOSED])
def test_only_an_opened_campaign_is_open(state: State) -> None:
    campaign = put(state, opens_at=NOW - SECOND)
    assert not queries.is_open(campaign, NOW)
    assert queries.next_turn(campaign, NOW - 2 * SECOND) is None


def test_the_next_turn_is_when_a_page_ends() -> None:
    campaign = put(opens_at=NOW, closes_at=NOW + 10 * SECOND)
    assert queries.next_turn(campaign, NOW - SECOND) == NOW
    assert queries.next_turn(campaign, NOW) == NOW + 10 * SECOND
    assert queries.next_turn(campaign, NOW + 10 * SECOND) is None
    assert queries.next_turn(put(), NOW) is None


def test_lists_of_campaigns() -> None:
    draft, early, running, over = put(State.DRAFT), put(opens_at=NOW + SECOND), put(), put(State.CLOSED)
    assert queries.open_campaigns(NOW) == [running]
    assert list(queries.public_campaigns()) == [over, running, early]
    assert queries.by_slug(draft.slug) == draft
    assert queries.public_campaign(draft.slug) is None
    assert queries.public_campaign(over.slug) == over
    assert queries.revisions() == {one.pk: (one.slug, 0) for one in (early, running, over)}


def test_a_desk_lists_ones_own_campaigns(campaign: Campaign, noor: User, quinn: User, sam: User) -> None:
    assert list(queries.campaigns_of(noor)) == [campaign]
    assert [one.slug for one in queries.campaigns_of(quinn)] == ["open-libraries"]
    assert queries.campaigns_of(sam).count() == 2


def test_a_missing_language_shows_the_fallbacks_words(campaign: Campaign) -> None:
    version = factories.published_appeal(campaign, en=("English", "words"), es=("Español", "palabras"))
    titles = {code: text.title for code in ("en", "es", "ar", "fr") if (text := queries.text_in(version, code))}
    assert titles == {"en": "English", "es": "Español", "ar": "English", "fr": "English"}


def test_words_are_found_even_when_the_campaign_speaks_other_languages_now(campaign: Campaign) -> None:
    version = factories.published_appeal(campaign, en=("English", "words"))
    Campaign.objects.filter(pk=campaign.pk).update(languages=["es"])
    campaign.refresh_from_db()
    current = queries.current_version(campaign)
    assert current == version
    assert current is not None
    text = queries.text_in(current, "es")
    assert text is not None
    assert text.title == "English"


def test_the_current_version_costs_two_queries_with_its_texts(campaign: Campaign) -> None:
    factories.published_appeal(campaign, en=("a", "b"), es=("c", "d"), ar=("e", "f"))
    with CaptureQueriesContext(
        connection,
    ) as seen:
        version = queries.current_version(campaign)
        assert version is not None
        assert [queries.text_in(version, code) for code in ("en", "es", "ar", "de")]
    assert len(seen) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_all_versions_cost_two_queries(campaign: Campaign, count: int) -> None:
    for number in range(1, count + 1):
        factories.published_appeal(campaign, number=number, en=("a", str(number)))
    with CaptureQueriesContext(connection) as seen:
        assert [queries.text_in(version, "en") for version in queries.versions(campaign)]
    assert len(seen) == 2


def test_what_changed_between_two_versions(campaign: Campaign) -> None:
    first = factories.published_appeal(campaign, en=("Rivers", "We ask for clean rivers."))
    second = factories.published_appeal(campaign, number=2, en=("Rivers", "We ask for clean <b>lakes</b>."))
    assert queries.version_before(second) == first
    assert queries.version_before(first) is None
    pieces = queries.what_changed(first, second, "en")
    assert (
        "".join(piece.text for piece in pieces if piece.change != Change.ADDED) == "Rivers\n\nWe ask for clean rivers."
    )
    assert Piece(Change.REMOVED, "rivers") in pieces
    assert Piece(Change.ADDED, "<b>lakes</b>") in pieces  # plain words: whoever shows them escapes them
    assert queries.what_changed(None, first, "en") == (Piece(Change.ADDED, "Rivers\n\nWe ask for clean rivers."),)


def test_an_id_in_a_shortcode_means_this_campaign_unless_it_leads_elsewhere(campaign: Campaign) -> None:
    other, draft = put(slug="clean-rivers"), put(State.DRAFT, slug="secret")
    campaign.shortcode_ids = {"2": "clean-rivers", "3": "secret", "4": "nowhere"}
    assert queries.meant_by("2", campaign) == other
    assert queries.meant_by("clean-rivers", campaign) == other
    for identifier in ("", "1", "3", "4", "secret", "night-trains", "<script>", draft.slug):
        assert queries.meant_by(identifier, campaign) == campaign
