"""lane.hold: the second step without JavaScript keeps what was typed, waits, and is nobody else's."""

from datetime import timedelta

from tests.factories.signing import NOW
from tocsin.lane.hold import Held, HoldBox, HoldFlaw

BOX = HoldBox(b"k" * 32, wait_seconds=20)
VALUES = {"name": "Ana Żółć", "reason": "two\nlines", "email": "ana@example.org"}


def after(seconds: int, sealed: str, slug: str = "demo") -> Held | HoldFlaw:
    """Open a form that many seconds after it was put away."""
    return BOX.open(slug, sealed, NOW + timedelta(seconds=seconds))


def test_nothing_typed_is_lost_and_the_wait_counts_down() -> None:
    sealed = BOX.seal("demo", VALUES, NOW)
    early, late = after(5, sealed), after(20, sealed)
    assert isinstance(early, Held)
    assert isinstance(late, Held)
    assert (early.values, early.seconds_left) == (VALUES, 15)
    assert (late.values, late.seconds_left) == (VALUES, 0)
    assert early.proof == late.proof, "the same form must spend the same proof"


def test_the_page_shows_nothing_of_what_was_typed() -> None:
    sealed = BOX.seal("demo", VALUES, NOW)
    assert "ana" not in sealed.lower()


def test_it_lasts_an_hour_and_belongs_to_one_campaign_and_server() -> None:
    sealed = BOX.seal("demo", VALUES, NOW)
    assert after(3601, sealed) is HoldFlaw.SECOND_STEP_EXPIRED
    assert after(30, sealed, slug="other") is HoldFlaw.SECOND_STEP_BROKEN
    assert HoldBox(b"x" * 32, 20).open("demo", sealed, NOW) is HoldFlaw.SECOND_STEP_BROKEN


def test_cut_or_changed_it_is_broken() -> None:
    sealed = BOX.seal("demo", VALUES, NOW)
    flipped = sealed[:30] + ("A" if sealed[30] != "A" else "B") + sealed[31:]
    for text in ("", "x", sealed[:-4], flipped, "é", sealed + "="):
        assert after(30, text) is HoldFlaw.SECOND_STEP_BROKEN
