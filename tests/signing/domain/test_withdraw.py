"""signing.domain.withdraw: the row is erased, the number drops, a tombstone stays."""

from datetime import timedelta

import pytest
from django.db import connection

from tests.cast import MAYA, OTTO
from tests.factories.signing import NOW, confirm, count, counted, open_campaign, sign
from tocsin.campaigns.domain import close_campaign
from tocsin.outbox.models import Letter
from tocsin.seal.tokens import manage_token, new_token, token_hash
from tocsin.signing import domain as signing
from tocsin.signing.domain import Outcome
from tocsin.signing.models import Listing, PendingSignature, Signature, Tombstone
from tocsin.signing.states import State
from tocsin.tally.models import Entry, QueuedEntry
from tocsin.tally.queries import count_of
from tocsin.tlog.entry import Kind, Reason, withdraw

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_counted_signature_leaves_the_number_and_the_log_says_why() -> None:
    campaign = open_campaign()
    maya, _ = counted(campaign, [MAYA, OTTO])
    index = Signature.objects.get(manage_hash=token_hash(manage_token(maya))).index
    assert signing.withdraw(token=maya, now=NOW)
    count()
    assert count_of(campaign.pk).number == 1
    assert index is not None
    last = Entry.objects.get(kind=Kind.WITHDRAW)
    assert bytes(last.entry) == withdraw("night-trains", index, Reason.SIGNATORY)


def test_nothing_is_left_but_the_tombstone() -> None:
    campaign = open_campaign()
    (token,) = counted(campaign, [MAYA], shows_name=True)
    signing.withdraw(token=token, now=NOW)
    assert (Signature.objects.count(), Listing.objects.count(), PendingSignature.objects.count()) == (0, 0, 0)
    stone = Tombstone.objects.get()
    assert (stone.state, bytes(stone.token_hash)) == (State.WITHDRAWN, token_hash(token))


def test_twice_drops_the_number_once() -> None:
    campaign = open_campaign()
    (token,) = counted(campaign, [MAYA])
    assert [signing.withdraw(token=token, now=NOW), signing.withdraw(token=token, now=NOW)] == [True, False]
    count()
    assert count_of(campaign.pk).number == 0


def test_the_manage_token_withdraws_too_and_a_foreign_one_does_not() -> None:
    campaign = open_campaign()
    (token,) = counted(campaign, [MAYA])
    assert not signing.withdraw(token=new_token(), now=NOW)
    assert signing.withdraw(token=manage_token(token), now=NOW)


def test_before_it_is_counted_no_entry_is_left() -> None:
    campaign = open_campaign()
    token = sign(campaign).token
    confirm(token)
    before = QueuedEntry.objects.count()
    assert signing.withdraw(token=token, now=NOW)
    assert QueuedEntry.objects.count() == before - 1
    assert Tombstone.objects.get().index is None
    count()
    assert count_of(campaign.pk) == (0, 0, count_of(campaign.pk).size)


def test_before_it_is_confirmed_the_pending_row_goes() -> None:
    campaign = open_campaign()
    token = sign(campaign).token
    assert signing.withdraw(token=token, now=NOW)
    assert confirm(token) == [Outcome.UNKNOWN]


def test_whoever_withdrew_may_sign_again() -> None:
    campaign = open_campaign()
    (token,) = counted(campaign, [MAYA])
    signing.withdraw(token=token, now=NOW)
    assert confirm(token) == [Outcome.WITHDRAWN]
    counted(campaign, [MAYA])
    assert count_of(campaign.pk) == (2, 1, count_of(campaign.pk).size)


def test_after_the_campaign_has_closed_one_withdraws_as_before() -> None:
    campaign = open_campaign()
    maya, _ = counted(campaign, [MAYA, OTTO])
    close_campaign(campaign=campaign, now=NOW, forget_tags=signing.forget_tags)
    assert signing.withdraw(token=maya, now=NOW)
    count()
    assert count_of(campaign.pk).number == 1


def test_a_link_from_before_its_withdrawal_never_counts_again() -> None:
    campaign = open_campaign()
    (token,) = counted(campaign, [MAYA])
    signing.withdraw(token=token, now=NOW)
    assert confirm(token, token, now=NOW + timedelta(days=366)) == [Outcome.WITHDRAWN] * 2
    count()
    assert count_of(campaign.pk)[:2] == (1, 1)


def test_no_column_of_any_table_holds_what_was_erased() -> None:
    campaign = open_campaign()
    (token,) = counted(campaign, [MAYA], shows_name=True, reason="Trains, please.")
    row = Signature.objects.get()
    erased = {bytes(value) for value in (row.tag, row.name_tag, row.pc, row.bind, row.sealed, row.own_copy)}
    Letter.objects.all().delete()  # sent meanwhile
    assert erased <= values_of_all_tables()
    assert {MAYA.name.encode(), bytes(row.public_part or b"")} <= values_of_all_tables()
    signing.withdraw(token=token, now=NOW)
    left = values_of_all_tables()
    assert not left & {*erased, MAYA.name.encode(), bytes(row.public_part or b"")}
    assert {bytes(row.commitment), bytes(row.manage_hash), bytes(row.token_hash)} <= left


def values_of_all_tables() -> set[bytes]:
    """Return every text and every blob that the database holds, whatever the table."""
    with connection.cursor() as cursor:
        found: set[bytes] = set()
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            values = (value for row in cursor.fetchall() for value in row)
            found |= {bytes(one) if not isinstance(one, str) else one.encode() for one in values if _is_text(one)}
    return found


def _is_text(value: object) -> bool:
    return isinstance(value, str | bytes | memoryview)
