"""Receipts: they prove one person's signature to that person, and each thing that is not so has its reason."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import vectors
from tests.tlog.logs import GOLDEN, LOG, NEXT_LOG_KEY, WITNESS, Log, flipped
from tocsin.tlog import entry
from tocsin.tlog.checkpoint import Checkpoint
from tocsin.tlog.keys import LogSigner
from tocsin.tlog.note import add_signatures, sign
from tocsin.tlog.proofs import prove_inclusion
from tocsin.tlog.receipt import Claim, Receipt, ReceiptError, ReceiptRefusal, Verified, entry_of, verify_receipt
from tocsin.tlog.signed import sign_checkpoint

ANA = vectors.load("entries")["signature"]
CODE = bytes.fromhex(ANA["receipt_key"])
CLAIM = Claim("demo", bytes.fromhex(ANA["text_hash"]), bytes.fromhex(ANA["pc"]))
RECEIPT = Receipt.from_text(GOLDEN["receipt"])
INDEX = 200
BIG = Log([*Log.of(INDEX).entries, entry_of(CLAIM, receipt_key=CODE, address=ANA["address"]), *Log.of(400).entries])


def receipt_of(log: Log, index: int, signer: LogSigner = LOG) -> Receipt:
    note = sign_checkpoint(Checkpoint(signer.name, log.size, log.root()), [signer])
    return Receipt(index, tuple(prove_inclusion(index, log.size, log.node)), note, CLAIM.to_bytes())


def verify(receipt: Receipt, **other: Any) -> Verified:
    given_by_ana = {"receipt_key": CODE, "address": ANA["address"], "log_keys": [LOG.verifier]}
    return verify_receipt(receipt, **{**given_by_ana, **other})


def refusal(receipt: Receipt, **other: Any) -> ReceiptRefusal | None:
    try:
        verify(receipt, **other)
    except ReceiptError as error:
        return error.reason
    return None


WHOLE = receipt_of(BIG, INDEX)


def test_the_golden_receipt_proves_ana_s_signature() -> None:
    verified = verify(RECEIPT, witnesses=[WITNESS.verifier])

    assert verified.index == 2
    assert verified.claim == CLAIM
    assert verified.entry.hex() == GOLDEN["entries"][2]
    assert (verified.signed.checkpoint.size, [one.witness for one in verified.signed.cosigned]) == (5, [WITNESS.name])


def test_the_golden_receipt_comes_out() -> None:
    log = Log([bytes.fromhex(one) for one in GOLDEN["entries"]])
    made = receipt_of(log, 2)
    witnessed = add_signatures(
        made.checkpoint, [WITNESS.cosign(Checkpoint(LOG.name, 5, log.root()).text, at=GOLDEN["cosigned_at"])]
    )

    assert replace(made, checkpoint=witnessed).text == GOLDEN["receipt"]
    assert [one.hex() for one in made.proof] == GOLDEN["inclusion_of_2"]
    assert made.extra.hex() == GOLDEN["extra"]


def test_a_receipt_proves_and_says_what_was_signed() -> None:
    verified = verify(WHOLE, campaign="demo", text_hash=CLAIM.text_hash)

    assert (verified.index, verified.claim) == (INDEX, CLAIM)
    assert verified.entry == BIG.entries[INDEX]


@pytest.mark.parametrize(
    "address", ["ben@example.org", "", "Ana@example.org", "ana@example.org ", "ana@example.or", "ana+x@example.org"]
)
def test_another_address_is_not_this_signature(address: str) -> None:
    assert refusal(WHOLE, address=address) == ReceiptRefusal.NOT_THIS_SIGNATURE


def test_another_code_is_not_this_signature() -> None:
    for bit in range(len(CODE) * 8):
        assert refusal(WHOLE, receipt_key=flipped(CODE, bit)) == ReceiptRefusal.NOT_THIS_SIGNATURE
    # Neither T itself nor the manage token is the code.
    for other in (ANA["T"], ANA["manage_token"]):
        assert refusal(WHOLE, receipt_key=bytes.fromhex(other)) == ReceiptRefusal.NOT_THIS_SIGNATURE


def test_another_campaign_or_text_is_refused() -> None:
    other_text = replace(CLAIM, text_hash=bytes(32))
    other_campaign = replace(CLAIM, campaign="other")

    assert refusal(WHOLE, campaign="other") == ReceiptRefusal.OTHER_CAMPAIGN
    assert refusal(WHOLE, text_hash=bytes(32)) == ReceiptRefusal.OTHER_TEXT
    for claim in (other_text, other_campaign, replace(CLAIM, pc=bytes(32))):
        assert refusal(replace(WHOLE, extra=claim.to_bytes())) == ReceiptRefusal.NOT_THIS_SIGNATURE


def test_every_flipped_bit_of_the_claim_is_refused() -> None:
    for bit in range(len(WHOLE.extra) * 8):
        assert refusal(replace(WHOLE, extra=flipped(WHOLE.extra, bit))) in {
            ReceiptRefusal.MALFORMED,
            ReceiptRefusal.NOT_THIS_SIGNATURE,
        }


def test_the_index_beside_is_refused_as_such() -> None:
    for index in (INDEX - 1, INDEX + 1):
        assert refusal(replace(WHOLE, index=index)) == ReceiptRefusal.OTHER_INDEX
    # In a log of three the neighbours' proofs are even of other lengths.
    for place in range(3):
        small = Log([*Log.of(place).entries, BIG.entries[INDEX], *Log.of(2 - place).entries])
        receipt = receipt_of(small, place)
        for index in {place - 1, place + 1} & {0, 1, 2, 3}:
            assert refusal(replace(receipt, index=index)) == ReceiptRefusal.OTHER_INDEX


@pytest.mark.parametrize("index", [BIG.size + 1, 2**63 - 1])
def test_an_index_beyond_the_log_is_refused(index: int) -> None:
    assert refusal(replace(WHOLE, index=index)) == ReceiptRefusal.INDEX_BEYOND_SIZE


def test_an_index_far_off_is_not_this_signature() -> None:
    assert refusal(replace(WHOLE, index=INDEX ^ 128)) == ReceiptRefusal.NOT_THIS_SIGNATURE


def test_a_cut_or_longer_proof_is_refused_as_such() -> None:
    proof = WHOLE.proof
    for place in range(len(proof)):
        assert refusal(replace(WHOLE, proof=proof[:place] + proof[place + 1 :])) == ReceiptRefusal.PROOF_TOO_SHORT
    for place in range(len(proof) + 1):
        longer = (*proof[:place], bytes(32), *proof[place:])
        assert refusal(replace(WHOLE, proof=longer)) == ReceiptRefusal.PROOF_TOO_LONG
    assert refusal(replace(WHOLE, proof=())) == ReceiptRefusal.PROOF_TOO_SHORT


def test_every_flipped_bit_of_the_proof_is_refused() -> None:
    for place, one in enumerate(WHOLE.proof):
        for bit in range(256):
            proof = (*WHOLE.proof[:place], flipped(one, bit), *WHOLE.proof[place + 1 :])
            assert refusal(replace(WHOLE, proof=proof)) == ReceiptRefusal.NOT_THIS_SIGNATURE


def test_another_log_s_key_is_refused_as_such() -> None:
    other = LogSigner("other.example.org/tally", LOG.seed)

    assert refusal(WHOLE, log_keys=[NEXT_LOG_KEY.verifier]) == ReceiptRefusal.NOT_BY_THIS_LOG
    assert refusal(WHOLE, log_keys=[other.verifier]) == ReceiptRefusal.NOT_BY_THIS_LOG
    assert refusal(receipt_of(BIG, INDEX, other)) == ReceiptRefusal.NOT_BY_THIS_LOG
    lent = sign(Checkpoint("other.example.org/tally", BIG.size, BIG.root()).text, [LOG])
    assert refusal(replace(WHOLE, checkpoint=lent)) == ReceiptRefusal.OTHER_ORIGIN


def test_a_changed_checkpoint_is_refused_as_such() -> None:
    assert refusal(replace(WHOLE, checkpoint="")) == ReceiptRefusal.MALFORMED_CHECKPOINT
    bigger = WHOLE.checkpoint.replace(f"\n{BIG.size}\n", f"\n{BIG.size + 1}\n")
    assert refusal(replace(WHOLE, checkpoint=bigger)) == ReceiptRefusal.BAD_SIGNATURE


def test_a_receipt_from_before_a_key_was_exchanged_holds_while_the_old_key_is_known() -> None:
    assert refusal(WHOLE, log_keys=[LOG.verifier, NEXT_LOG_KEY.verifier]) is None


def test_the_text_goes_there_and_back() -> None:
    assert Receipt.from_text(WHOLE.text) == WHOLE
    assert RECEIPT.text == GOLDEN["receipt"]
    alone = receipt_of(Log([BIG.entries[INDEX]]), 0)
    assert (alone.proof, Receipt.from_text(alone.text)) == ((), alone)


def test_every_flipped_bit_of_the_text_is_refused() -> None:
    raw = GOLDEN["receipt"].encode()
    for bit in range(len(raw) * 8):
        try:
            text = flipped(raw, bit).decode()
            verify(Receipt.from_text(text), witnesses=[WITNESS.verifier])
        except (UnicodeDecodeError, ReceiptError):
            continue
        # Only who else signed may be lost: a witness whose name changed is a stranger.
        assert text.rpartition("\n— ")[0] == GOLDEN["receipt"].rpartition("\n— ")[0]


def changed(old: str, new: str) -> str:
    assert old in GOLDEN["receipt"]
    return str(GOLDEN["receipt"]).replace(old, new, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v1\n\n",
        changed("@v1", "@v2"),
        changed("c2sp", " c2sp"),
        changed("extra ", "extra  "),
        changed("extra ", "Extra "),
        changed("extra ", ""),
        changed("index 2", "index 02"),
        changed("index 2", "index -2"),
        changed("index 2", "index"),
        changed("index 2\n", ""),
        changed("index 2\n", "index 2\nAAAA\n"),
        changed("index 2\n", "index 2\n" + "A" * 43 + "=\n " + "A" * 43 + "=\n"),
        changed("index 2\n", "index 2\n" + ("A" * 43 + "=\n") * 64),
        changed("\n", "\r\n"),
        "x" * 2_000_001,
    ],
)
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(ReceiptError, match=ReceiptRefusal.MALFORMED):
        Receipt.from_text(text)


@pytest.mark.parametrize(
    "text",
    [changed("index 2\n", "index 2\n\n"), changed("\n5\n", "\n05\n"), GOLDEN["receipt"][:-1], GOLDEN["receipt"] + "\n"],
)
def test_a_receipt_holds_a_checkpoint_or_is_none(text: str) -> None:
    with pytest.raises(ReceiptError, match=ReceiptRefusal.MALFORMED_CHECKPOINT):
        Receipt.from_text(text)


@given(
    st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=60),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=32, max_size=32),
)
def test_a_claim_goes_there_and_back(campaign: str, text_hash: bytes, pc: bytes) -> None:
    claim = Claim(campaign, text_hash, pc)

    assert Claim.from_bytes(claim.to_bytes()) == claim


@given(st.binary(max_size=90))
def test_whatever_claim_is_accepted_is_spelled_the_one_way(data: bytes) -> None:
    for extra in (data, b"\x00\x04demo\x00\x20" + data, CLAIM.to_bytes()[:40] + data):
        try:
            claim = Claim.from_bytes(extra)
        except ReceiptError:
            continue
        assert claim.to_bytes() == extra


@pytest.mark.parametrize(
    "spoil",
    [
        lambda extra: extra[:0],
        lambda extra: extra[:-1],
        lambda extra: extra + b"\x00",
        lambda extra: extra + b"\x00\x00",
        lambda extra: b"\x00\x00" + extra[6:],
        lambda extra: extra.replace(b"demo", b"de\nm"),
        lambda extra: extra.replace(b"demo", b"d\xffmo"),
        lambda extra: extra[:6] + b"\x00\x1f" + extra[9:],
    ],
)
def test_any_other_spelling_of_a_claim_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    assert refusal(replace(WHOLE, extra=spoil(WHOLE.extra))) == ReceiptRefusal.MALFORMED


def test_the_entry_is_made_of_all_that_is_claimed() -> None:
    made = {
        entry_of(claim, receipt_key=code, address=address)
        for claim in (
            CLAIM,
            replace(CLAIM, campaign="b"),
            replace(CLAIM, text_hash=bytes(32)),
            replace(CLAIM, pc=bytes(32)),
        )
        for code in (CODE, bytes(32))
        for address in (ANA["address"], "ben@example.org")
    }

    assert len(made) == 16
    assert entry.parse(entry_of(CLAIM, receipt_key=CODE, address=ANA["address"])) == entry.Sign(
        "demo", bytes.fromhex(ANA["C"])
    )
