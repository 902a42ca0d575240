"""The opened vault at the desk: fifteen minutes for one owner in one browser; read, found, exported, locked."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import MAYA, OTTO
from tests.factories import signing
from tests.factories.vault import PASSPHRASE
from tocsin.campaigns.models import Campaign, Member, User
from tocsin.campaigns.states import Role
from tocsin.signing.models import Signature, Tombstone
from tocsin.signing.opened import jobs
from tocsin.signing.opened.models import Act, JobPart, VaultAct, VaultJob
from tocsin.vault.keeper import Keeper

SignedIn = Callable[[User], Client]
_PERSONAL = (MAYA.name, MAYA.address)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def keeper(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    own = Keeper(clock=clock)
    for name, value in own.environment().items():
        monkeypatch.setenv(name, value)
    yield own
    own.close()


def at(name: str, campaign: Campaign, **more: int) -> str:
    return reverse(f"desk:{name}", kwargs={"slug": campaign.slug, **more})


def unlock(client: Client, campaign: Campaign, passphrase: str = PASSPHRASE) -> int:
    return client.post(at("vault", campaign), {"passphrase": passphrase}).status_code


def work() -> bool:
    return jobs.work(now=lambda: datetime.now(UTC))


def is_open(client: Client, campaign: Campaign) -> bool:
    return client.get(at("signatories", campaign)).status_code == 200


def acts(campaign: Campaign) -> list[int]:
    return list(VaultAct.objects.filter(campaign=campaign).order_by("pk").values_list("act", flat=True))


def seat() -> str:
    row = Signature.objects.values("tag", "seat").get()
    return f"{bytes(row['tag']).hex()}-{row['seat']}"


def test_it_is_open_for_fifteen_minutes(open_one: Campaign, desk: Client, clock: Clock) -> None:
    assert not is_open(desk, open_one)
    assert unlock(desk, open_one) == 303
    assert is_open(desk, open_one)
    clock.now += 15 * 60 - 1
    assert is_open(desk, open_one)
    clock.now += 1
    assert not is_open(desk, open_one)


def test_who_wanted_another_page_is_led_back_to_it(open_one: Campaign, desk: Client) -> None:
    wanted = at("people-file", open_one)
    shown = desk.get(wanted, follow=True)
    assert f'<input type="hidden" name="then" value="{wanted}">' in shown.content.decode()
    answer = desk.post(at("vault", open_one), {"passphrase": PASSPHRASE, "then": wanted})
    assert (answer.status_code, answer["Location"]) == (303, wanted)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.org/",
        "//example.org/",
        "/desk/accounts/",
        "/desk/campaign/x/",
        "HOME%2e%2e/",
        "HOME../",
        "HOME?x=1",
    ],
)
def test_unlocking_leads_nowhere_else(open_one: Campaign, desk: Client, elsewhere: str) -> None:
    answer = desk.post(
        at("vault", open_one), {"passphrase": PASSPHRASE, "then": elsewhere.replace("HOME", at("campaign", open_one))}
    )
    assert answer["Location"] == at("vault", open_one)


def test_another_person_or_browser_does_not_share_it(
    open_one: Campaign, desk: Client, noor: User, sam: User, signed_in: SignedIn
) -> None:
    unlock(desk, open_one)
    assert not is_open(signed_in(noor), open_one)
    assert not is_open(signed_in(sam), open_one)


def test_another_campaign_is_not_opened_along(open_one: Campaign, noor: User, desk: Client) -> None:
    other = signing.open_campaign("dining-cars")
    Member.objects.create(campaign=other, user=noor, role=Role.OWNER)
    unlock(desk, open_one)
    assert (is_open(desk, open_one), is_open(desk, other)) == (True, False)


def test_every_page_of_the_desk_says_so_and_can_lock_it(open_one: Campaign, desk: Client) -> None:
    pages = (
        at("campaign", open_one),
        reverse("desk:home"),
        reverse("desk:account"),
        reverse("account_change_password"),
    )
    assert not any("Lock now" in desk.get(page).content.decode() for page in pages)
    unlock(desk, open_one)
    for page in pages:
        shown = desk.get(page).content.decode()
        assert ("Lock now" in shown, "locks within 15 minutes" in shown) == (True, True)
    desk.post(at("lock", open_one))
    assert not is_open(desk, open_one)
    assert not any("Lock now" in desk.get(page).content.decode() for page in pages)


def test_signing_out_locks_it(open_one: Campaign, desk: Client, keeper: Keeper) -> None:
    unlock(desk, open_one)
    [name] = list(keeper._kept)  # noqa: SLF001  what is held, whoever asks
    desk.post(reverse("account_logout"))
    assert keeper.get(name) is None
    assert acts(open_one) == [Act.UNLOCKED, Act.LOCKED]


def test_a_role_that_was_lost_is_lost_at_once(open_one: Campaign, noor: User, desk: Client) -> None:
    unlock(desk, open_one)
    Member.objects.filter(campaign=open_one, user=noor).update(role=Role.EDITOR)
    assert not is_open(desk, open_one)
    assert desk.post(at("people-file", open_one), {"act": "csv"}).status_code == 403


def test_an_editor_cannot_unlock(open_one: Campaign, edith_desk: Client) -> None:
    assert unlock(edith_desk, open_one) == 403
    assert "Who opened it" not in edith_desk.get(at("vault", open_one)).content.decode()


def test_a_wrong_passphrase_is_said_counted_and_then_not_even_tried(
    open_one: Campaign, desk: Client, sam: User, signed_in: SignedIn
) -> None:
    for _ in range(5):
        assert unlock(desk, open_one, "wrong words here") == 422
    assert acts(open_one) == [Act.WRONG_PASSPHRASE] * 5
    assert unlock(desk, open_one) == 422
    assert not is_open(desk, open_one)
    assert unlock(signed_in(sam), open_one) == 303  # nobody locks another one out
    VaultAct.objects.update(at=datetime.now(UTC) - timedelta(minutes=16))
    assert unlock(desk, open_one) == 303


def test_without_a_keeper_it_says_how_to_start_the_server(
    open_one: Campaign, desk: Client, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in keeper.environment():
        monkeypatch.delenv(name)
    answer = desk.post(at("vault", open_one), {"passphrase": PASSPHRASE})
    assert (answer.status_code, "tocsin serve" in answer.content.decode()) == (422, True)
    assert desk.get(reverse("desk:home")).status_code == 200


def test_the_list_of_who_opened_it_has_no_content(open_one: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA])
    unlock(desk, open_one)
    desk.get(at("signatories", open_one))
    desk.post(at("signatories", open_one), {"query": "lindqvist"})
    desk.post(at("signatory", open_one), {"seat": seat()})
    desk.post(at("people-file", open_one), {"act": "csv"})
    desk.post(at("lock", open_one))
    assert acts(open_one) == [
        Act.UNLOCKED, Act.LISTED, Act.SEARCHED, Act.LOOKED_UP, Act.EXPORTED, Act.LOCKED,
    ]  # fmt: skip
    page = desk.get(at("vault", open_one)).content.decode()
    assert ("noor@example.org" in page, "searched" in page, "lindqvist" in page) == (True, True, False)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_shows_people_a_page_at_a_time_and_filters(
    open_one: Campaign, desk: Client, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tocsin.desk.views.signatories.PAGE", 2)
    signing.counted(open_one, [replace(MAYA, address=f"m{one}@example.org") for one in range(number)])
    signing.counted(open_one, [OTTO], keep_informed=True)
    unlock(desk, open_one)
    seen, address = [], at("signatories", open_one)
    while address:
        page = desk.get(address).content.decode()
        seen += [one for one in (*(f"m{n}@example.org" for n in range(number)), OTTO.address) if f">{one}<" in page]
        after = page.partition("after=")[2].partition('"')[0] if "Next page" in page else ""
        address = f"{at('signatories', open_one)}?after={after}" if after else ""
    assert sorted(seen) == sorted([*(f"m{n}@example.org" for n in range(number)), OTTO.address])
    for query, wanted in (("country=DE", True), ("informed=yes", True), ("informed=no", False), ("state=1", False)):
        assert (OTTO.address in desk.get(f"{at('signatories', open_one)}?{query}").content.decode()) is wanted


def test_a_search_is_asked_by_post_and_found_by_the_worker(open_one: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA, OTTO])
    unlock(desk, open_one)
    answer = desk.post(at("signatories", open_one), {"query": "Lindqvist"})
    assert (answer.status_code, answer["Location"]) == (303, at("found", open_one))
    assert MAYA.address not in desk.get(at("found", open_one)).content.decode()
    assert work()
    shown = desk.get(at("found", open_one))
    assert (MAYA.address in shown.content.decode(), OTTO.address in shown.content.decode()) == (True, False)
    assert shown["Cache-Control"] == "no-store"
    desk.post(at("found", open_one))
    assert (VaultJob.objects.count(), JobPart.objects.count()) == (0, 0)


def test_one_signatory_can_be_struck_for_a_public_reason(open_one: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA])
    unlock(desk, open_one)
    chosen = seat()
    page = desk.post(at("signatory", open_one), {"seat": chosen}).content.decode()
    assert all(words in page for words in _PERSONAL)
    assert desk.post(at("signatory", open_one), {"seat": chosen, "act": "strike", "reason": ""}).status_code == 422
    desk.post(at("signatory", open_one), {"seat": chosen, "act": "strike", "reason": "Signed for somebody else"})
    assert (Signature.objects.count(), Tombstone.objects.count()) == (0, 1)
    assert Act.STRUCK in acts(open_one)


def test_one_signatory_gets_a_fresh_link(open_one: Campaign, desk: Client) -> None:
    from tocsin.outbox.models import Letter  # noqa: PLC0415  only here

    signing.counted(open_one, [MAYA])
    Letter.objects.all().delete()
    unlock(desk, open_one)
    desk.post(at("signatory", open_one), {"seat": seat(), "act": "resend"})
    assert [letter.kind for letter in Letter.objects.all()] == ["lost"]


def test_another_campaigns_signatory_is_out_of_reach(open_one: Campaign, noor: User, desk: Client) -> None:
    signing.counted(open_one, [MAYA])
    other = signing.open_campaign("dining-cars")
    Member.objects.create(campaign=other, user=noor, role=Role.OWNER)
    unlock(desk, other)
    answer = desk.post(at("signatory", other), {"seat": seat()})
    assert (answer.status_code, answer["Location"]) == (303, at("signatories", other))


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_file_is_fetched_once_and_erased(open_one: Campaign, desk: Client, kind: str) -> None:
    signing.counted(open_one, [MAYA])
    unlock(desk, open_one)
    desk.post(at("people-file", open_one), {"act": kind.removesuffix("l")})
    assert "Look again" in desk.get(at("people-file", open_one)).content.decode()
    assert work()
    assert "Fetch file 1" in desk.get(at("people-file", open_one)).content.decode()
    file = desk.post(at("people-file", open_one), {"act": "0"})
    assert (MAYA.address in file.content.decode(), file["Cache-Control"]) == (True, "no-store")
    assert file["Content-Disposition"] == f'attachment; filename="sleeper-cars-1.{kind}"'
    assert desk.post(at("people-file", open_one), {"act": "0"}).status_code == 303
    assert JobPart.objects.count() == 0


def test_nonsense_does_nothing(open_one: Campaign, desk: Client) -> None:
    unlock(desk, open_one)
    assert desk.post(at("signatories", open_one), {"query": "x"}).status_code == 422
    for name, given in (
        ("signatory", {"seat": "nonsense"}),
        ("signatory", {"seat": "zz-0"}),
        ("people-file", {"act": "9999"}),
        ("people-file", {"act": "²"}),
        ("people-file", {}),
    ):
        assert desk.post(at(name, open_one), given).status_code == 303
    assert desk.get(f"{at('signatories', open_one)}?after=nonsense&state=77&since=x").status_code == 200
