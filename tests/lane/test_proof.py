"""lane.proof: our quick check and altcha's own say the same of every payload."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.lane.proof import VALID_SECONDS, ProofFlaw, ProofKeys, mint, verify
from tocsin.signing.domain import Proof

KEYS = ProofKeys(b"c" * 32, b"d" * 32)
# altcha's own check reads the clock, and this test may have its turn an hour after it was collected.
NOW = datetime.now(UTC) + timedelta(hours=12)
Sent = dict[str, Any]


def solved(campaign: str = "demo", keys: ProofKeys = KEYS) -> Sent:
    """Return a solved challenge as the widget sends it, before it is encoded."""
    challenge = mint(keys, campaign, NOW)
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return altcha.Payload(challenge, solution).to_dict()


SOLVED = solved()


def encoded(sent: object) -> str:
    """Return what the hidden field holds."""
    return base64.b64encode(json.dumps(sent).encode()).decode()


def altcha_says(payload: str) -> bool:
    """Ask altcha's own verification."""
    return altcha.verify_solution(payload, KEYS.challenge, hmac_key_secret=KEYS.derived).verified


def test_a_solved_challenge_is_a_proof_in_both_opinions() -> None:
    payload = encoded(SOLVED)
    parameters = SOLVED["challenge"]["parameters"]
    assert verify(KEYS, payload, "demo", NOW) == Proof(parameters["expiresAt"], bytes.fromhex(parameters["nonce"]))
    assert altcha_says(payload)


def test_of_another_campaign_expired_or_of_another_server_it_is_none() -> None:
    payload = encoded(SOLVED)
    assert verify(KEYS, payload, "other", NOW) is ProofFlaw.PROOF_OF_ANOTHER_CAMPAIGN
    assert verify(KEYS, payload, "demo", NOW + timedelta(seconds=VALID_SECONDS + 1)) is ProofFlaw.PROOF_EXPIRED
    assert verify(ProofKeys(b"x" * 32, b"d" * 32), payload, "demo", NOW) is ProofFlaw.PROOF_FORGED
    assert verify(ProofKeys(b"c" * 32, b"x" * 32), payload, "demo", NOW) is ProofFlaw.PROOF_FORGED


def _set(*path: str, value: object) -> Callable[[Sent], None]:
    def change(sent: Sent) -> None:
        place = sent
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("challenge", "parameters", "cost", value=1),
        _set("challenge", "parameters", "keyPrefix", value="00"),
        _set("challenge", "parameters", "expiresAt", value=2**33),
        _set("challenge", "parameters", "data", value={"campaign": "other"}),
        _set("challenge", "signature", value=""),
        _set("challenge", "signature", value="00" * 32),
        _set("challenge", "signature", value=7),
        _set("challenge", value=[]),
        _set("solution", "derivedKey", value="00" * 32),
        _set("solution", "derivedKey", value=None),
        _set("solution", value=None),
    ],
)
def test_an_edited_one_is_none_in_both_opinions(change: Callable[[Sent], None]) -> None:
    sent = json.loads(json.dumps(SOLVED))
    change(sent)
    assert isinstance(verify(KEYS, encoded(sent), "demo", NOW), ProofFlaw)
    assert not altcha_says(encoded(sent))


def test_a_parameter_that_we_never_wrote_is_forged_though_altcha_overlooks_it() -> None:
    sent = json.loads(json.dumps(SOLVED))
    sent["challenge"]["parameters"]["extra"] = 1
    assert verify(KEYS, encoded(sent), "demo", NOW) is ProofFlaw.PROOF_FORGED


@pytest.mark.parametrize("payload", ["", "!", "e30=", "bnVsbA==", "W10=", "A" * 5000, encoded("[" * 2000)])
def test_rubbish_is_unreadable(payload: str) -> None:
    assert verify(KEYS, payload, "demo", NOW) is ProofFlaw.PROOF_UNREADABLE


@given(st.binary(max_size=600))
def test_no_bytes_at_all_make_it_fall_over(raw: bytes) -> None:
    assert isinstance(verify(KEYS, base64.b64encode(raw).decode(), "demo", NOW), ProofFlaw)
