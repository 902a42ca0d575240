"""Which key a log signs with, and its checkpoint, believed only with that key's signature."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tocsin.cli.audit.findings import AuditError, shown
from tocsin.cli.audit.keeping import Kept
from tocsin.cli.audit.web import OK, Web
from tocsin.tlog.cosignature import CosignatureVerifier
from tocsin.tlog.keys import KeyTextError, LogVerifier, parse_log_vkey
from tocsin.tlog.note import MAX_NOTE_BYTES
from tocsin.tlog.signed import CheckpointError, CheckpointRefusal, SignedCheckpoint, open_checkpoint

_MOST_KEYS = 8
_WHY = {
    CheckpointRefusal.MALFORMED: "it is no signed checkpoint",
    CheckpointRefusal.BAD_SIGNATURE: "a signature on it is wrong",
    CheckpointRefusal.NOT_BY_THIS_LOG: "the log's key has not signed it",
    CheckpointRefusal.OTHER_ORIGIN: "it is another log's",
}


@dataclass
class Trust:
    """The keys by which a log is known; `is_new` says that its server named them, and nobody else yet."""

    keys: list[LogVerifier]
    witnesses: Sequence[CosignatureVerifier] = ()
    is_new: bool = False
    notes: list[str] = field(default_factory=list)

    def open(self, note: str | bytes, whence: str) -> SignedCheckpoint:
        """Return a checkpoint that the log has signed; raises AuditError."""
        try:
            return open_checkpoint(note, log_keys=self.keys, witnesses=self.witnesses)
        except CheckpointError as error:
            is_none = error.reason == CheckpointRefusal.MALFORMED
            words = f"the checkpoint of {whence} is refused: {_WHY[error.reason]}"
            raise (AuditError.unchecked if is_none else AuditError.wrong)(words=words) from error


def find_keys(web: Web, kept: Kept, given: Sequence[LogVerifier], witnesses: Sequence[CosignatureVerifier]) -> Trust:
    """Return the keys to believe: those given by hand, else those pinned, else those the server names."""
    pinned = kept.keys()
    if given:
        trust = Trust(list(given), witnesses)
        if pinned and not set(pinned) & set(given):
            trust.notes.append("the key given is not the one pinned here before; from now on it is")
        return trust
    if pinned:
        return Trust(pinned, witnesses)
    stated = _stated_keys(web)
    if not stated:
        message = f"{web.url('vkey')} names no key: this is no log, or give its key with --vkey"
        raise AuditError.unchecked(words=message)
    return Trust(stated, witnesses, is_new=True)


def follow_exchange(web: Web, trust: Trust, signed: SignedCheckpoint) -> None:
    """Believe a new key too if, beside a known one, it signed the same checkpoint: so a log exchanges its key."""
    for key in _stated_keys(web):
        if key in trust.keys:
            continue
        try:
            open_checkpoint(signed.note, log_keys=[key])
        except CheckpointError:
            trust.notes.append(f"the server names a key that has not signed: {key.vkey}")
        else:
            trust.keys.append(key)
            trust.notes.append(f"the log is exchanging its key; the old one vouches for {key.vkey}")


def other_log(web: Web, trust: Trust, *, is_given: bool) -> Trust | None:
    """Return the keys of the log that is there now, if it bears another name than the one that was pinned.

    That alone is no reason to believe it: the caller demands that it holds all that was seen of the other one.
    """
    stated = [] if is_given or trust.is_new else _stated_keys(web)
    if not stated or {key.name for key in stated} & {key.name for key in trust.keys}:
        return None
    return Trust(stated, trust.witnesses, is_new=True)


def fetch_checkpoint(web: Web, trust: Trust) -> SignedCheckpoint:
    """Return the log's newest checkpoint."""
    return trust.open(fetch_note(web, "checkpoint"), web.url("checkpoint"))


def fetch_note(web: Web, path: str) -> bytes:
    """Return a checkpoint's bytes, nothing checked."""
    answer = web.get(path, limit=MAX_NOTE_BYTES)
    if answer.goes_to:
        raise AuditError.unchecked(words=f"{web.url(path)} points to {shown(answer.goes_to)}: audit that address")
    if answer.status != OK:
        raise AuditError.unchecked(words=f"{web.url(path)} answers {answer.status}: this is no log, or it is not there")
    return answer.body


def _stated_keys(web: Web) -> list[LogVerifier]:
    answer = web.get("vkey")
    if answer.status != OK:
        return []
    try:
        lines = answer.body.decode("utf-8").splitlines()
        return [parse_log_vkey(line) for line in lines[:_MOST_KEYS]]
    except (UnicodeDecodeError, KeyTextError):
        return []
