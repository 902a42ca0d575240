"""The witness's one question, does this checkpoint continue the last one (c2sp.org/tlog-witness, add-checkpoint)."""

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import NamedTuple

from tocsin.cli.witness.memory import Memory
from tocsin.cli.witness.request import AddCheckpoint, RequestError
from tocsin.tlog.checkpoint import Checkpoint
from tocsin.tlog.cosignature import CosignatureSigner
from tocsin.tlog.keys import LogVerifier
from tocsin.tlog.note import parse
from tocsin.tlog.proofs import ProofError, verify_consistency
from tocsin.tlog.signed import CheckpointError, open_checkpoint, read_checkpoint

_TEXT = "text/plain; charset=utf-8"
SIZE_TYPE = "text/x.tlog.size"


class Reply(NamedTuple):
    """What is answered; `about` is for the witness's own log."""

    status: HTTPStatus
    body: str
    kind: str = _TEXT
    about: str = ""


class Witness:
    """Cosigns what continues the logs it knows; `clock` says the time in seconds since 1970."""

    def __init__(
        self, *, memory: Memory, signer: CosignatureSigner, logs: Sequence[LogVerifier], clock: Callable[[], float]
    ) -> None:
        self._memory = memory
        self._signer = signer
        self._clock = clock
        self._logs: dict[str, list[LogVerifier]] = defaultdict(list)
        for log in logs:
            self._logs[log.name].append(log)
        # One a log: what was compared must still be the last one when the new one is stored, or a
        # slower request would take back what a faster one has vouched for.
        self._turns = {origin: threading.Lock() for origin in self._logs}

    def add_checkpoint(self, body: bytes) -> Reply:
        """Return the answer to a request, the cosignature if the checkpoint deserves one."""
        try:
            request = AddCheckpoint.from_bytes(body)
            origin = read_checkpoint(request.note).origin
        except (RequestError, CheckpointError) as error:
            return Reply(HTTPStatus.BAD_REQUEST, f"{error}\n")
        if origin not in self._turns:
            return Reply(HTTPStatus.NOT_FOUND, "this log is not witnessed here\n")
        try:
            signed = open_checkpoint(request.note, log_keys=self._logs[origin])
        except CheckpointError as error:
            return Reply(HTTPStatus.FORBIDDEN, f"the log's key has not signed this: {error}\n")
        if request.old > signed.checkpoint.size:
            return Reply(HTTPStatus.BAD_REQUEST, "the old size is above the checkpoint's\n")
        with self._turns[origin]:
            return self._judge(request, signed.checkpoint)

    def seen(self) -> list[Checkpoint]:
        """Return the last checkpoint of every log."""
        return [self._memory.last(origin) for origin in self._turns]

    def _judge(self, request: AddCheckpoint, new: Checkpoint) -> Reply:
        last = self._memory.last(new.origin)
        if request.old != last.size:
            return _conflict(last, new, "asks from another size")
        if new.size == last.size and not request.proof and new.root != last.root:
            self._memory.keep_contradiction(new.origin, request.note)
            return _conflict(last, new, "CONTRADICTS what was cosigned: the log has forked, the checkpoint is kept")
        try:
            verify_consistency(old=last.size, size=new.size, old_root=last.root, root=new.root, proof=request.proof)
        except ProofError as error:
            about = f"{new.origin} at {new.size}: no proof that it continues {last.size} ({error})"
            return Reply(HTTPStatus.UNPROCESSABLE_ENTITY, f"the proof does not hold: {error}\n", about=about)
        # Crash point: dying before this line leaves the old checkpoint and nothing signed; after
        # it, the log asks from the new size, gets 409 or the same cosignature again. Never both.
        self._memory.remember(new.origin, request.note)
        cosignature = self._signer.cosign(parse(request.note).text, at=int(self._clock()))
        return Reply(HTTPStatus.OK, cosignature.line, about=f"{new.origin} at {new.size}: cosigned")


def _conflict(last: Checkpoint, new: Checkpoint, why: str) -> Reply:
    about = f"{new.origin} at {new.size}: {why}; {last.size} is the last one here"
    return Reply(HTTPStatus.CONFLICT, f"{last.size}\n", SIZE_TYPE, about)
