"""Signed checkpoints: the log's word is needed, witnesses add theirs, and a wrong one spoils all."""

from collections.abc import Sequence

import pytest

from tests.tlog.logs import GOLDEN, LOG, NEXT_LOG_KEY, ORIGIN, WITNESS, flipped
from tocsin.tlog.checkpoint import Checkpoint
from tocsin.tlog.cosignature import CosignatureSigner, CosignatureVerifier, CosignKind
from tocsin.tlog.keys import LogSigner, LogVerifier
from tocsin.tlog.note import add_signatures, parse, sign
from tocsin.tlog.signed import (
    CheckpointError,
    CheckpointRefusal,
    Cosigned,
    open_checkpoint,
    read_checkpoint,
    sign_checkpoint,
)

POINT = Checkpoint(ORIGIN, 5, bytes.fromhex(GOLDEN["root"]))
NOTE = sign_checkpoint(POINT, [LOG])
WITNESSED = add_signatures(NOTE, [WITNESS.cosign(POINT.text, at=7)])


def refusal(
    note: str | bytes, log_keys: Sequence[LogVerifier] = (LOG.verifier,), witnesses: Sequence[CosignatureVerifier] = ()
) -> CheckpointRefusal | None:
    try:
        open_checkpoint(note, log_keys=log_keys, witnesses=witnesses)
    except CheckpointError as error:
        return error.reason
    return None


def test_the_golden_checkpoints_come_out() -> None:
    assert GOLDEN["checkpoint"] == NOTE
    assert sign_checkpoint(POINT, [LOG, NEXT_LOG_KEY]) == GOLDEN["exchange_of_keys"]


def test_the_log_s_own_signature_is_enough() -> None:
    opened = open_checkpoint(NOTE, log_keys=[LOG.verifier])

    assert (opened.checkpoint, opened.note, opened.cosigned) == (POINT, NOTE, ())
    assert read_checkpoint(NOTE) == POINT


def test_witnesses_one_knows_are_named_with_their_time() -> None:
    known = open_checkpoint(WITNESSED, log_keys=[LOG.verifier], witnesses=[WITNESS.verifier])
    unknown = open_checkpoint(WITNESSED, log_keys=[LOG.verifier])

    assert known.cosigned == (Cosigned(WITNESS.name, 7),)
    assert unknown.cosigned == ()


def test_one_witness_with_two_keys_is_one_witness() -> None:
    second = CosignatureSigner(WITNESS.name, WITNESS.seed, CosignKind.ML_DSA_44)
    note = add_signatures(WITNESSED, [second.cosign(POINT.text, at=8)])

    opened = open_checkpoint(note, log_keys=[LOG.verifier], witnesses=[WITNESS.verifier, second.verifier])
    assert [one.witness for one in opened.cosigned] == [WITNESS.name]


def test_a_witness_s_word_does_not_stand_for_the_log_s() -> None:
    only_witness = f"{POINT.text}\n{WITNESS.cosign(POINT.text, at=7).line}"

    assert refusal(only_witness, witnesses=[WITNESS.verifier]) == CheckpointRefusal.NOT_BY_THIS_LOG


def test_a_wrong_signature_by_a_known_witness_spoils_the_checkpoint() -> None:
    wrong = add_signatures(NOTE, [WITNESS.cosign(POINT._replace(size=4).text, at=7)])

    assert refusal(wrong, witnesses=[WITNESS.verifier]) == CheckpointRefusal.BAD_SIGNATURE
    assert refusal(wrong) is None  # a stranger's is passed over


def test_every_flipped_bit_is_refused() -> None:
    raw = NOTE.encode()
    for bit in range(len(raw) * 8):
        assert refusal(flipped(raw, bit)) is not None


def test_another_log_s_key_is_refused() -> None:
    other = LogSigner("other.example.org/tally", LOG.seed)

    assert refusal(NOTE, [other.verifier]) == CheckpointRefusal.NOT_BY_THIS_LOG
    assert refusal(NOTE, [NEXT_LOG_KEY.verifier]) == CheckpointRefusal.NOT_BY_THIS_LOG


def test_a_key_that_signs_for_another_log_lends_it_nothing() -> None:
    lent = sign(POINT._replace(origin="other.example.org/tally").text, [LOG])

    assert refusal(lent) == CheckpointRefusal.OTHER_ORIGIN
    with pytest.raises(ValueError, match="bear its log's name"):
        sign_checkpoint(POINT._replace(origin="other.example.org/tally"), [LOG])


def test_a_checkpoint_is_signed_by_somebody() -> None:
    with pytest.raises(ValueError, match="bear its log's name"):
        sign_checkpoint(POINT, [])


def test_while_a_key_is_exchanged_either_is_enough() -> None:
    overlap = GOLDEN["exchange_of_keys"]

    assert refusal(overlap) is None
    assert refusal(overlap, [NEXT_LOG_KEY.verifier]) is None
    assert refusal(sign_checkpoint(POINT, [NEXT_LOG_KEY])) == CheckpointRefusal.NOT_BY_THIS_LOG


@pytest.mark.parametrize(
    "note", ["", "x", POINT.text, sign("letter\n", [LOG]), NOTE[:-1], NOTE.replace("\n5\n", "\n05\n")]
)
def test_what_is_no_checkpoint_is_refused_as_such(note: str) -> None:
    assert refusal(note) == CheckpointRefusal.MALFORMED
    with pytest.raises(CheckpointError, match=CheckpointRefusal.MALFORMED):
        read_checkpoint(note)


def test_the_note_is_handed_on_byte_for_byte() -> None:
    assert open_checkpoint(WITNESSED, log_keys=[LOG.verifier]).note == WITNESSED
    assert str(parse(WITNESSED)) == WITNESSED
