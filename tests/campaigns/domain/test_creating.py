"""Begin a campaign and change what is said about it."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from tests import factories
from tests.factories.vault import campaign_key
from tocsin.campaigns import domain, queries
from tocsin.campaigns.details import Behind, Details, details_of
from tocsin.campaigns.form_fields import Asked, FormFields
from tocsin.campaigns.models import Campaign, Member, User
from tocsin.campaigns.refusals import Refusal, RefusedError
from tocsin.campaigns.states import Role, State

pytestmark = pytest.mark.django_db
DETAILS = Details(
    slug="clean-rivers",
    languages=("en", "es"),
    title={"en": " Clean rivers ", "es": ""},
    timezone="Europe/Lisbon",
    accent="#1D4ED8",
    goals=(100, 500),
    opens_at=datetime(2026, 5, 1, tzinfo=UTC),
    contact="office@example.org",
    hashtags=("#CleanRivers",),
    form=FormFields(place=Asked.OFF),
    organisations=(Behind("Anglers", "organiser", "https://anglers.example.org"), Behind("Swimmers")),
)


def refusals(details: Details, campaign: Campaign | None = None) -> list[tuple[str, Refusal]]:
    store = partial(domain.edit, campaign=campaign) if campaign else partial(domain.create, owner=None)
    with pytest.raises(RefusedError) as caught:
        store(details=details)
    return [(one.field, one.refusal) for one in caught.value.refused]


def test_a_new_campaign_is_a_draft_owned_by_whoever_began_it() -> None:
    user: User = factories.UserFactory.create()
    campaign = domain.create(details=DETAILS, owner=user)
    assert campaign.state == State.DRAFT
    assert Member.objects.get(campaign=campaign).role == Role.OWNER
    stored = details_of(queries.by_slug("clean-rivers") or campaign)
    assert stored == replace(DETAILS, title={"en": "Clean rivers"}, accent="#1d4ed8", hashtags=("CleanRivers",))


def test_it_begins_with_a_usual_privacy_text_in_its_languages() -> None:
    draft = queries.draft_privacy_version(domain.create(details=DETAILS, owner=None))
    assert draft is not None
    assert list(draft.source) == ["en", "es"]
    assert "seven days" in draft.source["en"]


def test_a_taken_address_is_refused_and_nothing_is_stored() -> None:
    domain.create(details=DETAILS, owner=None)
    user: User = factories.UserFactory.create()
    with pytest.raises(RefusedError) as caught:
        domain.create(details=DETAILS, owner=user)
    assert [(one.field, one.refusal) for one in caught.value.refused] == [("slug", Refusal.SLUG_TAKEN)]
    assert Campaign.objects.count() == 1
    assert not Member.objects.exists()


@pytest.mark.parametrize("slug", ["desk", "tally", "c", "m", "en", "pt-br", "healthz", "static", "mailbox", "x"])
def test_the_servers_own_addresses_are_refused(slug: str) -> None:
    assert refusals(replace(DETAILS, slug=slug)) == [("slug", Refusal.SLUG_RESERVED)]


@pytest.mark.parametrize("slug", ["", "A", "a_b", "-a", "a-", "a--b", "a/b", "a.b", "é", "x" * 61])
def test_an_address_is_plain(slug: str) -> None:
    assert refusals(replace(DETAILS, slug=slug)) == [("slug", Refusal.SLUG_SHAPE)]


def test_an_edit_changes_everything_and_moves_the_revision(campaign: Campaign) -> None:
    domain.edit(campaign=campaign, details=DETAILS)
    assert (campaign.slug, campaign.goals, campaign.revision) == ("clean-rivers", [100, 500], 1)
    assert [one.name for one in queries.organisers(campaign)] == ["Anglers"]
    assert [one.name for one in queries.endorsing(campaign)] == ["Swimmers"]


def test_an_organisation_that_stays_keeps_its_row(campaign: Campaign) -> None:
    domain.edit(campaign=campaign, details=DETAILS)
    kept = campaign.organisations.get(name="Swimmers")
    turned = replace(DETAILS, organisations=(Behind("Swimmers", "organiser"), Behind("Rowers")))
    domain.edit(campaign=campaign, details=turned)
    assert details_of(campaign).organisations == turned.organisations
    assert campaign.organisations.get(name="Swimmers").pk == kept.pk


def test_a_refused_edit_changes_nothing(campaign: Campaign) -> None:
    before = details_of(campaign)
    assert refusals(replace(DETAILS, accent="red"), campaign) == [("accent", Refusal.ACCENT_SHAPE)]
    campaign.refresh_from_db()
    assert details_of(campaign) == before
    assert campaign.revision == 0


def test_an_address_of_another_campaign_is_refused(campaign: Campaign) -> None:
    factories.CampaignFactory.create(slug="clean-rivers")
    assert refusals(DETAILS, campaign) == [("slug", Refusal.SLUG_TAKEN)]


@pytest.mark.parametrize("reason", ["open", "published", "key"])
def test_the_address_is_frozen_once_something_carries_it(campaign: Campaign, reason: str) -> None:
    assert not domain.is_slug_frozen(campaign)
    if reason == "open":
        Campaign.objects.filter(pk=campaign.pk).update(state=State.OPEN)
        campaign.refresh_from_db()
    elif reason == "published":
        factories.published_appeal(campaign)
    else:
        campaign_key(campaign.pk)
    assert domain.is_slug_frozen(campaign)
    assert refusals(DETAILS, campaign) == [("slug", Refusal.SLUG_FROZEN)]
    domain.edit(campaign=campaign, details=replace(DETAILS, slug=campaign.slug))  # everything else may change


@pytest.mark.parametrize(
    "change,field,refusal",
    [
        ({"languages": ()}, "languages", Refusal.EMPTY),
        ({"title": {"es": "Ríos"}}, "title.en", Refusal.EMPTY),
        ({"goals": (5, 5)}, "goals", Refusal.GOALS_SHAPE),
        ({"goals": tuple(range(1, 52))}, "goals", Refusal.GOALS_SHAPE),
        ({"organisations": (Behind("A"), Behind("A"))}, "organisations", Refusal.NAME_REPEATED),
        ({"organisations": (Behind("A", url="ftp://x"),)}, "organisations[1].url", Refusal.URL_SHAPE),
        ({"organisations": (Behind("x" * 201),)}, "organisations[1].name", Refusal.TOO_LONG),
        ({"shortcode_ids": {"1": "Bad Slug"}}, "shortcode_ids.1", Refusal.SHORTCODE_ID_SHAPE),
        ({"closes_at": datetime(2026, 4, 1, tzinfo=UTC)}, "closes_at", Refusal.OPENS_AFTER_CLOSING),
    ],
)
def test_details_that_cannot_stand(change: dict[str, Any], field: str, refusal: Refusal) -> None:
    assert refusals(replace(DETAILS, **change)) == [(field, refusal)]
