"""lane.token_pages: what a link from a mail shows at each station; looking changes nothing."""

import asyncio
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest

from tests.cast import MAYA, OTTO
from tests.factories.signing import NOW, confirm, count, counted, open_campaign, sign
from tests.lane.visits import Visits, tell
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State as CampaignState
from tocsin.outbox.caps import cap_key
from tocsin.outbox.models import MailCap
from tocsin.seal.tokens import from_text, manage_token, to_text, token_hash
from tocsin.signing import domain as signing
from tocsin.signing.models import PendingSignature, Signature
from tocsin.signing.states import Hold
from tocsin.signing.withdrawal import make_withdrawal_tokens
from tocsin.website.pages import token_page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]
VERBS = ("name", "stop", "mine", "withdraw")


@pytest.fixture
def campaign() -> Campaign:
    return open_campaign()


def link(door: str, token: bytes) -> str:
    return f"/{door}/{to_text(token)}"


def heading(door: str, token: bytes, more: str = "") -> str:
    """Return the headline behind a link."""
    found: list[str] = []

    async def story(visits: Visits) -> None:
        found.append((await visits.get(link(door, token) + more)).text)

    tell(story)
    return found[0].partition("<h1>")[2].partition("</h1>")[0]


def test_before_confirming_it_shows_the_text_and_an_unticked_box(campaign: Campaign) -> None:
    token = sign(campaign).token

    async def story(visits: Visits) -> None:
        for _ in range(20):
            page = await visits.get(link("c", token))
            await visits.ask("HEAD", link("c", token))
        assert page.status == HTTPStatus.OK
        assert page.headers["content-language"] == "en"
        assert "Confirm your signature" in page.text
        assert "word for word" in page.text
        assert f'action="{link("c", token)}"' in page.text
        assert "checked" not in page.text
        assert "@@slot:" not in page.text

    tell(story)
    assert PendingSignature.objects.count() == 1
    assert Signature.objects.count() == 0


def test_the_unticked_button_changes_nothing_and_says_so(campaign: Campaign) -> None:
    token = sign(campaign).token

    async def story(visits: Visits) -> None:
        page = await visits.post(link("c", token), {})
        assert page.status == HTTPStatus.OK
        assert "Please tick this box first" in page.text

    tell(story)
    assert PendingSignature.objects.count() == 1


def test_the_ticked_button_confirms_and_leads_to_what_manages_it(campaign: Campaign) -> None:
    token = sign(campaign, now=datetime.now(UTC)).token

    async def story(visits: Visits) -> None:
        page = await visits.post(link("c", token), {"consent": "yes"})
        assert "Thank you. You have signed." in page.text
        assert f'href="{link("m", manage_token(token))}"' in page.text
        assert "You have signed" in (await visits.post(link("c", token), {"consent": "yes"})).text

    tell(story)
    assert Signature.objects.count() == 1


def test_afterwards_it_says_that_you_have_signed(campaign: Campaign) -> None:
    token = sign(campaign).token
    confirm(token)
    assert heading("c", token) == "You have signed"
    count()
    assert heading("c", token) == "You have signed"


def test_who_is_held_sees_what_everybody_sees(campaign: Campaign) -> None:
    held, free = sign(campaign, hold=Hold.NETWORK_RATE).token, sign(campaign, OTTO).token
    confirm(held, free)
    assert heading("c", held) == heading("c", free)
    pages: list[str] = []

    async def story(visits: Visits) -> None:
        for token in (held, free):
            page = await visits.get(link("m", manage_token(token)))
            pages.append(page.text.replace(to_text(manage_token(token)), "TOKEN"))

    tell(story)
    assert pages[0] == pages[1]


def test_m_manages_and_cannot_confirm(campaign: Campaign) -> None:
    [token] = counted(campaign, [MAYA])

    async def story(visits: Visits) -> None:
        page = await visits.get(link("m", manage_token(token)))
        assert "Your signature is counted." in page.text
        assert f'action="{link("m", manage_token(token))}/withdraw"' in page.text

    tell(story)


def test_withdrawn_says_so_at_both_doors(campaign: Campaign) -> None:
    [token] = counted(campaign, [MAYA])
    signing.withdraw(token=manage_token(token), now=NOW)

    assert heading("c", token) == heading("m", manage_token(token)) == "Your signature is withdrawn"


def test_what_is_gone_speaks_the_browsers_language(campaign: Campaign) -> None:
    [token] = counted(campaign, [MAYA])
    signing.withdraw(token=manage_token(token), now=NOW)
    said: dict[str, str] = {}

    async def story(visits: Visits) -> None:
        for wish in ("ar-EG,ar;q=0.9,en;q=0.2", "de,fr;q=0.9", "", "ar;q=0,en", "x" * 500):
            page = await visits.get(link("c", token), accept_language=wish)
            nowhere = await visits.get(f"/m/{'A' * 30}", accept_language=wish)
            no_page = await visits.get("/m/", accept_language=wish)
            said[wish] = page.headers["content-language"]
            assert nowhere.headers["content-language"] == said[wish]
            assert f'<html lang="{said[wish]}"' in no_page.text
            assert no_page.headers["cache-control"] == "no-store"

    tell(story)
    assert list(said.values()) == ["ar", "en", "en", "en", "en"]


def test_a_signature_speaks_its_own_language_whatever_the_browser_asks_for(campaign: Campaign) -> None:
    token = sign(campaign).token

    async def story(visits: Visits) -> None:
        page = await visits.get(link("c", token), accept_language="ar")
        assert page.headers["content-language"] == "en"

    tell(story)


def test_showing_and_hiding_a_name_says_what_is_so_now(campaign: Campaign) -> None:
    [token] = counted(campaign, [MAYA])
    manage = link("m", manage_token(token))
    said: list[str] = []

    async def story(visits: Visits) -> None:
        for value in ("show", "hide"):
            posted = await visits.post(f"{manage}/name", {"value": value})
            pages = [posted, await visits.get(manage)]
            said.extend(page.text.partition('<p role="status"><strong>')[2].partition("</strong>")[0] for page in pages)

    tell(story)
    assert said == ["Now: your name is shown."] * 2 + ["Now: your name is not shown."] * 2


def test_the_page_that_thanks_has_the_live_number(campaign: Campaign) -> None:
    counted(campaign, [OTTO])
    token = sign(campaign, now=datetime.now(UTC)).token

    async def story(visits: Visits) -> None:
        page = await visits.post(link("c", token), {"consent": "yes"})
        assert "data-count-number>1<" in page.text
        assert "@@slot:" not in page.text

    tell(story)


def test_the_link_that_stops_mails_opened_by_hand_shows_the_button(campaign: Campaign) -> None:
    token = sign(campaign).token

    async def story(visits: Visits) -> None:
        page = await visits.get(f"{link('m', token)}/stop")
        assert page.status == HTTPStatus.OK
        assert "You have not confirmed this signature yet." in page.text
        assert f'action="{link("m", token)}/stop"' in page.text
        stopped = await visits.post(f"{link('m', token)}/stop", {"List-Unsubscribe": "One-Click"})
        assert "No more mail" in stopped.text

    tell(story)


def test_this_was_not_me_offers_to_stop_all_mails(campaign: Campaign) -> None:
    token = sign(campaign).token

    async def story(visits: Visits) -> None:
        page = await visits.post(f"{link('c', token)}/not-me", {})
        assert "Thank you for telling us" in page.text
        assert f'action="{link("m", token)}/stop"' in page.text
        assert "No more mail" in (await visits.post(f"{link('m', token)}/stop", {})).text

    tell(story)


def test_a_campaign_that_has_closed_says_so_before_the_button(campaign: Campaign) -> None:
    token = sign(campaign).token
    Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.CLOSED, revision=campaign.revision + 1)

    assert heading("c", token) == "Signing is over"


def test_the_page_speaks_the_language_of_signing_if_the_campaign_still_does(campaign: Campaign) -> None:
    spanish, gone = sign(campaign, MAYA, language="es").token, sign(campaign, OTTO, language="ar").token
    Campaign.objects.filter(pk=campaign.pk).update(languages=["en", "es"])

    async def story(visits: Visits) -> None:
        assert (await visits.get(link("c", spanish))).headers["content-language"] == "es"
        assert (await visits.get(link("c", gone))).headers["content-language"] == "en"

    tell(story)


@pytest.mark.parametrize("text", [to_text(b"x" * 32), "x", "A" * 43, to_text(b"x" * 32)[:-1] + "%20"])
def test_an_unknown_token_leads_nowhere_at_any_door(text: str) -> None:
    is_whole = from_text(text) is not None

    async def story(visits: Visits) -> None:
        for target in (f"/c/{text}", f"/m/{text}"):
            page = await visits.get(target)
            assert (page.status, page.headers["cache-control"]) == (HTTPStatus.NOT_FOUND, "no-store")
            assert ("This link leads nowhere" in page.text) == (target.startswith("/c/") or not is_whole)

    tell(story)


def test_a_wave_of_readers_is_one_rendering(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    token = sign(campaign).token
    rendered: list[str] = []

    def counting(page: str, *given: Any) -> str:
        rendered.append(page)
        return token_page(page, *given)

    monkeypatch.setattr("tocsin.website.pages.token_page", counting)

    async def story(visits: Visits) -> None:
        answers = await asyncio.gather(*(visits.get(link("c", token)) for _ in range(100)))
        assert {answer.status for answer in answers} == {HTTPStatus.OK}

    tell(story)
    assert rendered == ["confirm"]


def test_who_never_signed_can_stop_mails_with_the_link_they_got(campaign: Campaign) -> None:
    key = cap_key(MAYA.address)
    assert key is not None
    [token] = make_withdrawal_tokens([(b"\x01" * 32, key)], now=NOW)

    async def story(visits: Visits) -> None:
        for path in (link("m", token), f"{link('m', token)}/stop"):
            page = await visits.get(path)
            assert page.status == HTTPStatus.OK
            assert f'action="{link("m", token)}/stop"' in page.text
            assert "withdraw" not in page.text
        stopped = await visits.post(f"{link('m', token)}/stop", {"List-Unsubscribe": "One-Click"})
        assert stopped.status == HTTPStatus.OK
        assert "will not write to your address again" in stopped.text

    tell(story)
    assert MailCap.objects.get().never_write


def test_what_was_never_confirmed_says_after_a_week_that_it_is_erased_and_where_mails_can_be_stopped(
    campaign: Campaign,
) -> None:
    token = sign(campaign).token
    signing.expire(now=NOW + timedelta(days=8))

    async def story(visits: Visits) -> None:
        stop = f"{link('m', token)}/stop"
        for page in (
            await visits.get(stop),
            await visits.post(stop, {"List-Unsubscribe": "One-Click"}),
            await visits.get(link("m", manage_token(token))),
        ):
            assert page.status == HTTPStatus.NOT_FOUND
            assert "Nothing is kept behind this link" in page.text
            assert "Lost your mail?" in page.text

    tell(story)


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_page_offers_only_what_its_link_can_do(campaign: Campaign, *, is_confirmed: bool) -> None:
    token = sign(campaign, MAYA).token
    if is_confirmed:
        confirm(token)
    assert offered(token) == ({"name", "stop", "mine", "withdraw"} if is_confirmed else {"stop", "withdraw"})


def test_a_link_that_can_only_withdraw_and_stop_mails_offers_no_more(campaign: Campaign) -> None:
    assert offered(weak_token_of(campaign)) == {"stop", "withdraw"}


def test_the_box_left_unticked_at_a_withdrawn_signature_shows_that_it_is_withdrawn(campaign: Campaign) -> None:
    [token] = counted(campaign, [MAYA])
    signing.withdraw(token=manage_token(token), now=NOW)

    async def story(visits: Visits) -> None:
        for path in (f"{link('m', manage_token(token))}/withdraw", link("c", token)):
            assert "Your signature is withdrawn" in (await visits.post(path, {})).text

    tell(story)


def test_the_box_left_unticked_at_a_confirmed_signature_shows_that_it_is_signed(campaign: Campaign) -> None:
    token = sign(campaign).token
    confirm(token)

    async def story(visits: Visits) -> None:
        page = (await visits.post(link("c", token), {})).text
        assert "<h1>You have signed</h1>" in page
        assert "Please tick this box" not in page

    tell(story)


def weak_token_of(campaign: Campaign) -> bytes:
    """Return a token as it is mailed to somebody who has signed before."""
    [token] = counted(campaign, [MAYA])
    key = cap_key(MAYA.address)
    assert key is not None
    [weak] = make_withdrawal_tokens([(token_hash(manage_token(token)), key)], now=NOW)
    return weak


def offered(token: bytes) -> set[str]:
    """Return the verbs behind a link: the same when it is opened and when withdrawing was pressed without the box."""
    shown: list[set[str]] = []

    async def story(visits: Visits) -> None:
        opened = await visits.get(link("m", token))
        unsure = await visits.post(f"{link('m', token)}/withdraw", {})
        assert "Please tick this box first" in unsure.text
        assert "Please tick this box first" not in opened.text
        shown.extend({verb for verb in VERBS if f'/{verb}"' in page.text} for page in (opened, unsure))

    tell(story)
    assert shown[0] == shown[1]
    return shown[0]
