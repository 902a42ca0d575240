"""My campaigns, and a new one."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tocsin.campaigns.models import Campaign, Member, User
from tocsin.campaigns.states import Role

SignedIn = Callable[[User], Client]


@pytest.fixture
def newcomer(db: None, signed_in: SignedIn) -> Client:
    return signed_in(factories.UserFactory.create())


def test_somebody_without_a_campaign_is_told_what_to_do(newcomer: Client) -> None:
    page = newcomer.get("/desk/").content.decode()
    assert reverse("desk:create") in page
    assert "Begin a campaign" in page


def test_one_sees_the_campaigns_of_ones_own_teams_only(desk: Client, quinn: User) -> None:
    page = desk.get("/desk/").content.decode()
    assert "Bring back the night trains" in page
    assert "Open libraries on Sundays" not in page


def test_who_runs_the_server_sees_all(campaign: Campaign, quinn: User, sam: User, signed_in: SignedIn) -> None:
    page = signed_in(sam).get("/desk/").content.decode()
    assert "Bring back the night trains" in page
    assert "Open libraries on Sundays" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(
    rows: int, newcomer: Client, django_assert_num_queries: Callable[[int], object]
) -> None:
    user = User.objects.get()
    for _ in range(rows):
        factories.MemberFactory.create(user=user)
    with django_assert_num_queries(4):  # type: ignore[attr-defined]  # a context manager
        newcomer.get("/desk/")


def test_whoever_begins_a_campaign_owns_it(newcomer: Client) -> None:
    answer = newcomer.post(reverse("desk:create"), {"title": "Clean Rivers, Now!", "language": "en", "slug": ""})
    campaign = Campaign.objects.get()
    assert answer["Location"] == reverse("desk:campaign", args=["clean-rivers-now"])
    assert (campaign.slug, campaign.title, campaign.state) == (
        "clean-rivers-now",
        {"en": "Clean Rivers, Now!"},
        "draft",
    )
    assert [(one.user, one.role) for one in Member.objects.all()] == [(User.objects.get(), Role.OWNER)]


@pytest.mark.parametrize(
    "title, slug, said",
    [
        ("Night trains", "night-trains", "Another campaign has this address"),
        ("Help", "desk", "The server needs this address itself"),
        ("أنهار نظيفة", "", "type one in small Latin letters"),
        ("Rivers", "Not An Address", "Use up to 60 small letters"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    campaign: Campaign, newcomer: Client, title: str, slug: str, said: str
) -> None:
    answer = newcomer.post(reverse("desk:create"), {"title": title, "language": "ar", "slug": slug})
    form = answer.context["form"]
    assert answer.status_code == 422
    assert list(form.errors) == ["slug"]
    assert said in form.errors["slug"][0]
    page = answer.content.decode()
    assert (title in page, f'value="{slug}"' in page or not slug) == (True, True)
    assert 'aria-describedby="id_slug_helptext id_slug_error"' in page
