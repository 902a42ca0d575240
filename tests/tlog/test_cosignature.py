"""Cosignatures of both kinds: bound to the checkpoint, the time and the witness."""

import pytest

from tests.tlog.logs import GOLDEN, WITNESS, flipped
from tocsin.tlog.cosignature import CosignatureSigner, CosignatureVerifier, CosignKind, timestamp_of
from tocsin.tlog.note import parse, parse_signature

TEXT = parse(GOLDEN["checkpoint"]).text
AT = GOLDEN["cosigned_at"]
QUANTUM = CosignatureSigner(WITNESS.name, WITNESS.seed, CosignKind.ML_DSA_44)
BOTH = pytest.mark.parametrize("witness", [WITNESS, QUANTUM], ids=["Ed25519", "ML-DSA-44"])


def test_the_golden_cosignature_comes_out() -> None:
    assert WITNESS.cosign(TEXT, at=AT).line == GOLDEN["cosignature"]


def test_the_golden_post_quantum_cosignature_verifies() -> None:
    line = parse_signature(GOLDEN["cosignature_ml_dsa_44"].removesuffix("\n"))

    assert (line.name, line.key_id) == (QUANTUM.name, QUANTUM.verifier.key_id)
    assert QUANTUM.verifier.verify(TEXT.encode(), line.value)


@BOTH
def test_a_cosignature_holds_for_its_checkpoint_time_and_witness_only(witness: CosignatureSigner) -> None:
    value = witness.cosign(TEXT, at=AT).value
    key = witness.verifier

    assert timestamp_of(value) == AT
    assert key.verify(TEXT.encode(), value)
    assert not key.verify(TEXT.replace("\n5\n", "\n6\n").encode(), value)
    assert not key.verify(TEXT.replace("log.", "lag.").encode(), value)
    assert not CosignatureSigner(witness.name, bytes(32), witness.kind).verifier.verify(TEXT.encode(), value)
    for bit in range(len(value) * 8) if len(value) < 100 else range(0, len(value) * 8, 97):
        assert not key.verify(TEXT.encode(), flipped(value, bit))
    for spoiled in (b"", value[:8], value[:-1], value + b"\0"):
        assert not key.verify(TEXT.encode(), spoiled)


def test_the_post_quantum_kind_is_bound_to_its_name_too() -> None:
    value = QUANTUM.cosign(TEXT, at=AT).value
    renamed = CosignatureVerifier("other.example.net", QUANTUM.kind, QUANTUM.verifier.public)

    assert not renamed.verify(TEXT.encode(), value)


@BOTH
def test_only_checkpoints_are_cosigned(witness: CosignatureSigner) -> None:
    for text in ("", "letter\n", TEXT[:-1], TEXT + "\n"):
        with pytest.raises(ValueError, match="only a checkpoint"):
            witness.cosign(text, at=AT)
        assert not witness.verifier.verify(text.encode(), bytes(72))
    assert not witness.verifier.verify(b"\xff\n0\n", bytes(72))


@BOTH
@pytest.mark.parametrize("at", [-1, 2**63])
def test_a_time_that_does_not_exist_is_refused(witness: CosignatureSigner, at: int) -> None:
    with pytest.raises(ValueError, match="at a time since 1970"):
        witness.cosign(TEXT, at=at)


def test_a_time_past_what_may_be_stated_does_not_verify() -> None:
    assert not WITNESS.verifier.verify(TEXT.encode(), b"\xff" * 8 + WITNESS.cosign(TEXT, at=AT).value[8:])


def test_a_name_too_long_for_the_structure_is_refused_by_the_kind_that_has_one() -> None:
    long = CosignatureSigner("a" * 256, WITNESS.seed, CosignKind.ML_DSA_44)

    with pytest.raises(ValueError, match="only a checkpoint"):
        long.cosign(TEXT, at=AT)
    assert CosignatureSigner("a" * 256, WITNESS.seed).cosign(TEXT, at=AT)


def test_a_public_key_of_another_length_is_refused() -> None:
    for kind, length in ((CosignKind.ED25519, 1312), (CosignKind.ML_DSA_44, 32)):
        with pytest.raises(ValueError, match="public key of this kind"):
            CosignatureVerifier("a", kind, bytes(length))
