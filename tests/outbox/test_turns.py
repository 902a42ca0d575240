"""outbox.turns: every provider gets lines, none gets all."""

from tocsin.outbox.turns import Turns


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def turns(*due: str, connections: int = 4) -> tuple[Turns, Clock]:
    clock = Clock()
    return Turns(connections=connections, due=lambda: due, clock=clock), clock


def test_lines_go_to_the_least_busy_provider() -> None:
    lot, _ = turns("gmail", "other", "yahoo")
    assert sorted([str(lot.take()) for _ in range(3)]) == ["gmail", "other", "yahoo"]


def test_one_provider_alone_leaves_one_line_free() -> None:
    lot, _ = turns("gmail", connections=4)
    assert [lot.take() for _ in range(4)] == ["gmail", "gmail", "gmail", None]


def test_a_worker_with_one_line_uses_it() -> None:
    lot, _ = turns("gmail", connections=1)
    assert [lot.take(), lot.take()] == ["gmail", None]


def test_turns_go_round() -> None:
    lot, clock = turns("gmail", "other")
    order = []
    for _ in range(4):
        clock.now += 0.1
        provider = lot.take()
        assert provider is not None
        order.append(provider)
        lot.give_back(provider, is_empty=False)
    assert order == ["gmail", "other", "gmail", "other"]


def test_an_empty_provider_is_asked_for_again_only_after_a_while() -> None:
    lot, clock = turns("gmail")
    lot.take()
    lot.give_back("gmail", is_empty=True)
    assert lot.take() is None
    clock.now += 0.5
    assert lot.take() == "gmail"


def test_a_resting_provider_waits_and_the_others_do_not() -> None:
    lot, clock = turns("gmail", "other")
    lot.rest("gmail", 30)
    assert [lot.take(), lot.take()] == ["other", "other"]
    clock.now += 30
    assert lot.take() == "gmail"
