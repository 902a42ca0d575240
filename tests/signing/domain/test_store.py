"""signing.domain.store: rows, mails, epochs and spent proofs in one commit."""

import pytest

from tests.cast import MAYA, OTTO
from tests.factories.signing import NOW, filled, intake_of, open_campaign
from tocsin import db
from tocsin.outbox.models import Letter
from tocsin.signing import domain as signing
from tocsin.signing.domain import Proof
from tocsin.signing.models import PendingSignature
from tocsin.vault.models import EpochKey

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_signature_its_mail_and_its_epoch_are_stored_together() -> None:
    intake = intake_of(open_campaign())
    batch = [
        signing.take(intake=intake, filled=filled(intake, person), hold=None, proof=None, now=NOW)
        for person in (MAYA, OTTO)
    ]
    with db.transaction():
        assert signing.store(batch) == [True, True]
    assert (PendingSignature.objects.count(), Letter.objects.count(), EpochKey.objects.count()) == (2, 2, 1)


def test_a_rolled_back_batch_leaves_nothing_and_can_be_stored_again() -> None:
    intake = intake_of(open_campaign())
    taken = signing.take(intake=intake, filled=filled(intake), hold=None, proof=None, now=NOW)

    def fail_after_storing() -> None:
        with db.transaction():
            signing.store([taken])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_storing()
    assert (PendingSignature.objects.count(), Letter.objects.count(), EpochKey.objects.count()) == (0, 0, 0)
    with db.transaction():
        assert signing.store([taken]) == [True]
    assert EpochKey.objects.count() == 1


def test_a_proof_works_once_within_a_batch_and_across_batches() -> None:
    intake = intake_of(open_campaign())
    proof = Proof(int(NOW.timestamp()) + 60, b"n" * 16)

    def taken() -> signing.Taken:
        return signing.take(intake=intake, filled=filled(intake), hold=None, proof=proof, now=NOW)

    with db.transaction():
        assert signing.store([taken(), taken()]) == [True, False]
    with db.transaction():
        assert signing.store([taken()]) == [False]
    assert (PendingSignature.objects.count(), Letter.objects.count()) == (1, 1)
