"""Ask this server's witnesses to vouch for each new checkpoint. Nothing waits for them, nor one for another."""

import http.client
import logging
import ssl
from enum import StrEnum
from http import HTTPStatus
from time import monotonic
from urllib.parse import urlsplit

from tocsin.cli.witness.request import AddCheckpoint
from tocsin.tally import domain as tally
from tocsin.tally import queries
from tocsin.tally.domain.cosign import WrongCosignatureError
from tocsin.tally.witnesses import KnownWitness
from tocsin.tlog.note import NoteError, Signature, parse_signature
from tocsin.tlog.text import SpellingError, from_decimal

_log = logging.getLogger(__name__)
_SECONDS = 15.0
_MOST_BYTES = 64 * 1024
_FIRST_PAUSE = 2.0
_LONGEST_PAUSE = 300.0


class WitnessRefusal(StrEnum):
    """Why a witness has not vouched for a checkpoint; docs/run/witness.md says what each means."""

    UNREACHABLE = "unreachable"
    UNKNOWN_HERE = "unknown-here"
    NOT_BELIEVED = "not-believed"
    AHEAD = "ahead"
    CONTRADICTS = "contradicts"
    NO_PROOF = "no-proof"
    GARBAGE = "garbage"
    WRONG_SIGNATURE = "wrong-signature"


_REFUSALS: dict[int, WitnessRefusal] = {
    HTTPStatus.NOT_FOUND: WitnessRefusal.UNKNOWN_HERE,
    HTTPStatus.FORBIDDEN: WitnessRefusal.NOT_BELIEVED,
    HTTPStatus.UNPROCESSABLE_ENTITY: WitnessRefusal.NO_PROOF,
}


class RefusedError(Exception):
    """A witness did not vouch; `reason` says why."""

    def __init__(self, reason: WitnessRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Collector:
    """Brings one witness up to date, call by call; remembers how far it has come."""

    def __init__(self, witness: KnownWitness) -> None:
        self._witness = witness
        self._known = 0  # a guess: the witness tells when it is wrong
        self._done = -1
        self._pause = 0.0
        self._not_before = 0.0

    def collect(self) -> bool:
        """Offer the newest checkpoint if it is new to the witness; return whether a cosignature came."""
        newest = queries.published()
        if newest is None or newest.size == self._done or monotonic() < self._not_before:
            return False
        try:
            signature = self._offer(newest)
            came = tally.add_cosignature(size=newest.size, verifier=self._witness.verifier, signature=signature)
        except RefusedError as error:
            self._refused(error.reason)
            return False
        except WrongCosignatureError:
            self._refused(WitnessRefusal.WRONG_SIGNATURE)
            return False
        self._known = self._done = newest.size
        self._pause = self._not_before = 0.0
        if tally.note_witness_refusal(witness=self._witness.name, reason=""):
            _log.info("witness %s vouches for %d entries", self._witness.name, newest.size)
        return came

    def _offer(self, newest: queries.Published) -> Signature:
        """Return the witness's line; when it remembers another size than we thought, ask once more from there."""
        status, body = self._post(newest)
        if status == HTTPStatus.CONFLICT:
            self._known = self._told_size(body, newest.size)
            status, body = self._post(newest)
        if status == HTTPStatus.CONFLICT:
            # It was asked from the very size it named: so it has another root there.
            is_same = self._told_size(body, newest.size) == self._known
            raise RefusedError(WitnessRefusal.CONTRADICTS if is_same else WitnessRefusal.GARBAGE)
        if status != HTTPStatus.OK:
            raise RefusedError(_REFUSALS.get(status, WitnessRefusal.GARBAGE))
        return self._own_line(body)

    def _post(self, newest: queries.Published) -> tuple[int, bytes]:
        proof = tuple(queries.consistency_proof(self._known, newest.size))
        body = AddCheckpoint(self._known, proof, newest.note).to_bytes()
        try:
            return _post(f"{self._witness.url.rstrip('/')}/add-checkpoint", body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise RefusedError(WitnessRefusal.UNREACHABLE) from error

    def _told_size(self, body: bytes, newest: int) -> int:
        try:
            told = from_decimal(body.decode("ascii").removesuffix("\n"))
        except (SpellingError, UnicodeDecodeError) as error:
            raise RefusedError(WitnessRefusal.GARBAGE) from error
        if told > newest:
            raise RefusedError(WitnessRefusal.AHEAD)
        return told

    def _own_line(self, body: bytes) -> Signature:
        verifier = self._witness.verifier
        try:
            lines = body.decode().removesuffix("\n").split("\n")
            signatures = [parse_signature(line) for line in lines]
        except (UnicodeDecodeError, NoteError) as error:
            raise RefusedError(WitnessRefusal.GARBAGE) from error
        # It may sign with further keys; those that the settings do not name are passed over.
        for signature in signatures:
            if (signature.name, signature.key_id) == (verifier.name, verifier.key_id):
                return signature
        raise RefusedError(WitnessRefusal.WRONG_SIGNATURE)

    def _refused(self, reason: WitnessRefusal) -> None:
        self._pause = min(_LONGEST_PAUSE, max(_FIRST_PAUSE, 2 * self._pause))
        self._not_before = monotonic() + self._pause
        if tally.note_witness_refusal(witness=self._witness.name, reason=reason):
            _log.error("witness %s does not vouch for the log: %s (docs/run/witness.md)", self._witness.name, reason)


def _post(url: str, body: bytes) -> tuple[int, bytes]:
    """Return status and body of an answer; raises OSError, HTTPException, or ValueError for a port that is none.

    Bounded in size. A witness that sends a byte now and then holds up nobody but itself.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection = (
        http.client.HTTPSConnection(host, parts.port, timeout=_SECONDS, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, parts.port, timeout=_SECONDS)
    )
    try:
        connection.request("POST", parts.path, body, {"Content-Type": "text/plain; charset=utf-8"})
        answer = connection.getresponse()
        data = answer.read(_MOST_BYTES + 1)
    finally:
        connection.close()
    if len(data) > _MOST_BYTES:
        raise http.client.HTTPException
    return answer.status, data
