"""vault.keeper: what was opened by passphrase, held in one process's memory and handed to its children."""

import math
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from tocsin.vault import keeper
from tocsin.vault.keeper import Keeper, KeeperMissingError
from tocsin.vault.keeper.server import DOOR, knock
from tocsin.vault.keeper.wire import BadFrameError, Question, Verb, pack, receive, send, unpack


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def own(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    """Return a keeper that this process is a child of."""
    made = Keeper(clock=clock)
    monkeypatch.setenv(DOOR, str(made.descriptor))
    yield made
    made.close()


def test_what_is_put_can_be_got_until_it_is_dropped(own: Keeper) -> None:
    keeper.put("pepper/7", b"secret")
    assert keeper.get("pepper/7") == b"secret"
    assert keeper.left("pepper/7") == math.inf
    assert own.get("pepper/7") == b"secret"
    keeper.drop("pepper/7")
    keeper.drop("pepper/7")
    assert keeper.get("pepper/7") is None
    assert keeper.left("pepper/7") is None


def test_a_secret_ends_with_its_time(own: Keeper, clock: Clock) -> None:
    keeper.put("unlocked/7/abc", b"key", seconds=900)
    clock.now += 899
    assert (keeper.get("unlocked/7/abc"), keeper.left("unlocked/7/abc")) == (b"key", 1.0)
    clock.now += 1
    assert (keeper.get("unlocked/7/abc"), keeper.left("unlocked/7/abc")) == (None, None)
    assert own._kept == {}  # noqa: SLF001  gone from memory, not only from answers


def test_a_prefix_drops_one_campaigns_and_no_others(own: Keeper) -> None:
    for name in ("unlocked/7/a", "unlocked/7/b", "unlocked/77/a"):
        keeper.put(name, b"key")
    keeper.drop_all("unlocked/7/")
    assert [name for name in ("unlocked/7/a", "unlocked/7/b", "unlocked/77/a") if own.get(name)] == ["unlocked/77/a"]


def test_of_two_that_make_a_secret_both_get_the_first(own: Keeper) -> None:
    assert keeper.make("key/day", b"one", seconds=60) == b"one"
    assert keeper.make("key/day", b"two") == own.make("key/day", b"three") == keeper.get("key/day") == b"one"
    assert keeper.left("key/day") == 60.0


def test_names_are_listed_by_prefix_while_they_last(own: Keeper, clock: Clock) -> None:
    keeper.put("key/b", b"1", seconds=10)
    keeper.put("key/a", b"1")
    own.put("other", b"1")
    assert keeper.names("key/") == ["key/a", "key/b"]
    clock.now += 10
    assert keeper.names("key/") == ["key/a"]
    assert keeper.names("none/") == []


def test_what_is_forgotten_is_overwritten(own: Keeper) -> None:
    own.put("name", b"secret")
    buffer = own._kept["name"].secret  # noqa: SLF001  the memory itself is what the test is about
    own.drop("name")
    assert buffer == bytes(6)


@pytest.mark.usefixtures("own")
def test_names_and_secrets_have_bounds() -> None:
    for name, secret in (("", b"x"), ("n" * 201, b"x"), ("name", b"x" * 4_097)):
        with pytest.raises(ValueError, match="at the most"):
            keeper.put(name, secret)
    keeper.put("n" * 200, b"x" * 4_096)
    assert keeper.get("n" * 200) == b"x" * 4_096


@pytest.mark.usefixtures("own")
def test_many_threads_get_their_own_answers() -> None:
    wrong: list[object] = []

    def ask(number: int) -> None:
        name, secret = f"thread/{number}", bytes([number]) * 100
        keeper.put(name, secret)
        wrong.extend(found for _ in range(50) if (found := keeper.get(name)) != secret)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_without_a_keeper_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DOOR, raising=False)
    assert not keeper.is_there()
    with pytest.raises(KeeperMissingError, match="tocsin serve"):
        keeper.get("pepper/7")


def test_when_the_keeper_ends_everything_is_gone(own: Keeper) -> None:
    keeper.put("pepper/7", b"secret")
    own.close()
    with pytest.raises(KeeperMissingError):
        keeper.get("pepper/7")


_CHILD = """
import os, sys
from tocsin.vault import keeper
keeper.put("from/child", b"1")
process = os.fork()
if process == 0:
    keeper.put("from/grandchild", keeper.get("pepper/7"))
    os._exit(0)
os.waitpid(process, 0)
assert keeper.get("from/child") == b"1"
"""


def test_a_child_and_its_fork_ask_over_what_they_inherited_and_leave_it_for_their_successor(own: Keeper) -> None:
    own.put("pepper/7", b"secret")
    for _ in range(2):
        subprocess.run([sys.executable, "-c", _CHILD], pass_fds=[own.descriptor], check=True)
        assert (own.get("from/child"), own.get("from/grandchild")) == (b"1", b"secret")


def test_who_did_not_inherit_the_door_cannot_come_in(own: Keeper) -> None:
    own.put("pepper/7", b"secret")
    program = "from tocsin.vault import keeper; keeper.get('pepper/7')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "KeeperMissingError" in done.stderr
    assert done.returncode == 1


def test_it_has_no_name_that_another_program_could_connect_to(own: Keeper) -> None:
    with socket.socket(fileno=os.dup(own.descriptor)) as door:
        assert (door.getsockname(), door.getpeername()) == ("", "")


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"x" + pack(Question(Verb.GET, "name"))[1:], id="no such verb"),
        pytest.param(pack(Question(Verb.GET, "name"))[:-1], id="cut"),
        pytest.param(pack(Question(Verb.PUT, "n", b"x" * 4_096)) + b"x", id="too long a secret"),
    ],
)
def test_who_sends_nonsense_is_hung_up_on_and_the_others_are_served(own: Keeper, frame: bytes) -> None:
    with pytest.raises(BadFrameError):
        unpack(frame)
    with knock(own.descriptor) as line:
        send(line, frame)
        assert receive(line) is None
    keeper.put("name", b"1")
    assert keeper.get("name") == b"1"


def test_a_gigabyte_is_not_waited_for(own: Keeper) -> None:
    with knock(own.descriptor) as line:
        line.sendall(b"\x40\x00\x00\x00")
        assert receive(line) is None
