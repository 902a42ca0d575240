"""lane.receipts: the receipt behind a link, on its page, as a file, and while it is coming."""

import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings

from tests.cast import MAYA, OTTO, RUI
from tests.factories.signing import NOW, confirm, count, counted, open_campaign, sign
from tests.lane.visits import Answer, Visits, tell
from tocsin.campaigns.models import AppealText, Campaign
from tocsin.seal.tokens import from_base64, manage_token, receipt_key, to_text
from tocsin.signing import domain as signing
from tocsin.signing.models import Signature
from tocsin.signing.states import Hold
from tocsin.signing.withdrawal import make_withdrawal_tokens
from tocsin.tally import domain as tally
from tocsin.tally.log import own_log
from tocsin.tlog.receipt import Receipt, Verified, verify_receipt

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]


@pytest.fixture
def campaign() -> Campaign:
    return open_campaign()


def link(door: str, token: bytes, more: str = "") -> str:
    return f"/{door}/{to_text(token)}{more}"


def got(*paths: str) -> list[Answer]:
    """Return the answers to some GETs, all asked of one lane."""
    answers: list[Answer] = []

    async def story(visits: Visits) -> None:
        answers.extend([await visits.get(path) for path in paths])

    tell(story)
    return answers


def verified(text: str, token: bytes, address: str) -> Verified:
    return verify_receipt(
        Receipt.from_text(text),
        receipt_key=receipt_key(token),
        address=address,
        log_keys=own_log().verifiers,
        campaign="night-trains",
    )


def test_the_receipt_proves_its_own_signature_and_no_other(campaign: Campaign) -> None:
    people = [MAYA, OTTO, RUI]
    tokens = counted(campaign, people)
    answers = got(*(link("c", token, "/receipt") for token in tokens))
    text_hash = bytes(AppealText.objects.get().text_hash)
    proven = [verified(one.text, token, who.address) for one, token, who in zip(answers, tokens, people, strict=True)]
    assert sorted(one.index for one in proven) == [0, 1, 2]
    assert {one.claim.text_hash for one in proven} == {text_hash}
    assert {one.signed.checkpoint.size for one in proven} == {3}
    assert {one.signed.checkpoint.origin for one in proven} == {settings.LOG_ORIGIN}


def test_it_is_a_file_that_names_nobody_and_that_nobody_keeps(campaign: Campaign) -> None:
    [token] = counted(campaign, [MAYA])
    [file] = got(link("c", token, "/receipt"))
    assert file.status == HTTPStatus.OK
    assert file.headers["content-disposition"] == 'attachment; filename="night-trains.tlog-proof"'
    assert file.headers["cache-control"] == "no-store"
    assert file.headers["x-robots-tag"] == "noindex"
    for secret in (MAYA.name, MAYA.address, to_text(token), to_text(manage_token(token))):
        assert secret not in file.text


def test_m_suffices_for_the_file_but_shows_no_code(campaign: Campaign) -> None:
    [token] = counted(campaign, [MAYA])
    m = manage_token(token)
    by_token, by_m, page, m_page, wrong_door = got(
        link("c", token, "/receipt"), link("m", m, "/receipt"), link("c", token), link("m", m), link("c", m)
    )
    assert by_m.body == by_token.body
    assert f'href="{link("m", m, "/receipt")}"' in m_page.text
    assert code_on(page) == receipt_key(token)
    assert [code_on(one) for one in (m_page, wrong_door)] == [None, None]


def code_on(page: Answer) -> bytes | None:
    found = re.search(r"<code><bdi dir=\"ltr\">([^<]+)</bdi></code>", page.text)
    return from_base64(found[1]) if found else None


def test_the_page_says_index_and_number_and_offers_the_file(campaign: Campaign) -> None:
    counted(campaign, [OTTO])
    [token] = counted(campaign, [MAYA])
    [page] = got(link("c", token))
    assert "it is entry <strong>1</strong> of the public log" in page.text
    assert "When the log had 2 entries, the number was 2" in page.text
    assert f'href="{link("c", token, "/receipt")}" download' in page.text
    assert 'href="/verify/#en"' in page.text
    assert "@@slot:" not in page.text


def test_until_it_is_published_the_page_says_that_it_is_coming(campaign: Campaign) -> None:
    token = sign(campaign).token
    confirm(token)
    paths = link("c", token), link("c", token, "/counted"), link("c", token, "/receipt")
    page, asked, file = got(*paths)
    assert f'data-receipt-at="{link("c", token, "/counted")}"' in page.text
    assert f'data-receipt-look><a href="{link("c", token)}"' in page.text
    assert (asked.status, asked.body) == (HTTPStatus.NO_CONTENT, b"")
    assert (file.status, file.headers["location"]) == (HTTPStatus.SEE_OTHER, link("c", token))

    tally.advance(count=signing.count)  # it has its index, but no checkpoint speaks for it
    assert Signature.objects.get().index == 0
    page, asked, file = got(*paths)
    assert "data-receipt-at=" in page.text
    assert (asked.status, file.status) == (HTTPStatus.NO_CONTENT, HTTPStatus.SEE_OTHER)

    count()
    page, asked, file = got(*paths)
    assert "data-receipt-at=" not in page.text
    assert (asked.status, file.status) == (HTTPStatus.OK, HTTPStatus.OK)
    assert asked.headers["cache-control"] == "no-store"
    assert asked.text.strip() in page.text


def test_who_is_held_waits_like_everybody_else(campaign: Campaign) -> None:
    held, free = sign(campaign, hold=Hold.NETWORK_RATE).token, sign(campaign, OTTO).token
    confirm(held, free)
    answers = got(*(link("c", token, "/counted") for token in (held, free)))
    assert [(one.status, one.body) for one in answers] == [(HTTPStatus.NO_CONTENT, b"")] * 2


def test_the_button_is_answered_with_the_way_to_the_receipt(campaign: Campaign) -> None:
    token = sign(campaign, now=datetime.now(UTC)).token
    pages: list[Answer] = []

    async def story(visits: Visits) -> None:
        pages.append(await visits.post(link("c", token), {"consent": "yes"}))
        pages.append(await visits.post(link("c", token), {"consent": "yes"}))  # pressed twice

    tell(story)
    assert "data-receipt-at=" in pages[0].text
    assert "data-receipt-at=" in pages[1].text


def test_a_second_request_of_the_same_person_has_no_receipt_of_its_own(campaign: Campaign) -> None:
    first, second = (sign(campaign, now=datetime.now(UTC)).token for _ in range(2))
    confirm(first)
    count()
    pages: list[Answer] = []

    async def story(visits: Visits) -> None:
        pages.append(await visits.post(link("c", second), {"consent": "yes"}))

    tell(story)
    assert "You have signed" in pages[0].text
    assert 'class="receipt"' not in pages[0].text


@pytest.mark.parametrize("verb", ["receipt", "counted"])
def test_who_has_signed_nothing_gets_nothing(campaign: Campaign, verb: str) -> None:
    pending = sign(campaign).token
    [signed] = counted(campaign, [OTTO])
    manage_hash = bytes(Signature.objects.get().manage_hash)
    [weak] = make_withdrawal_tokens([(manage_hash, b"cap")], now=NOW)
    refused = HTTPStatus.SEE_OTHER if verb == "receipt" else HTTPStatus.NOT_FOUND
    answers = got(*(link("c", token, f"/{verb}") for token in (pending, bytes(32), weak)), f"/c/nonsense/{verb}")
    assert [one.status for one in answers[:3]] == [refused] * 3
    assert answers[3].status == HTTPStatus.NOT_FOUND
    assert got(link("c", signed, f"/{verb}"))[0].status == HTTPStatus.OK


def test_after_withdrawing_the_page_says_which_entry_it_was(campaign: Campaign) -> None:
    counted(campaign, [OTTO])
    [token] = counted(campaign, [MAYA])
    signing.withdraw(token=token, now=NOW)
    file, asked, page = got(link("c", token, "/receipt"), link("c", token, "/counted"), link("c", token))
    assert (file.status, file.headers["location"]) == (HTTPStatus.SEE_OTHER, link("c", token))
    assert asked.status == HTTPStatus.NOT_FOUND
    assert "It was entry 1 of the public log." in page.text


def test_what_was_never_counted_was_no_entry(campaign: Campaign) -> None:
    token = sign(campaign).token
    confirm(token)
    signing.withdraw(token=token, now=NOW)
    assert "of the public log" not in got(link("c", token))[0].text


def test_nobody_is_handed_a_receipt_that_would_fail(campaign: Campaign) -> None:
    [token] = counted(campaign, [MAYA])
    Signature.objects.update(commitment=bytes(32))
    [answer] = got(link("c", token, "/receipt"))
    assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR


@pytest.mark.parametrize("verb", ["receipt", "counted"])
def test_it_cannot_be_posted_to(campaign: Campaign, verb: str) -> None:
    [token] = counted(campaign, [MAYA])

    async def story(visits: Visits) -> None:
        answer: Any = await visits.post(link("c", token, f"/{verb}"), {}, headers={"sec-fetch-site": "same-origin"})
        assert answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}

    tell(story)
