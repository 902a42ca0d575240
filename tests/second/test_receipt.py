"""Receipts by three checkers: ours, one written from the specification alone, and the offline page's."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import tocsin.website.verify
from tests import vectors
from tests.running import node
from tests.tlog.logs import GOLDEN, LOG, NEXT_LOG_KEY, Log
from tocsin.tlog.checkpoint import Checkpoint
from tocsin.tlog.keys import LogSigner, parse_log_vkey
from tocsin.tlog.proofs import prove_inclusion
from tocsin.tlog.receipt import Claim, Receipt, ReceiptError, entry_of, verify_receipt
from tocsin.tlog.signed import sign_checkpoint

HERE = Path(__file__).parent
PAGE = Path(tocsin.website.verify.__file__).parent / "check.mjs"
ANA = vectors.load("entries")["signature"]
CODE, ADDRESS = ANA["receipt_key"], ANA["address"]
CLAIM = Claim("demo", bytes.fromhex(ANA["text_hash"]), bytes.fromhex(ANA["pc"]))
INDEX, SIZE = 700, 1000
ELSEWHERE = LogSigner("elsewhere.example/tally", LOG.seed)

Given = dict[str, str]


def _log() -> Log:
    others = Log.of(SIZE).entries
    return Log(
        [*others[:INDEX], entry_of(CLAIM, receipt_key=bytes.fromhex(CODE), address=ADDRESS), *others[INDEX + 1 :]]
    )


def _receipt() -> Receipt:
    log = _log()
    signed = sign_checkpoint(Checkpoint(LOG.name, SIZE, log.root()), [LOG])
    return Receipt(INDEX, tuple(prove_inclusion(INDEX, SIZE, log.node)), signed, CLAIM.to_bytes())


RIGHT = _receipt()


def given(receipt: Receipt | str = RIGHT, **other: str) -> Given:
    text = receipt if isinstance(receipt, str) else receipt.text
    return {"receipt": text, "code": CODE, "address": ADDRESS, "vkey": LOG.verifier.vkey} | other


def claiming(claim: Claim) -> Receipt:
    return replace(RIGHT, extra=claim.to_bytes())


def by_ours(one: Given) -> str:
    try:
        verify_receipt(
            Receipt.from_text(one["receipt"]),
            receipt_key=bytes.fromhex(one["code"]),
            address=one["address"],
            log_keys=[parse_log_vkey(one["vkey"])],
        )
    except ReceiptError as error:
        return str(error.reason)
    return "ok"


def flipped(proof: tuple[bytes, ...], place: int) -> tuple[bytes, ...]:
    return tuple(bytes([one[0] ^ 1]) + one[1:] if at == place else one for at, one in enumerate(proof))


WRONG: dict[str, tuple[Given, str]] = {
    "another address": (given(address="anna@example.org"), "not-this-signature"),
    "another spelling of the address": (given(address="Ana@example.org"), "not-this-signature"),
    "another code": (given(code="00" * 32), "not-this-signature"),
    "another campaign": (given(claiming(replace(CLAIM, campaign="demo2"))), "not-this-signature"),
    "another text": (given(claiming(replace(CLAIM, text_hash=bytes(32)))), "not-this-signature"),
    "another payload": (given(claiming(replace(CLAIM, pc=bytes(32)))), "not-this-signature"),
    "index + 1": (given(replace(RIGHT, index=INDEX + 1)), "other-index"),
    "index - 1": (given(replace(RIGHT, index=INDEX - 1)), "other-index"),
    "index beyond": (given(replace(RIGHT, index=SIZE)), "index-beyond-size"),
    "cut proof": (given(replace(RIGHT, proof=RIGHT.proof[:-1])), "proof-too-short"),
    "no proof": (given(replace(RIGHT, proof=())), "proof-too-short"),
    "extra hash": (given(replace(RIGHT, proof=(*RIGHT.proof, bytes(32)))), "proof-too-long"),
    "another log's key": (given(vkey=NEXT_LOG_KEY.verifier.vkey), "not-by-this-log"),
    "another log": (given(vkey=ELSEWHERE.verifier.vkey), "not-by-this-log"),
    "changed size": (given(RIGHT.text.replace("\n1000\n", "\n1001\n")), "bad-signature"),
    "no newline at the end": (given(RIGHT.text[:-1]), "malformed-checkpoint"),
    "index with a zero in front": (given(RIGHT.text.replace("index 700", "index 0700")), "malformed"),
    "another version": (given(RIGHT.text.replace("@v1", "@v2")), "malformed"),
    "extra that goes on": (given(replace(RIGHT, extra=RIGHT.extra + b"x")), "malformed"),
    "extra that is cut": (given(replace(RIGHT, extra=RIGHT.extra[:-1])), "malformed"),
    "sixty-four hashes": (given(replace(RIGHT, proof=(bytes(32),) * 64)), "malformed"),
    "empty": (given(""), "malformed"),
} | {
    f"hash {place} flipped": (given(replace(RIGHT, proof=flipped(RIGHT.proof, place))), "not-this-signature")
    for place in range(len(RIGHT.proof))
}


@pytest.fixture(scope="module")
def second() -> list[str]:
    verdicts: list[str] = node.run(HERE / "receipt.mjs", given=_all())
    return verdicts


@pytest.fixture(scope="module")
def page() -> list[str]:
    verdicts: list[str] = node.run(HERE / "page.mjs", PAGE, given=_all())
    return verdicts


def _all() -> list[Any]:
    return [given(), {**given(), "receipt": GOLDEN["receipt"]}, *(one for one, _ in WRONG.values())]


def test_the_example_log_is_large_enough_to_err_in() -> None:
    assert len(RIGHT.proof) == 10
    assert base64.b64encode(RIGHT.extra).decode() in RIGHT.text


def test_all_three_accept_what_is_right(second: list[str], page: list[str]) -> None:
    assert [by_ours(one) for one in _all()[:2]] == ["ok", "ok"]
    assert (second[:2], page[:2]) == (["ok", "ok"], ["ok", "ok"])


def test_all_three_refuse_what_is_wrong_and_say_the_same(second: list[str], page: list[str]) -> None:
    expected = {name: reason for name, (_, reason) in WRONG.items()}

    assert {name: by_ours(one) for name, (one, _) in WRONG.items()} == expected
    assert dict(zip(WRONG, second[2:], strict=True)) == expected
    assert dict(zip(WRONG, page[2:], strict=True)) == expected
