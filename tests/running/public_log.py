"""The public log as a stranger sees it: fetched over HTTP, and checked with nothing but its own key."""

import contextlib
import http.client
import threading
from functools import cached_property
from types import TracebackType
from typing import Self

from tests.running.server import Server
from tests.running.visitor import Visitor
from tocsin.tlog import bundles
from tocsin.tlog.checkpoint import Checkpoint
from tocsin.tlog.entry import Sign, parse
from tocsin.tlog.hashing import leaf_hash, leaf_hashes, subtree_root
from tocsin.tlog.keys import LogVerifier, parse_log_vkey
from tocsin.tlog.proofs import prove_consistency, verify_consistency, verify_inclusion
from tocsin.tlog.receipt import Receipt
from tocsin.tlog.signed import open_checkpoint
from tocsin.tlog.tiles import ENTRIES, Tile, layout, nodes_of

_SECONDS = 0.05


class PublicLog:
    """A running server's log at the size of its newest checkpoint, its root made from the entries alone."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self.verifier: LogVerifier = parse_log_vkey(self._text("vkey").strip())
        self.checkpoint = self.open(self._text("checkpoint"))
        self.size = self.checkpoint.size
        self.entries = [
            entry
            for tile in layout(self.size)
            if tile.level == ENTRIES
            for entry in bundles.decode(self._read(tile), width=tile.width)
        ]
        assert len(self.entries) == self.size
        assert subtree_root(leaf_hashes(self.entries)) == self.checkpoint.root

    @cached_property
    def signatures(self) -> list[bytes]:
        """The commitment of each signature, in the order of the log."""
        return [said.commitment for said in map(parse, self.entries) if isinstance(said, Sign)]

    def open(self, note: str) -> Checkpoint:
        """Return what a note says once its signature was checked."""
        return open_checkpoint(note, log_keys=[self.verifier]).checkpoint

    def check_grew_out_of(self, note: str) -> None:
        """Assert that a checkpoint seen before is a beginning of this log."""
        old = self.open(note)
        proof = prove_consistency(old.size, self.size, nodes_of(self.size, self._read))
        verify_consistency(old=old.size, size=self.size, old_root=old.root, root=self.checkpoint.root, proof=proof)

    def check_receipt(self, visitor: Visitor, link: str) -> None:
        """Assert that whoever holds the link of a mail has a receipt for an entry of this log."""
        answer = visitor.get(f"{link}/receipt")
        assert answer.status == http.HTTPStatus.OK
        receipt = Receipt.from_text(answer.text)
        checkpoint = self.open(receipt.checkpoint)
        leaf = leaf_hash(self.entries[receipt.index])
        verify_inclusion(
            index=receipt.index, size=checkpoint.size, leaf=leaf, proof=receipt.proof, root=checkpoint.root
        )

    def _text(self, name: str) -> str:
        return self._visitor.get(f"/tally/{name}").text

    def _read(self, tile: Tile) -> bytes:
        answer = self._visitor.get(f"/tally/{tile.path}")
        assert answer.status == http.HTTPStatus.OK, tile.path
        return answer.body


class Watcher:
    """Somebody who looks at the checkpoint all the time and keeps each one that is new."""

    def __init__(self, server: Server) -> None:
        self.seen: list[str] = []
        self._visitor = Visitor(server)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_SECONDS):
            with contextlib.suppress(OSError, http.client.HTTPException):  # the server is down
                answer = self._visitor.get("/tally/checkpoint")
                if answer.status == http.HTTPStatus.OK and (not self.seen or answer.text != self.seen[-1]):
                    self.seen.append(answer.text)
