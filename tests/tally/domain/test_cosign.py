"""A witness's cosignature is added to the checkpoint it is of, shown to everybody, and to nothing else."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.tally.sequencer import NOW, grow_by
from tests.tlog.logs import WITNESS
from tocsin.tally.domain import add_cosignature, note_witness_refusal, publish
from tocsin.tally.domain.cosign import WrongCosignatureError
from tocsin.tally.log import own_log
from tocsin.tally.models import Checkpoint
from tocsin.tally.models import Witness as Stored
from tocsin.tally.queries import Cosigned, consistency_proof, cosigned, published, receipt_parts
from tocsin.tlog.cosignature import CosignatureSigner
from tocsin.tlog.note import Signature, parse
from tocsin.tlog.proofs import verify_consistency
from tocsin.tlog.signed import open_checkpoint

pytestmark = pytest.mark.django_db(transaction=True)
AT = 1_775_000_000
OTHER = CosignatureSigner("other.example.net", bytes(32))


@pytest.fixture(autouse=True)
def witnessed(settings: Settings) -> None:
    settings.WITNESSES = ((WITNESS.verifier.vkey, "http://127.0.0.1:1"),)


def cosignature(size: int, signer: CosignatureSigner = WITNESS, at: int = AT) -> Signature:
    return signer.cosign(parse(Checkpoint.objects.get(size=size).note).text, at=at)


def test_a_cosignature_is_shown_with_the_checkpoint_and_in_receipts() -> None:
    grow_by(5)
    assert cosigned() == []
    assert add_cosignature(size=5, verifier=WITNESS.verifier, signature=cosignature(5))
    publish(log=own_log(), now=NOW)

    newest, parts = published(), receipt_parts(2)
    assert newest is not None
    assert parts is not None
    shown = (Path(own_log().shelf.folder) / "checkpoint").read_text()
    for note in (shown, newest.note, parts.note):
        opened = open_checkpoint(note, log_keys=own_log().verifiers, witnesses=[WITNESS.verifier])
        assert [(one.witness, one.at) for one in opened.cosigned] == [(WITNESS.name, AT)]
    assert cosigned() == [Cosigned(WITNESS.name, 5, datetime.fromtimestamp(AT, UTC))]


def test_a_second_cosignature_of_the_same_witness_is_not_added() -> None:
    grow_by(5)

    assert add_cosignature(size=5, verifier=WITNESS.verifier, signature=cosignature(5))
    assert not add_cosignature(size=5, verifier=WITNESS.verifier, signature=cosignature(5, at=AT + 1))
    assert add_cosignature(size=5, verifier=OTHER.verifier, signature=cosignature(5, OTHER))
    assert Checkpoint.objects.get(size=5).cosignatures.count("\n") == 2
    assert [one.witness for one in cosigned()] == [WITNESS.name]  # the settings name no other


def test_a_cosignature_that_is_not_the_witness_s_over_this_checkpoint_is_refused() -> None:
    grow_by(5)
    grow_by(2)
    wrong = [
        cosignature(5),
        cosignature(7, OTHER),
        cosignature(7)._replace(value=cosignature(7, OTHER).value),
        WITNESS.cosign(parse(Checkpoint.objects.get(size=7).note).text, at=2**62),
    ]
    for one in wrong:
        with pytest.raises(WrongCosignatureError):
            add_cosignature(size=7, verifier=WITNESS.verifier, signature=one)
    assert (Checkpoint.objects.get(size=7).cosignatures, cosigned()) == ("", [])


def test_a_checkpoint_that_is_gone_gets_none() -> None:
    grow_by(5)
    assert not add_cosignature(size=6, verifier=WITNESS.verifier, signature=cosignature(5))


def test_an_older_cosignature_that_comes_late_moves_nothing_back() -> None:
    grow_by(5)
    grow_by(2)
    add_cosignature(size=7, verifier=WITNESS.verifier, signature=cosignature(7))
    add_cosignature(size=5, verifier=WITNESS.verifier, signature=cosignature(5))

    assert [one.size for one in cosigned()] == [7]


def test_a_refusal_is_noted_once() -> None:
    assert note_witness_refusal(witness=WITNESS.name, reason="unreachable")
    assert not note_witness_refusal(witness=WITNESS.name, reason="unreachable")
    assert note_witness_refusal(witness=WITNESS.name, reason="")
    assert (Stored.objects.get(name=WITNESS.name).refusal, cosigned()) == ("", [])


def test_the_proof_for_a_witness_is_made_from_the_published_files() -> None:
    grow_by(300)
    old = published()
    grow_by(400)
    new = published()
    assert old is not None
    assert new is not None

    proof = consistency_proof(300, 700)

    verify_consistency(old=300, size=700, old_root=old.root, root=new.root, proof=proof)
