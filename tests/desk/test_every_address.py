"""Every address of the desk: who may come in, and that no page brings anything inline."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from tests import factories
from tests.factories import rallies as factory
from tests.factories.campaigns import PUBLISHED_AT
from tests.factories.vault import campaign_key
from tocsin.campaigns.models import Campaign, Invitation, Member, User
from tocsin.campaigns.states import Role
from tocsin.desk.guard import CampaignView, DeskView
from tocsin.desk.urls import urlpatterns
from tocsin.desk.views.people import ServerView
from tocsin.rallies.models import Broadcast, DayOfAction, Occurrence, Rally
from tocsin.signing.domain import propose_strike
from tocsin.signing.models import StrikeProposal
from tocsin.signing.opened.models import Circular, SampleAudit
from tocsin.vault.queries import keyholders

SignedIn = Callable[[User], Client]

# What is open to the signed-out: the sign-in page has a language too, and the invited have no account yet.
OPEN_TO_ALL = {"language", "invitation"}
OWNERS_ONLY = {"appeal-preview", "privacy-preview", "key", "drill", "sheet", "opening", "close", "team", "leave"}
OWNERS_ONLY |= {"part", "back", "invited", "proved", "keep"}
OWNERS_ONLY |= {"key-share", "key-remove", "key-next", "key-use", "key-drop", "key-import"}
VAULT = {
    "vault", "lock", "signatories", "found", "signatory", "people-file",
    "circulars", "circular-new", "circular", "circular-edit", "audits", "audit", "audit-report",
    "audit-publish",
}  # fmt: skip
OWNERS_ONLY |= {*VAULT, "broadcast-send", "resolve"}
# What editors do not even see: they are led to the page that says so.
OWNERS_SEE = {"circulars", "circular-new", "circular", "circular-edit", "audits", "audit"}
RALLY_PAGES = ("rally", "rally-date", "rally-edit", "rally-merge", "rally-headcounts")
SHOWS_ONLY = {
    "campaign",
    "appeal-version",
    "mail",
    "export",
    "export-file",
    "age-file",
    "test-row",
    "strikes",
    "days",
    "broadcasts",
}
SHOWS_ONLY |= {"whole-page", "whole-page-part"}


def view_class(pattern: URLPattern) -> type[DeskView]:
    found: type[DeskView] = pattern.callback.view_class  # type: ignore[attr-defined]  # as_view() puts it there
    return found


def named(*, of: type[DeskView]) -> list[str]:
    return [
        str(pattern.name)
        for pattern in urlpatterns
        if pattern.name not in OPEN_TO_ALL and issubclass(view_class(pattern), of)
    ]


CAMPAIGN_PAGES = named(of=CampaignView)
SERVER_PAGES = named(of=ServerView)
OWN_PAGES = [name for name in named(of=DeskView) if name not in {*CAMPAIGN_PAGES, *SERVER_PAGES}]


def address(name: str, campaign: Campaign) -> str:
    """Return a page's address; numbers are those of things that this campaign has."""
    pattern = next(one for one in urlpatterns if one.name == name)
    wanted = {
        "slug": campaign.slug,
        "language": campaign.languages[0],
        "date": Occurrence.objects.filter(campaign=campaign).values_list("pk", flat=True).first() or 1,
        "part": "theme.css",
        "number": {
            "appeal-version": 1,
            "leave": Member.objects.filter(campaign=campaign).values_list("pk", flat=True).first() or 1,
            "switch": 1,
            "part": Member.objects.filter(campaign=campaign).values_list("pk", flat=True).first() or 1,
            "invited": Invitation.objects.filter(campaign=campaign).values_list("pk", flat=True).first() or 1,
            "proposal": StrikeProposal.objects.filter(campaign=campaign).values_list("pk", flat=True).first() or 1,
            **dict.fromkeys(RALLY_PAGES, _number_of(Rally, campaign)),
            "day": DayOfAction.objects.filter(campaign=campaign).values_list("pk", flat=True).first() or 1,
            **dict.fromkeys(("broadcast", "broadcast-edit", "broadcast-send"), _number_of(Broadcast, campaign)),
            "circular": _number_of(Circular, campaign),
            "circular-edit": _number_of(Circular, campaign),
            "audit": _number_of(SampleAudit, campaign),
            "audit-report": _number_of(SampleAudit, campaign),
            "audit-publish": _number_of(SampleAudit, campaign),
        }.get(name)
        or (keyholders(campaign.pk)[0].pk if keyholders(campaign.pk) else 1),
    }
    parts = {part: wanted[part] for part in pattern.pattern.converters}
    return reverse(f"desk:{name}", kwargs=parts)


def _number_of(model: type[Circular | SampleAudit | Rally | Broadcast], campaign: Campaign) -> int:
    return model.objects.filter(campaign=campaign).values_list("pk", flat=True).first() or 1


@pytest.fixture
def whole(campaign: Campaign, noor: User, edith: User) -> Campaign:
    """Return Noor's campaign with a published appeal and a key, so that each of its pages has something to show."""
    factories.published_appeal(campaign)
    campaign_key(campaign.pk, drilled=False)
    propose_strike(campaign=campaign, keys=[(b"?" * 16, 0)], reason="A robot.", asked_by=edith, now=timezone.now())
    Invitation.objects.create(
        campaign=campaign, email="anna@example.org", role=Role.EDITOR, invited_by=noor, sent_at=timezone.now()
    )
    Circular.objects.create(campaign=campaign, subject={"en": "News"}, body={"en": "We meet."})
    SampleAudit.objects.create(
        campaign=campaign, size=1, root=bytes(32), samples=1, source="checkpoint", began_at=PUBLISHED_AT
    )
    factory.rally(campaign=campaign)
    Broadcast.objects.create(campaign=campaign, text={"en": "Umbrellas."}, shown_until=timezone.now())
    DayOfAction.objects.create(campaign=campaign, key="day", title={"en": "The day"}, held_on=PUBLISHED_AT.date())
    return campaign


def test_every_view_stands_on_the_guarded_base() -> None:
    views = {pattern.name: pattern.callback for pattern in urlpatterns}
    loose = {name for name, view in views.items() if not issubclass(getattr(view, "view_class", object), DeskView)}
    assert loose == OPEN_TO_ALL


def test_every_page_that_takes_a_form_says_who_may_send_it() -> None:
    without = {
        name
        for name in CAMPAIGN_PAGES
        for pattern in urlpatterns
        if pattern.name == name and view_class(pattern).may is None  # type: ignore[attr-defined]
    }
    assert without == SHOWS_ONLY - {"age-file", "test-row"}


@pytest.mark.parametrize("name", [*CAMPAIGN_PAGES, *SERVER_PAGES, *OWN_PAGES])
def test_a_stranger_is_asked_to_sign_in(name: str, whole: Campaign, client: Client) -> None:
    path = address(name, whole)
    answer = client.get(path)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/desk/account/login/")
    assert client.post(path).status_code == 401


@pytest.mark.parametrize("name", CAMPAIGN_PAGES)
def test_for_quinn_there_is_no_such_page(name: str, whole: Campaign, quinn: User, signed_in: SignedIn) -> None:
    client, path = signed_in(quinn), address(name, whole)
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


@pytest.mark.parametrize("name", SERVER_PAGES)
def test_only_who_runs_the_server_sees_its_pages(
    name: str, whole: Campaign, noor: User, sam: User, signed_in: SignedIn
) -> None:
    path = address(name, whole)
    assert (signed_in(noor).get(path).status_code, signed_in(noor).post(path).status_code) == (404, 404)
    assert signed_in(sam).get(path).status_code in {200, 405}


@pytest.mark.parametrize("name", CAMPAIGN_PAGES)
def test_the_team_sees_every_page(name: str, whole: Campaign, desk: Client, edith_desk: Client) -> None:
    path = address(name, whole)
    assert desk.get(path).status_code in {200, 303, 405}
    seen = edith_desk.get(path).status_code
    # The sealed half of the key is for owners.
    others = 303 if name in OWNERS_SEE else desk.get(path).status_code
    assert seen == (404 if name in {"age-file", "test-row"} else others)


@pytest.mark.parametrize("name", sorted(set(CAMPAIGN_PAGES) - SHOWS_ONLY))
def test_an_editor_is_refused_what_owners_do_and_nothing_else(name: str, whole: Campaign, edith_desk: Client) -> None:
    answer = edith_desk.post(address(name, whole))
    assert (answer.status_code == 403) == (name in OWNERS_ONLY)


@pytest.mark.parametrize("name", sorted(OWNERS_ONLY))
def test_an_owner_is_not_refused(name: str, whole: Campaign, desk: Client) -> None:
    assert desk.post(address(name, whole)).status_code != 403


def test_who_runs_the_server_may_do_what_an_owner_may(whole: Campaign, sam: User, signed_in: SignedIn) -> None:
    assert signed_in(sam).get(address("key", whole)).status_code == 200


def test_a_role_that_was_lost_is_lost_at_once(whole: Campaign, noor: User, desk: Client) -> None:
    Member.objects.filter(campaign=whole, user=noor).update(role=Role.EDITOR)
    assert desk.post(address("key", whole)).status_code == 403
    Member.objects.filter(campaign=whole, user=noor).delete()
    assert desk.get(address("campaign", whole)).status_code == 404


_INLINE = (
    re.compile(r"<[^>]+\sstyle=", re.IGNORECASE),
    re.compile(r"<[^>]+\son[a-z]+=", re.IGNORECASE),
    re.compile(r"<style", re.IGNORECASE),
    re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    re.compile(r"(?:src|href|action)=\"(?:data|javascript|https?):", re.IGNORECASE),
)
ALLAUTH = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_generate_recovery_codes",
]


def inline_parts(page: str) -> Iterator[str]:
    return (found[0] for pattern in _INLINE for found in pattern.finditer(page))


@pytest.mark.parametrize("name", [*CAMPAIGN_PAGES, *OWN_PAGES])
def test_no_page_has_anything_inline_or_foreign(name: str, whole: Campaign, desk: Client) -> None:
    page = desk.get(address(name, whole))
    if page["Content-Type"].startswith("text/html"):
        found = inline_parts(page.content.decode())
        # The visitors' page has links to share it, and shows them here too.
        assert [one for one in found if name != "whole-page" or not one.startswith("href=")] == []
        assert page["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ALLAUTH)
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_no_page_of_signing_in_has_anything_inline(
    name: str,
    is_signed_in: bool,
    client: Client,
    desk: Client,
) -> None:
    page = (desk if is_signed_in else client).get(reverse(name), follow=True)
    assert page.status_code == 200
    assert list(inline_parts(page.content.decode())) == []
    assert "desk/desk.css" in page.content.decode()
