"""signing.domain.replay_withdrawals: what a restored backup brings back goes again, and nothing is counted twice."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cast import MAYA, OTTO, PILAR, RUI
from tests.factories.signing import NOW, confirm, count, counted, open_campaign, sign
from tocsin.outbox.models import Letter
from tocsin.seal.tokens import manage_token, token_hash
from tocsin.signing import domain as signing
from tocsin.signing.domain import Outcome, Replayed, Withdrawal
from tocsin.signing.domain import replay as verb
from tocsin.signing.domain.erase import erase
from tocsin.signing.models import Listing, PendingSignature, Signature, Tombstone
from tocsin.signing.states import Hold, State
from tocsin.tally.models import Entry, QueuedEntry
from tocsin.tlog import entry
from tocsin.tlog.entry import Reason

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = (Signature, PendingSignature, Listing, Tombstone, QueuedEntry, Letter)
Backup = dict[Any, list[Any]]


def backup() -> Backup:
    return {model: list(model._default_manager.values()) for model in TABLES}  # noqa: SLF001  documented by Django


def restore(kept: Backup) -> None:
    """Put the signatures' tables back as they were; the log is public, and stays."""
    for model, rows in kept.items():
        model._default_manager.all().delete()  # noqa: SLF001  as above
        for row in rows:
            row.pop("pk", None)
            model._default_manager.create(**row)  # noqa: SLF001  as above


def logged() -> Iterator[Withdrawal]:
    """Read the withdrawals off the log, as whoever recovers it does."""
    entries = [entry.parse(bytes(one)) for one in Entry.objects.order_by("index").values_list("entry", flat=True)]
    for one in entries:
        if isinstance(one, entry.Withdraw):
            signed = entries[one.index]
            assert isinstance(signed, entry.Sign)
            yield Withdrawal(one.index, signed.commitment, one.reason)


def replay() -> Replayed:
    return signing.replay_withdrawals(withdrawals=logged())


def test_who_withdrew_after_the_backup_is_gone_again_and_the_others_stay() -> None:
    campaign = open_campaign()
    maya, _ = counted(campaign, [MAYA, OTTO], shows_name=True)
    kept = backup()
    signing.withdraw(token=maya, now=NOW)
    count()
    stone = Tombstone.objects.values().get()
    restore(kept)
    assert (Signature.objects.count(), Listing.objects.count()) == (2, 2)
    Letter.objects.all().delete()

    assert replay() == Replayed(signatures=1, pending=0, letters=0)
    assert Tombstone.objects.values().get() == stone
    assert (Signature.objects.count(), Listing.objects.get().name) == (1, OTTO.name)
    assert not QueuedEntry.objects.exists()


def test_a_second_time_finds_nothing() -> None:
    campaign = open_campaign()
    (maya,) = counted(campaign, [MAYA])
    kept = backup()
    signing.withdraw(token=maya, now=NOW)
    count()
    restore(kept)
    replay()
    assert replay() == Replayed(0, 0, 0)
    assert Tombstone.objects.count() == 1


def test_a_backup_from_before_the_counting_leaves_nothing_in_the_queue() -> None:
    campaign = open_campaign()
    token = sign(campaign).token
    confirm(token)
    kept = backup()
    count()
    index = Signature.objects.get().index
    signing.withdraw(token=token, now=NOW)
    count()
    restore(kept)
    assert replay().signatures == 1
    assert Tombstone.objects.get().index == index
    assert not QueuedEntry.objects.filter(kind=entry.Kind.SIGN).exists()


def test_a_backup_from_before_the_confirming_brings_back_neither_link_nor_mail() -> None:
    campaign = open_campaign()
    maya, otto = sign(campaign).token, sign(campaign, OTTO).token
    kept = backup()
    confirm(maya)
    count()
    signing.withdraw(token=maya, now=NOW)
    count()
    restore(kept)

    assert replay() == Replayed(signatures=0, pending=1, letters=1)
    assert confirm(maya) == [Outcome.WITHDRAWN]
    assert bytes(PendingSignature.objects.get().token_hash) == token_hash(otto)
    assert Letter.objects.count() == 1


def test_a_struck_one_is_struck_again() -> None:
    campaign = open_campaign()
    (maya,) = counted(campaign, [MAYA])
    key = token_hash(manage_token(maya))
    index = Signature.objects.get().index
    gone = Withdrawal(index or 0, bytes(Signature.objects.get().commitment), Reason.STRUCK)
    signing.replay_withdrawals(withdrawals=[gone])
    assert (Tombstone.objects.get().state, bytes(Tombstone.objects.get().manage_hash)) == (State.STRUCK, key)


def test_more_than_fit_into_one_reading_are_all_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "_SOUGHT_AT_ONCE", 2)
    monkeypatch.setattr(verb, "_ERASED_AT_ONCE", 1)
    campaign = open_campaign()
    tokens = counted(campaign, [MAYA, OTTO, PILAR])
    kept = backup()
    for token in tokens:
        signing.withdraw(token=token, now=NOW)
    count()
    restore(kept)
    assert replay().signatures == 3
    assert Signature.objects.count() == 0


def test_dying_in_the_middle_and_starting_anew_ends_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "_ERASED_AT_ONCE", 1)
    campaign = open_campaign()
    tokens = counted(campaign, [MAYA, OTTO, PILAR])
    kept = backup()
    for token in tokens:
        signing.withdraw(token=token, now=NOW)
    count()
    restore(kept)
    real, seen = erase, []

    def dies_at_the_second(*args: Any, **more: Any) -> Any:
        seen.append(args)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return real(*args, **more)

    with monkeypatch.context() as once:
        once.setattr(verb, "erase", dies_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            replay()
    assert Signature.objects.count() == 2
    assert replay().signatures == 2
    assert Tombstone.objects.count() == 3


def test_what_the_log_does_not_know_is_left_alone() -> None:
    campaign = open_campaign()
    counted(campaign, [MAYA])
    confirm(sign(campaign, RUI, hold=Hold.NETWORK_RATE).token)
    assert signing.replay_withdrawals(withdrawals=[Withdrawal(7, b"?" * 32, Reason.SIGNATORY)]) == Replayed(0, 0, 0)
    assert Signature.objects.count() == 2


def test_reading_is_bounded_by_the_log_not_by_a_question_for_each(
    django_assert_max_num_queries: Any,
) -> None:
    campaign = open_campaign()
    counted(campaign, [MAYA, OTTO, PILAR, RUI])
    strangers = [Withdrawal(number, number.to_bytes(32, "big"), Reason.SIGNATORY) for number in range(5_000)]
    with django_assert_max_num_queries(4):
        signing.replay_withdrawals(withdrawals=strangers)
