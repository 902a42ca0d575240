"""signing.domain.withdraw_by_receipt: who is counted and no longer in the database is taken out of the number."""

from dataclasses import replace

import pytest
from pytest_django import Settings

from tests import factories
from tests.cast import MAYA, OTTO
from tests.factories.signing import NOW, confirm, count, counted, open_campaign, sign
from tests.signing.domain.test_withdraw_at_once import at_once
from tocsin.campaigns.models import Campaign
from tocsin.seal.tokens import manage_token, new_token, to_text
from tocsin.signing import domain as signing
from tocsin.signing.domain import ByReceipt, Outcome
from tocsin.signing.models import PendingSignature, Signature, Tombstone
from tocsin.signing.queries import status_of
from tocsin.signing.receipts import receipt_of
from tocsin.signing.states import State
from tocsin.tally.models import Entry
from tocsin.tally.queries import count_of
from tocsin.tlog.entry import Kind, Reason, withdraw
from tocsin.tlog.receipt import Claim, Receipt

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def campaign() -> Campaign:
    return open_campaign()


@pytest.fixture
def maya(campaign: Campaign) -> bytes:
    return counted(campaign, [MAYA, OTTO])[0]


@pytest.fixture
def receipt(maya: bytes) -> str:
    text = receipt_of(maya)
    assert text is not None
    return text


def index_of(receipt: str) -> int:
    return Receipt.from_text(receipt).index


def by_receipt(receipt: str, token: bytes, address: str = MAYA.address) -> ByReceipt:
    return signing.withdraw_by_receipt(receipt=receipt, link=to_text(token), address=address, now=NOW)


def lose_everything() -> None:
    """Lose the rows, as a restore from too old a backup does; the log is public, and stays."""
    Signature.objects.all().delete()
    Tombstone.objects.all().delete()


def test_an_entry_without_a_row_leaves_the_number(campaign: Campaign, maya: bytes, receipt: str) -> None:
    lose_everything()
    assert by_receipt(receipt, maya) is ByReceipt.WITHDRAWN
    count()
    last = Entry.objects.get(kind=Kind.WITHDRAW)
    assert bytes(last.entry) == withdraw(campaign.slug, index_of(receipt), Reason.SIGNATORY)
    assert count_of(campaign.pk).number == 1
    assert (status_of(maya).state, confirm(maya)) == (State.WITHDRAWN, [Outcome.WITHDRAWN])


def test_a_second_time_and_many_at_once_queue_one_entry(campaign: Campaign, maya: bytes, receipt: str) -> None:
    lose_everything()
    answers = at_once(*[lambda: by_receipt(receipt, maya)] * 5)
    assert sorted(map(str, answers)) == ["already"] * 4 + ["withdrawn"]
    count()
    assert by_receipt(receipt, maya) is ByReceipt.ALREADY
    count()
    assert Entry.objects.filter(kind=Kind.WITHDRAW).count() == 1


def test_with_its_row_there_it_is_withdrawn_as_ever(campaign: Campaign, maya: bytes, receipt: str) -> None:
    assert by_receipt(receipt, maya) is ByReceipt.WITHDRAWN
    assert (Signature.objects.count(), Tombstone.objects.count()) == (1, 1)
    assert by_receipt(receipt, maya) is ByReceipt.ALREADY
    count()
    assert count_of(campaign.pk).number == 1


@pytest.mark.parametrize("is_counted", [True, False])
def test_what_the_log_knows_as_withdrawn_is_not_withdrawn_again(
    campaign: Campaign, maya: bytes, receipt: str, is_counted: bool
) -> None:
    signing.withdraw(token=maya, now=NOW)
    if is_counted:
        count()
    lose_everything()
    assert by_receipt(receipt, maya) is ByReceipt.ALREADY
    count()
    assert Entry.objects.filter(kind=Kind.WITHDRAW).count() == 1


def test_a_row_from_before_its_confirming_does_not_hide_the_entry(campaign: Campaign) -> None:
    token = sign(campaign).token
    kept = PendingSignature.objects.values().get()
    confirm(token)
    count()
    receipt = receipt_of(token)
    assert receipt is not None
    lose_everything()
    PendingSignature.objects.create(**kept)
    assert by_receipt(receipt, token) is ByReceipt.WITHDRAWN
    count()
    assert (PendingSignature.objects.count(), count_of(campaign.pk).number) == (0, 0)


def test_the_whole_link_a_pasted_windows_text_and_spaces_will_do(maya: bytes, receipt: str) -> None:
    lose_everything()
    done = signing.withdraw_by_receipt(
        receipt="\r\n" + receipt.replace("\n", "\r\n") + "\r\n\r\n",
        link=f" https://sign.example.org/c/{to_text(maya)} ",
        address=f" {MAYA.address} ",
        now=NOW,
    )
    assert done is ByReceipt.WITHDRAWN


def test_whatever_does_not_match_gets_the_same_answer(maya: bytes, receipt: str) -> None:
    otto = counted(open_campaign("open-libraries"), [OTTO])[0]
    read = Receipt.from_text(receipt)
    near = [replace(read, index=read.index + step).text for step in (-1, 1, 1_000) if read.index + step >= 0]
    claim = read.claim
    other_text = replace(read, extra=Claim(claim.campaign, bytes(32), claim.pc).to_bytes()).text
    other_campaign = replace(read, extra=Claim("open-libraries", claim.text_hash, claim.pc).to_bytes()).text
    for text in (*near, other_text, other_campaign):
        assert by_receipt(text, maya) is ByReceipt.DO_NOT_MATCH
    for token in (otto, manage_token(maya), new_token()):
        assert by_receipt(receipt, token) is ByReceipt.DO_NOT_MATCH
    for address in (OTTO.address, MAYA.address.upper()):
        assert by_receipt(receipt, maya, address) is ByReceipt.DO_NOT_MATCH
    assert not Tombstone.objects.exists()
    assert by_receipt(receipt, maya) is ByReceipt.WITHDRAWN


@pytest.mark.parametrize("text", ["", "x", "c2sp.org/tlog-proof@v1\n", "\x00" * 99])
def test_what_is_no_receipt_says_so(maya: bytes, text: str) -> None:
    assert by_receipt(text, maya) is ByReceipt.RECEIPT_UNREADABLE


def test_a_cut_receipt_says_so(maya: bytes, receipt: str) -> None:
    assert by_receipt(receipt[: len(receipt) // 2], maya) is ByReceipt.RECEIPT_UNREADABLE


def test_a_receipt_of_another_log_says_so(maya: bytes, receipt: str, settings: Settings) -> None:
    settings.LOG_ORIGIN = "elsewhere.example/tally"
    assert by_receipt(receipt, maya) is ByReceipt.OTHER_LOG


@pytest.mark.parametrize("link", ["", "x", "https://sign.example.org/m/{}", "https://sign.example.org/c/{}x"])
def test_a_link_that_is_not_the_one_says_so(maya: bytes, receipt: str, link: str) -> None:
    filled = link.format(to_text(maya))
    answer = signing.withdraw_by_receipt(receipt=receipt, link=filled, address=MAYA.address, now=NOW)
    assert answer is ByReceipt.LINK_UNREADABLE


def test_no_address_says_so(maya: bytes, receipt: str) -> None:
    assert by_receipt(receipt, maya, "maya at example") is ByReceipt.ADDRESS_UNREADABLE


def test_a_struck_one_is_gone_already(campaign: Campaign, maya: bytes, receipt: str) -> None:
    keys = [(bytes(tag), seat) for tag, seat in Signature.objects.values_list("tag", "seat")]
    user = factories.UserFactory.create()
    signing.strike(campaign=campaign, keys=keys, reason="One robot.", asked_by=user, now=NOW)
    assert by_receipt(receipt, maya) is ByReceipt.ALREADY
    assert status_of(maya).state is State.STRUCK
