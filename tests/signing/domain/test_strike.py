"""signing.domain.strike: removed for a public reason; one person a few, two people many."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests import factories
from tests.cast import MAYA, OTTO, PILAR
from tests.factories.signing import NOW, confirm, count, counted, open_campaign, sign
from tocsin.campaigns.models import Campaign, Member, User
from tocsin.campaigns.refusals import Refusal, RefusedError
from tocsin.campaigns.states import Role
from tocsin.seal.tokens import manage_token, token_hash
from tocsin.signing import domain as signing
from tocsin.signing.domain import StrikeResult
from tocsin.signing.models import Signature, Strike, StrikeProposal, Tombstone
from tocsin.signing.queries import StrikeLine, status_of, strikes
from tocsin.signing.states import Hold, State
from tocsin.tally.models import Entry
from tocsin.tlog.entry import Kind, Reason, withdraw

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "Sent by one robot from one network."


@pytest.fixture
def campaign() -> Campaign:
    return open_campaign()


@pytest.fixture
def noor(campaign: Campaign) -> User:
    return member(campaign, Role.OWNER)


@pytest.fixture
def edith(campaign: Campaign) -> User:
    return member(campaign, Role.EDITOR)


def member(campaign: Campaign, role: Role) -> User:
    user: User = factories.UserFactory.create()
    factories.MemberFactory.create(campaign=campaign, user=user, role=role)
    return user


def crowd(campaign: Campaign, number: int, *, hold: Hold | None = None) -> list[bytes]:
    people = [replace(MAYA, address=f"maya{one}@example{one}.org", name=f"Maya the {one}th") for one in range(number)]
    tokens = [sign(campaign, person, hold=hold).token for person in people]
    confirm(*tokens)
    return tokens


def all_keys() -> list[tuple[bytes, int]]:
    return [(bytes(tag), seat) for tag, seat in Signature.objects.values_list("tag", "seat").order_by("tag")]


def refused(verb: Callable[[], object]) -> list[Refusal]:
    with pytest.raises(RefusedError) as caught:
        verb()
    return [one.refusal for one in caught.value.refused]


def struck_entries() -> list[bytes]:
    return [bytes(one) for one in Entry.objects.filter(kind=Kind.WITHDRAW).values_list("entry", flat=True)]


def test_one_or_many_are_struck_and_the_log_gives_reason_three(campaign: Campaign, noor: User) -> None:
    counted(campaign, [MAYA])
    index = Signature.objects.get().index or 0
    confirm(sign(campaign, OTTO, hold=Hold.NETWORK_RATE).token, sign(campaign, PILAR).token)
    keys = [*all_keys(), (b"?" * 16, 0)]
    done = signing.strike(campaign=campaign, keys=keys, reason=WHY, asked_by=noor, now=NOW)
    assert done == StrikeResult(3, 1)
    assert set(Tombstone.objects.values_list("state", flat=True)) == {State.STRUCK}
    count()
    assert struck_entries() == [withdraw(campaign.slug, index, Reason.STRUCK)]


def test_day_numbers_and_reason_are_public_and_who_did_it_is_not(campaign: Campaign, noor: User) -> None:
    counted(campaign, [MAYA])
    confirm(sign(campaign, OTTO, hold=Hold.NETWORK_RATE).token)
    signing.strike(campaign=campaign, keys=all_keys(), reason=f"  {WHY}\n", asked_by=noor, now=NOW)
    assert strikes(campaign.pk) == [StrikeLine(NOW.date(), 2, 1, WHY, "en")]
    assert Strike.objects.get().asked_by == noor


def test_whoever_is_struck_reads_why_behind_their_own_link(campaign: Campaign, noor: User) -> None:
    (token,) = counted(campaign, [MAYA])
    signing.strike(campaign=campaign, keys=all_keys(), reason=WHY, asked_by=noor, now=NOW)
    status = status_of(token)
    assert status.state is State.STRUCK
    assert status.strike is not None
    assert status.strike.reason == WHY


def test_a_withdrawn_one_names_no_strike(campaign: Campaign) -> None:
    (token,) = counted(campaign, [MAYA])
    signing.withdraw(token=token, now=NOW)
    assert (status_of(token).state, status_of(token).strike) == (State.WITHDRAWN, None)


@pytest.mark.parametrize(
    "reason, why",
    [
        ("", Refusal.EMPTY),
        (" \n ", Refusal.EMPTY),
        ("x" * 501, Refusal.TOO_LONG),
        ("a \x07 bell", Refusal.CONTROL_CHARACTER),
    ],
)
def test_without_a_reason_that_can_be_read_nothing_is_struck(
    campaign: Campaign, noor: User, reason: str, why: Refusal
) -> None:
    counted(campaign, [MAYA])
    keys = all_keys()
    assert refused(lambda: signing.strike(campaign=campaign, keys=keys, reason=reason, asked_by=noor, now=NOW)) == [why]
    assert refused(
        lambda: signing.propose_strike(campaign=campaign, keys=keys, reason=reason, asked_by=noor, now=NOW)
    ) == [why]
    assert (Signature.objects.count(), Strike.objects.count(), StrikeProposal.objects.count()) == (1, 0, 0)


def test_a_strike_that_finds_nothing_leaves_no_record(campaign: Campaign, noor: User) -> None:
    done = signing.strike(campaign=campaign, keys=[(b"?" * 16, 0)], reason=WHY, asked_by=noor, now=NOW)
    assert (done, Strike.objects.count()) == (StrikeResult(0, 1), 0)


def test_another_campaigns_signatures_are_out_of_reach(campaign: Campaign, noor: User) -> None:
    other = open_campaign("open-libraries")
    counted(other, [MAYA])
    assert signing.strike(campaign=campaign, keys=all_keys(), reason=WHY, asked_by=noor, now=NOW).struck == 0
    number = signing.propose_strike(campaign=campaign, keys=all_keys(), reason=WHY, asked_by=noor, now=NOW)
    assert StrikeProposal.objects.get(pk=number).number == 0
    assert Signature.objects.count() == 1


def test_what_was_released_meanwhile_is_left_alone_when_only_held_ones_were_meant(
    campaign: Campaign, noor: User
) -> None:
    crowd(campaign, 2, hold=Hold.NETWORK_RATE)
    keys = all_keys()
    signing.release(campaign=campaign, keys=keys[:1], now=NOW)
    done = signing.strike(campaign=campaign, keys=keys, reason=WHY, asked_by=noor, only_held=True, now=NOW)
    assert done == StrikeResult(1, 1)
    assert Signature.objects.get().state == State.CONFIRMED


def test_more_than_fifty_at_once_need_two(campaign: Campaign, noor: User) -> None:
    crowd(campaign, 51, hold=Hold.NETWORK_RATE)
    keys = all_keys()
    strike = lambda some: signing.strike(campaign=campaign, keys=some, reason=WHY, asked_by=noor, now=NOW)  # noqa: E731
    assert refused(lambda: strike(keys)) == [Refusal.STRIKE_NEEDS_TWO]
    assert Signature.objects.count() == 51
    assert strike(keys[:50]).struck == 50


def test_fifty_counted_ones_a_day_are_all_that_one_person_takes_away(campaign: Campaign, noor: User) -> None:
    crowd(campaign, 51)
    count()
    keys = all_keys()
    strike = lambda some, now: signing.strike(campaign=campaign, keys=some, reason=WHY, asked_by=noor, now=now)  # noqa: E731
    assert strike(keys[:30], NOW).struck == 30
    assert refused(lambda: strike(keys[30:], NOW)) == [Refusal.STRIKE_NEEDS_TWO]
    assert strike(keys[30:], NOW + timedelta(days=1)).struck == 21


def propose(campaign: Campaign, by: User, **more: bool) -> int:
    return signing.propose_strike(campaign=campaign, keys=all_keys(), reason=WHY, asked_by=by, now=NOW, **more)


def agree(campaign: Campaign, number: int, by: User, **later: int) -> StrikeResult:
    return signing.agree_to_strike(campaign=campaign, proposal=number, agreed_by=by, now=NOW + timedelta(**later))


def test_two_people_strike_five_hundred(campaign: Campaign, noor: User, edith: User) -> None:
    crowd(campaign, 500)
    count()
    number = propose(campaign, noor)
    assert Signature.objects.count() == 500
    assert agree(campaign, number, edith) == StrikeResult(500, 0)
    count()
    reasons = {entry[-1] for entry in struck_entries()}
    assert (len(struck_entries()), reasons) == (500, {Reason.STRUCK})
    assert strikes(campaign.pk) == [StrikeLine(NOW.date(), 500, 500, WHY, "en")]


def test_nobody_agrees_with_themselves(campaign: Campaign, noor: User) -> None:
    counted(campaign, [MAYA])
    number = propose(campaign, noor)
    assert refused(lambda: agree(campaign, number, noor)) == [Refusal.STRIKE_OWN_PROPOSAL]
    assert Signature.objects.count() == 1


def test_nobody_of_another_team_agrees_or_proposes(campaign: Campaign, noor: User) -> None:
    counted(campaign, [MAYA])
    number = propose(campaign, noor)
    other = open_campaign("open-libraries")
    quinn, sam = member(other, Role.OWNER), factories.UserFactory.create(is_superuser=True)
    for stranger in (quinn, sam):
        assert refused(lambda one=stranger: agree(campaign, number, one)) == [Refusal.NOT_ON_TEAM]  # type: ignore[misc]
        assert refused(lambda one=stranger: propose(campaign, one)) == [Refusal.NOT_ON_TEAM]  # type: ignore[misc]
    assert refused(lambda: agree(other, number, quinn)) == [Refusal.PROPOSAL_GONE]
    assert Signature.objects.count() == 1


def test_a_proposal_of_somebody_who_left_the_team_cannot_be_agreed_to(
    campaign: Campaign, noor: User, edith: User
) -> None:
    counted(campaign, [MAYA])
    number = propose(campaign, edith)
    Member.objects.filter(user=edith).delete()
    assert refused(lambda: agree(campaign, number, noor)) == [Refusal.NOT_ON_TEAM]


def test_what_was_chosen_is_frozen_and_what_changed_since_is_told(campaign: Campaign, noor: User, edith: User) -> None:
    first, _ = crowd(campaign, 2)
    count()
    number = propose(campaign, noor)
    signing.withdraw(token=first, now=NOW)
    counted(campaign, [OTTO])
    assert agree(campaign, number, edith) == StrikeResult(1, 1)
    assert Signature.objects.count() == 1


def test_a_proposal_lapses_after_a_week(campaign: Campaign, noor: User, edith: User) -> None:
    counted(campaign, [MAYA])
    number = propose(campaign, noor)
    assert refused(lambda: agree(campaign, number, edith, days=7, seconds=1)) == [Refusal.PROPOSAL_GONE]
    assert signing.expire_proposals(now=NOW + timedelta(days=7)) == 0
    assert signing.expire_proposals(now=NOW + timedelta(days=7, seconds=1)) == 1


def test_a_dropped_proposal_strikes_nothing(campaign: Campaign, noor: User, edith: User) -> None:
    counted(campaign, [MAYA])
    number = propose(campaign, noor)
    assert [signing.drop_proposal(campaign=campaign, proposal=number) for _ in range(2)] == [True, False]
    assert refused(lambda: agree(campaign, number, edith)) == [Refusal.PROPOSAL_GONE]


def test_tags_that_were_forgotten_do_not_hide_what_was_chosen(campaign: Campaign, noor: User, edith: User) -> None:
    (token,) = counted(campaign, [MAYA])
    number = propose(campaign, noor)
    Signature.objects.update(tag=b"another tag here")
    assert agree(campaign, number, edith) == StrikeResult(1, 0)
    assert Tombstone.objects.get().manage_hash == token_hash(manage_token(token))


def test_too_many_for_one_transaction_are_refused(campaign: Campaign, noor: User) -> None:
    keys = [(number.to_bytes(16, "big"), 0) for number in range(1_001)]
    propose_all = lambda: signing.propose_strike(  # noqa: E731
        campaign=campaign, keys=keys, reason=WHY, asked_by=noor, now=NOW
    )
    assert refused(propose_all) == [Refusal.STRIKE_TOO_MANY]
