"""kit.chance: no byte is given out twice, to no thread and to no process."""

import os
from concurrent.futures import ThreadPoolExecutor

from tocsin.kit.chance import random_bytes


def test_as_many_as_asked_for() -> None:
    assert [len(random_bytes(count)) for count in (1, 12, 32, 4096, 5000)] == [1, 12, 32, 4096, 5000]


def test_nothing_comes_twice_also_where_the_store_ends() -> None:
    given = [random_bytes(12) for _ in range(2_000)]
    assert len(set(given)) == len(given)


def test_threads_share_nothing() -> None:
    with ThreadPoolExecutor(4) as threads:
        given = list(threads.map(lambda _: random_bytes(16), range(2_000)))
    assert len(set(given)) == len(given)


def test_a_forked_process_gets_nothing_of_its_parents() -> None:
    random_bytes(1)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, random_bytes(16))
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        assert said.read() != random_bytes(16)
