"""Withdrawing at the very moment when something else happens to the same signature: whoever is second sees the first.

On PostgreSQL these are real parallel transactions; on SQLite one waits for the other.
"""

from collections.abc import Callable
from importlib import import_module
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from tests import factories
from tests.cast import MAYA, OTTO
from tests.factories.signing import NOW, confirm, count, counted, open_campaign, sign
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.refusals import RefusedError
from tocsin.campaigns.states import Role
from tocsin.signing import domain as signing
from tocsin.signing.domain import erase as erasing
from tocsin.signing.models import Listing, PendingSignature, Signature, Strike, Tombstone
from tocsin.signing.queries import status_of
from tocsin.signing.states import Hold, State
from tocsin.tally.models import Entry, QueuedEntry
from tocsin.tlog.entry import Kind

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 8
WHY = "Sent by one robot from one network."


def at_once(*verbs: Callable[[], object]) -> list[object]:
    """Run the verbs at the same time; return what each answered, errors of the database as they were."""
    answers: list[object] = [None] * len(verbs)
    ready = Barrier(len(verbs))

    def run(place: int, verb: Callable[[], object]) -> None:
        ready.wait()
        try:
            answers[place] = verb()
        except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
            answers[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


class Meanwhile:
    """Lets another machine do something in the middle of a verb; it may have to wait for the verb's end."""

    def __init__(self, verb: Callable[[], object]) -> None:
        self._verb = verb
        self._thread: Thread | None = None

    def happen(self) -> None:
        """Start it, once; go on when it is done, or after a second in which it was kept waiting."""
        if self._thread is None:
            self._thread = Thread(target=self._run)
            self._thread.start()
            self._thread.join(1)

    def end(self) -> None:
        assert self._thread is not None
        self._thread.join()

    def _run(self) -> None:
        try:
            self._verb()
        finally:
            connection.close()


def assert_all_agree() -> None:
    """Check that rows, queue, log and public list tell one story, before and after counting."""
    for _ in range(2):
        waiting = QueuedEntry.objects.filter(kind=Kind.SIGN).count()
        assert Signature.objects.filter(state=State.CONFIRMED).count() == waiting
        signs, gone = (Entry.objects.filter(kind=kind).count() for kind in (Kind.SIGN, Kind.WITHDRAW))
        soon_gone = QueuedEntry.objects.filter(kind=Kind.WITHDRAW).count()
        assert Signature.objects.filter(state=State.COUNTED).count() == signs - gone - soon_gone
        assert Signature.objects.exclude(listing=None).count() == Listing.objects.count()
        count()


@pytest.fixture
def campaign() -> Campaign:
    return open_campaign()


@pytest.mark.parametrize("is_counted", [True, False])
def test_many_times_at_once_it_is_withdrawn_once(campaign: Campaign, is_counted: bool) -> None:
    token = sign(campaign, shows_name=True).token
    confirm(token)
    if is_counted:
        count()
    answers = at_once(*[lambda: signing.withdraw(token=token, now=NOW)] * CROWD)
    assert sorted(answers, key=str) == [False] * (CROWD - 1) + [True]
    assert (Tombstone.objects.count(), Signature.objects.count()) == (1, 0)
    assert_all_agree()


def test_who_comes_second_while_a_row_is_being_erased_goes_away(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    (token,) = counted(campaign, [MAYA])
    answers: list[bool] = []
    other, real = Meanwhile(lambda: answers.append(signing.withdraw(token=token, now=NOW))), erasing._as_read  # noqa: SLF001  the moment between reading and deleting

    def read_and_wait(row: Signature) -> Any:
        other.happen()
        return real(row)

    monkeypatch.setattr(erasing, "_as_read", read_and_wait)
    answers.append(signing.withdraw(token=token, now=NOW))
    other.end()
    assert sorted(answers) == [False, True]
    assert QueuedEntry.objects.filter(kind=Kind.WITHDRAW).count() == Tombstone.objects.count() == 1
    assert_all_agree()


@pytest.mark.parametrize("round_number", range(4))
def test_withdrawing_and_confirming_at_once(campaign: Campaign, round_number: int) -> None:
    token = sign(campaign).token
    answers = at_once(
        lambda: signing.withdraw(token=token, now=NOW), *[lambda: confirm(token)] * 3, lambda: count().entries
    )
    assert answers[0] is True
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert (Signature.objects.count(), PendingSignature.objects.count()) == (0, 0)
    assert status_of(token).state in {None, State.WITHDRAWN}
    assert_all_agree()


@pytest.mark.parametrize("round_number", range(4))
def test_withdrawing_and_counting_at_once(campaign: Campaign, round_number: int) -> None:
    tokens = [sign(campaign, person).token for person in (MAYA, OTTO)]
    confirm(*tokens)
    answers = at_once(*(lambda one=token: signing.withdraw(token=one, now=NOW) for token in tokens), count)
    assert answers[:2] == [True, True]
    assert_all_agree()
    assert Entry.objects.filter(kind=Kind.SIGN).count() == Entry.objects.filter(kind=Kind.WITHDRAW).count()


@pytest.mark.parametrize("verb", ["release", "show"])
def test_what_happens_while_a_row_is_being_erased_is_erased_along(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    token = sign(campaign, hold=Hold.NETWORK_RATE if verb == "release" else None, shows_name=verb == "release").token
    confirm(token)
    keys = [(bytes(tag), seat) for tag, seat in Signature.objects.values_list("tag", "seat")]
    verbs: dict[str, Callable[[], object]] = {
        "release": lambda: signing.release(campaign=campaign, keys=keys, now=NOW),
        "show": lambda: signing.show_name(token=token, now=NOW),
    }
    other, real = Meanwhile(verbs[verb]), erasing._as_read  # noqa: SLF001  the moment between reading and deleting

    def read_and_wait(row: Signature) -> Any:
        other.happen()
        return real(row)

    monkeypatch.setattr(erasing, "_as_read", read_and_wait)
    assert signing.withdraw(token=token, now=NOW)
    other.end()
    assert (Signature.objects.count(), Listing.objects.count(), QueuedEntry.objects.filter(kind=Kind.SIGN).count()) == (
        0,
        0,
        0,
    )
    assert_all_agree()


def test_a_release_lists_no_name_that_is_withdrawn_meanwhile(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sign(campaign, hold=Hold.NETWORK_RATE, shows_name=True).token
    confirm(token)
    keys = [(bytes(tag), seat) for tag, seat in Signature.objects.values_list("tag", "seat")]
    releasing = import_module("tocsin.signing.domain.release")
    other, real = Meanwhile(lambda: signing.withdraw(token=token, now=NOW)), releasing._list  # noqa: SLF001  as above

    def list_and_wait(*given: Any) -> Any:
        other.happen()
        return real(*given)

    monkeypatch.setattr(releasing, "_list", list_and_wait)
    signing.release(campaign=campaign, keys=keys, now=NOW)
    other.end()
    assert (Signature.objects.count(), Listing.objects.count()) == (0, 0)
    assert_all_agree()


@pytest.mark.parametrize("round_number", range(3))
def test_showing_and_hiding_at_once_leaves_at_most_one_line(campaign: Campaign, round_number: int) -> None:
    (token,) = counted(campaign, [MAYA])
    show, hide = lambda: signing.show_name(token=token, now=NOW), lambda: signing.hide_name(token=token, now=NOW)
    at_once(show, show, hide, show)
    assert_all_agree()
    signing.withdraw(token=token, now=NOW)
    assert Listing.objects.count() == 0


def member(campaign: Campaign) -> User:
    user: User = factories.UserFactory.create()
    factories.MemberFactory.create(campaign=campaign, user=user, role=Role.EDITOR)
    return user


def test_two_who_agree_at_once_strike_once(campaign: Campaign) -> None:
    counted(campaign, [MAYA, OTTO])
    keys = [(bytes(tag), seat) for tag, seat in Signature.objects.values_list("tag", "seat")]
    noor, *others = (member(campaign) for _ in range(4))
    number = signing.propose_strike(campaign=campaign, keys=keys, reason=WHY, asked_by=noor, now=NOW)

    def agree(by: User) -> object:
        return signing.agree_to_strike(campaign=campaign, proposal=number, agreed_by=by, now=NOW)

    answers = at_once(*(lambda one=by: agree(one) for by in others))
    assert [type(one) for one in answers].count(signing.StrikeResult) == 1
    assert [type(one) for one in answers].count(RefusedError) == 2
    assert (Strike.objects.get().number, Tombstone.objects.count()) == (2, 2)
    assert_all_agree()


def test_withdrawn_and_struck_at_once_is_gone_once(campaign: Campaign) -> None:
    token, other = counted(campaign, [MAYA, OTTO])
    keys = [(bytes(tag), seat) for tag, seat in Signature.objects.values_list("tag", "seat")]
    noor, edith = member(campaign), member(campaign)

    def strike(by: User, chosen: list[tuple[bytes, int]]) -> object:
        return signing.strike(campaign=campaign, keys=chosen, reason=WHY, asked_by=by, now=NOW)

    answers = at_once(
        lambda: signing.withdraw(token=token, now=NOW),
        lambda: strike(noor, keys),
        lambda: strike(edith, keys[::-1]),
        lambda: signing.withdraw(token=other, now=NOW),
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert (Tombstone.objects.count(), Signature.objects.count()) == (2, 0)
    assert_all_agree()
    assert Entry.objects.filter(kind=Kind.WITHDRAW).count() == 2


def test_fifty_a_day_hold_for_two_strikes_at_once(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("tocsin.signing.domain.strike"), "ALONE", 1)
    counted(campaign, [MAYA, OTTO])
    keys = [(bytes(tag), seat) for tag, seat in Signature.objects.values_list("tag", "seat")]
    noor = member(campaign)

    def strike(key: tuple[bytes, int]) -> object:
        return signing.strike(campaign=campaign, keys=[key], reason=WHY, asked_by=noor, now=NOW)

    answers = at_once(*(lambda one=key: strike(one) for key in keys))
    assert sorted(type(one).__name__ for one in answers) == ["RefusedError", "StrikeResult"]
