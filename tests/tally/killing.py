"""A sequencer that dies: run as a process of its own, forked at every point, killed by its own hand.

    python -m tests.tally.killing          (with the settings of a server in the environment)

Each line of output is a point it died at. What the parent finds afterwards it asserts itself.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import django

django.setup()

from django.core.management import call_command  # noqa: E402  the tables come first
from django.db import connections  # noqa: E402  as above

from tests.tally.sequencer import entries_in_order, give_indexes, signs  # noqa: E402  as above
from tocsin.tally.domain import check, publish  # noqa: E402  as above
from tocsin.tally.log import Log, Memory, Step, own_log  # noqa: E402  as above
from tocsin.tally.models import Head  # noqa: E402  as above
from tocsin.tally.queries import count_of, published, receipt_parts  # noqa: E402  as above
from tocsin.tally.shelf import CHECKPOINT, Shelf  # noqa: E402  as above
from tocsin.tally.turn import only_sequencer  # noqa: E402  as above
from tocsin.tlog.compact import CompactRange  # noqa: E402  as above
from tocsin.tlog.hashing import leaf_hashes  # noqa: E402  as above
from tocsin.tlog.proofs import prove_consistency, verify_consistency  # noqa: E402  as above
from tocsin.tlog.signed import open_checkpoint  # noqa: E402  as above
from tocsin.tlog.tiles import Tile, nodes_of  # noqa: E402  as above

NOW = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)
# From one size to the next it passes a full tile, then several, then two levels.
GROWTHS = (3, 252, 2, 300)


def die() -> None:
    """Do what `kill -9` does: no cleaning up, no flushing, nothing."""
    os.kill(os.getpid(), signal.SIGKILL)


class DyingShelf(Shelf):
    """A folder whose writer dies at the n-th file, with the file half written."""

    def __init__(self, log: Log, at: int) -> None:
        super().__init__(log.shelf.folder)
        self._left = at

    def put(self, tile: Tile, data: bytes) -> None:
        self._left -= 1
        if self._left < 0:
            path = self.folder / tile.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_name(f".{path.name}.new").write_bytes(data[: len(data) // 2])
            die()
        super().put(tile, data)

    def show(self, name: str, text: str) -> None:
        self._left -= 1
        if self._left < 0:
            (self.folder / f".{name}.new").write_text(text[: len(text) // 2], encoding="utf-8")
            die()
        super().show(name, text)


class DyingMemory(Memory):
    """A memory whose writer dies with the note half written."""

    def write(self, note: str) -> None:
        self.path.with_name(f".{self.path.name}.new").write_text(note[: len(note) // 2], encoding="utf-8")
        die()


def in_a_child(do: Callable[[], object]) -> bool:
    """Fork, `do` it there, and say whether the child was killed on the way."""
    connections.close_all()
    child = os.fork()
    if not child:
        with only_sequencer(own_log().shelf.folder):
            do()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, status
    return os.WIFSIGNALED(status)


def deaths(log: Log) -> list[tuple[str, Callable[[], object]]]:
    """Return every way to die in one publishing."""

    def at(step: Step) -> Callable[[], object]:
        return lambda: publish(log=log, now=NOW, on_step=lambda passed: die() if passed == step else None)

    steps: list[tuple[str, Callable[[], object]]] = [(step.value, at(step)) for step in Step]
    memory = DyingMemory(log.memory.path)
    steps.append(("half a memory", lambda: publish(log=replace(log, memory=memory), now=NOW)))
    for number in range(4):
        shelf = DyingShelf(log, number)
        steps.append((f"file {number}", lambda shelf=shelf: publish(log=replace(log, shelf=shelf), now=NOW)))  # type: ignore[misc]  # a default binds it
    return steps


def root_of(entries: list[bytes]) -> bytes:
    """Return the root over all of `entries`."""
    grown = CompactRange()
    grown.extend(leaf_hashes(entries))
    return grown.root()


def look(log: Log, seen: dict[int, bytes]) -> None:
    """Assert what must hold at any moment: whatever was signed and seen has its data, and one history."""
    text = log.shelf.text(CHECKPOINT)
    for note in filter(None, (text, log.memory.read())):
        signed = open_checkpoint(note, log_keys=log.verifiers).checkpoint
        entries = entries_in_order()[: signed.size]
        assert len(entries) == signed.size
        assert signed.root == root_of(entries)
        assert seen.setdefault(signed.size, signed.root) == signed.root
    if text is not None:
        size = open_checkpoint(text, log_keys=log.verifiers).checkpoint.size
        node = nodes_of(size, log.shelf.read)
        assert CompactRange.from_nodes(size, node).root() == seen[size]


def finish(log: Log, size: int, seen: dict[int, bytes]) -> None:
    """Start anew, and assert that the log is whole: every entry once, and consistent with all that was seen."""
    check(log, thoroughly=True)
    publish(log=log, now=NOW)
    look(log, seen)
    newest, head = published(), Head.objects.get()
    assert newest is not None
    assert (newest.size, head.size, head.published, count_of(1).signs) == (size, size, size, size)
    assert log.shelf.text(CHECKPOINT) == log.memory.read() == newest.note
    entries = entries_in_order()
    assert len(set(entries)) == size
    assert newest.root == root_of(entries)
    node = nodes_of(size, log.shelf.read)
    for old, root in seen.items():
        proof = prove_consistency(old, size, node)
        verify_consistency(old=old, size=size, old_root=root, root=newest.root, proof=proof)
    assert receipt_parts(size - 1) is not None


def main() -> int:
    """Let the log grow, die at every point of every growth, and print each."""
    call_command("migrate", verbosity=0)
    log, size = own_log(), 0
    seen: dict[int, bytes] = {}
    for growth in GROWTHS:
        for name, do in deaths(log):
            give_indexes(signs(size, size + growth))
            size += growth
            if in_a_child(do):
                sys.stdout.write(f"{growth}: {name}\n")
                sys.stdout.flush()  # before the next fork copies what is left in it
            look(log, seen)
            finish(log, size, seen)
    return 0


if __name__ == "__main__":
    sys.exit(main())
