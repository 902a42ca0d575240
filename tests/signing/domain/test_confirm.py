"""signing.domain.confirm: pending rows move into free seats, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.cast import MAYA, OTTO
from tests.factories.signing import NOW, confirm, count, open_campaign, sign
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State as CampaignState
from tocsin.seal.tokens import new_token
from tocsin.signing import queries
from tocsin.signing.domain import Outcome
from tocsin.signing.models import Listing, PendingSignature, Signature
from tocsin.signing.states import Hold, ReasonState, State
from tocsin.tally.models import QueuedEntry
from tocsin.tally.queries import count_of
from tocsin.tlog.entry import sign as sign_entry

pytestmark = pytest.mark.django_db(transaction=True)


def names(outcomes: list[Outcome]) -> list[str]:
    """Return outcomes in no order: within one batch, who is first is nobody's business."""
    return sorted(outcome.value for outcome in outcomes)


def test_moves_the_row_and_queues_its_entry() -> None:
    campaign = open_campaign()
    signer = sign(campaign)
    assert confirm(signer.token) == [Outcome.CONFIRMED]
    assert PendingSignature.objects.count() == 0
    row = Signature.objects.get()
    assert (row.state, row.seat, row.signed_on, row.index) == (State.CONFIRMED, 0, NOW.date(), None)
    waiting = QueuedEntry.objects.exclude(ref=None).get()
    assert bytes(waiting.entry) == sign_entry("night-trains", bytes(row.commitment))


def test_counts_once_the_sequencer_gave_the_index() -> None:
    campaign = open_campaign()
    confirm(sign(campaign).token)
    advance = count()
    row = Signature.objects.get()
    assert (row.state, row.index) == (State.COUNTED, advance.size - 1)
    assert count_of(campaign.pk).number == 1


def test_twice_in_one_batch_and_again_counts_once() -> None:
    campaign = open_campaign()
    token = sign(campaign).token
    assert confirm(token, token) == [Outcome.CONFIRMED, Outcome.CONFIRMED]
    assert confirm(token) == [Outcome.ALREADY]
    assert Signature.objects.count() == 1


def test_two_pending_rows_of_one_person_count_once_and_the_second_stays_pending() -> None:
    campaign = open_campaign()
    first, second = sign(campaign).token, sign(campaign).token
    assert names(confirm(first, second)) == ["already", "confirmed"]
    assert confirm(first, second) == [Outcome.ALREADY, Outcome.ALREADY]
    assert (Signature.objects.count(), PendingSignature.objects.count()) == (1, 1)


def test_a_household_shares_a_mailbox_and_a_third_name_does_not_fit() -> None:
    campaign = open_campaign()
    tokens = [sign(campaign, replace(MAYA, name=name)).token for name in ("Maya L", "Nils L", "Ole L")]
    assert names(confirm(*tokens)) == ["already", "confirmed", "confirmed"]
    assert sorted(Signature.objects.values_list("seat", flat=True)) == [0, 1]


def test_without_households_one_mailbox_has_one_seat() -> None:
    campaign = open_campaign(form={"household": False})
    tokens = [sign(campaign, replace(MAYA, name=name)).token for name in ("Maya L", "Nils L")]
    assert names(confirm(*tokens)) == ["already", "confirmed"]


def test_a_held_signature_takes_its_seat_but_no_place_in_the_log_or_on_the_list() -> None:
    campaign = open_campaign()
    token = sign(campaign, hold=Hold.DISPOSABLE_DOMAIN, shows_name=True).token
    before = QueuedEntry.objects.count()
    assert confirm(token) == [Outcome.HELD]
    assert (QueuedEntry.objects.count(), Listing.objects.count()) == (before, 0)
    assert Signature.objects.get().state == State.HELD


def test_an_unknown_token_and_an_outlived_one_confirm_nothing() -> None:
    campaign = open_campaign()
    token = sign(campaign).token
    assert confirm(new_token(), token, now=NOW + timedelta(days=8)) == [Outcome.UNKNOWN, Outcome.UNKNOWN]
    assert confirm(token, now=NOW + timedelta(days=7)) == [Outcome.CONFIRMED]


def test_a_replay_a_year_later_says_already() -> None:
    campaign = open_campaign()
    token = sign(campaign).token
    confirm(token)
    count()
    assert confirm(token, now=NOW + timedelta(days=365)) == [Outcome.ALREADY]


def test_a_closed_campaign_confirms_no_more() -> None:
    campaign = open_campaign()
    token = sign(campaign).token
    Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.CLOSED)
    assert confirm(token) == [Outcome.CLOSED]
    assert Signature.objects.count() == 0


def test_the_list_shows_who_chose_it_and_a_reason_only_after_a_yes() -> None:
    campaign = open_campaign()
    confirm(sign(campaign, MAYA, shows_name=True, place="Malmö", reason="I like sleeping on trains").token)
    confirm(sign(campaign, OTTO).token)
    (line,) = queries.public_list(campaign.pk)
    assert (line.name, line.place, line.reason, line.reason_state) == (MAYA.name, "Malmö", "", ReasonState.WAITING)


def test_a_reason_alone_is_no_line_yet() -> None:
    campaign = open_campaign()
    confirm(sign(campaign, reason="I like sleeping on trains").token)
    assert queries.public_list(campaign.pk) == []
    assert queries.waiting_reasons(campaign.pk).count() == 1


def test_a_batch_larger_than_a_statement_moves_every_row_once() -> None:
    campaign = open_campaign()
    tokens = [sign(campaign, replace(MAYA, address=f"maya{number}@example.org")).token for number in range(70)]
    assert confirm(*tokens, tokens[0]) == [Outcome.CONFIRMED] * 71
    assert (Signature.objects.count(), PendingSignature.objects.count()) == (70, 0)
