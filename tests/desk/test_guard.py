"""What happens to a form that cannot be taken: nothing typed is lost, and no secret is shown."""

from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.campaigns import PASSWORD
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.queries import draft_version

SignedIn = Callable[[User], Client]
WORDS = "A sleeper train\nbetween every two capitals."


@pytest.fixture
def strict(noor: User) -> Client:
    """Return a client that is checked for forged forms, as a browser is."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(noor)
    return client


def typed() -> dict[str, str]:
    return {"appeal.en.title": "Night trains", "appeal.en.text": WORDS, "passphrase": "five six", "own_password": "x"}


def test_words_typed_after_signing_out_come_back(campaign: Campaign, client: Client) -> None:
    answer = client.post(reverse("desk:appeal", args=[campaign.slug]), typed())
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "Night trains" in page
    assert WORDS in page
    assert "five six" not in page


def test_words_kept_while_signed_out_can_be_sent_again(campaign: Campaign, noor: User) -> None:
    client = Client(enforce_csrf_checks=True)
    path = reverse("desk:appeal", args=[campaign.slug])
    client.get(reverse("account_login"))
    first = client.cookies["csrftoken"].value
    client.force_login(noor)
    client.get(path)
    # Signing in gave another token: the kept page's form is stale, and comes back once more with a fresh one.
    stale = client.post(path, typed() | {"csrfmiddlewaretoken": "a" * 64})
    assert (stale.status_code, WORDS in stale.content.decode()) == (403, True)
    fresh = str(stale.context["csrf_token"])
    assert client.post(path, typed() | {"csrfmiddlewaretoken": fresh}).status_code == 303
    assert first != ""
    draft = draft_version(campaign)
    assert draft is not None
    assert [text.source for text in draft.texts.all()] == [WORDS]


@pytest.mark.parametrize(
    "told", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {"origin": "null"}]
)
def test_a_form_from_elsewhere_is_not_offered_again(campaign: Campaign, strict: Client, told: dict[str, str]) -> None:
    answer = strict.post(reverse("desk:appeal", args=[campaign.slug]), typed(), headers=told)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Night trains" not in page
    assert draft_version(campaign) is None


def test_secrets_are_not_shown_again_on_a_stale_form(campaign: Campaign, strict: Client) -> None:
    page = strict.post(reverse("desk:key", args=[campaign.slug]), typed()).content.decode()
    assert "five six" not in page


def test_an_account_that_is_switched_off_is_cut_at_its_next_request(
    campaign: Campaign, noor: User, desk: Client
) -> None:
    path = reverse("desk:campaign", args=[campaign.slug])
    assert desk.get(path).status_code == 200
    User.objects.filter(pk=noor.pk).update(is_active=False)
    assert desk.get(path).status_code == 302


def test_after_signing_in_one_is_where_one_wanted_to_go(campaign: Campaign, noor: User, client: Client) -> None:
    path = reverse("desk:held", args=[campaign.slug])
    door = client.get(path)["Location"]
    answer = client.post(door, {"login": noor.email, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, path)


@pytest.mark.parametrize(
    "next_page", ["//evil.example/", "https:evil.example", "\\evil.example", "https://evil.example/desk/"]
)
def test_signing_in_leads_nowhere_else(noor: User, client: Client, next_page: str) -> None:
    form = {"login": noor.email, "password": PASSWORD, "next": next_page}
    answer = client.post(reverse("account_login"), form)
    assert answer.status_code == 302
    target = urljoin("http://testserver/desk/account/login/", answer["Location"])
    assert urlsplit(target).netloc == "testserver"
