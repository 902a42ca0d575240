"""One audit from beginning to end: the steps of docs/spec/recount.md, in their order."""

from collections.abc import Sequence
from pathlib import Path

from tocsin.cli.audit import figures, keychecks, succession
from tocsin.cli.audit.findings import AuditError, Outcome
from tocsin.cli.audit.forks import ForkError, check_against
from tocsin.cli.audit.keeping import Kept
from tocsin.cli.audit.keychecks import KnownKey
from tocsin.cli.audit.rebuild import Rebuilt
from tocsin.cli.audit.report import Report, fault_lines
from tocsin.cli.audit.trust import Trust, fetch_checkpoint, fetch_note, find_keys, follow_exchange, other_log
from tocsin.cli.audit.web import Web
from tocsin.cli.commands import unusable
from tocsin.tlog.cosignature import CosignatureVerifier
from tocsin.tlog.keys import LogVerifier
from tocsin.tlog.signed import SignedCheckpoint


class Audit:
    """The log of one server; `address` is the server's, or that of its log."""

    def __init__(
        self, address: str, *, state: Path, keys: Sequence[LogVerifier], witnesses: Sequence[CosignatureVerifier]
    ) -> None:
        whole = address.rstrip("/")
        site = whole.removesuffix("/tally")
        self._site = Web(site)
        self._web = Web(f"{site}/tally")
        self._kept = Kept(state, self._web.address)
        self._given = keys
        self._witnesses = witnesses
        self._rebuilt = Rebuilt(self._web.address)
        self.report = Report(self._web.address)

    def run(self, *, compare: str = "", known_keys: Sequence[KnownKey] = ()) -> Report:
        """Return what was found, however far it came."""
        try:
            self._check(compare, known_keys)
        except ForkError as error:
            self.report.fork = error
            self._stop(error)
        except AuditError as error:
            self._stop(error)
        finally:
            for web in (self._site, self._web, self._rebuilt):
                web.close()
        return self.report

    def _check(self, compare: str, known_keys: Sequence[KnownKey]) -> None:
        report = self.report
        trust = find_keys(self._web, self._kept, self._given, self._witnesses)
        trust = other_log(self._web, trust, is_given=bool(self._given)) or trust
        theirs = self._known(trust).open(_note_at(compare), compare) if compare else None
        signed = report.signed = fetch_checkpoint(self._web, trust)
        follow_exchange(self._web, trust, signed)
        report.keys, report.is_first_use = [key.vkey for key in trust.keys], trust.is_new
        report.notes += trust.notes
        self._check_history(signed, self._last(trust), theirs, compare)
        report.followed = succession.look(self._rebuilt)
        self._remember(trust, signed)
        report.rows = figures.look(self._site, self._rebuilt, lambda: self._grow(trust))
        report.result = self._rebuilt.recount.result()
        self._judge(known_keys)

    def _last(self, trust: Trust) -> SignedCheckpoint | None:
        """Return the checkpoint of the last audit, which a key may have signed that was exchanged since."""
        note = self._kept.checkpoint()
        return self._known(trust).open(note, str(self._kept.folder)) if note else None

    def _known(self, trust: Trust) -> Trust:
        """Return the keys to believe for what is older: a log's that this one follows, or of before an exchange."""
        return Trust(trust.keys + self._kept.keys(), trust.witnesses)

    def _check_history(
        self, signed: SignedCheckpoint, last: SignedCheckpoint | None, theirs: SignedCheckpoint | None, place: str
    ) -> None:
        """Rebuild the log, and demand that it begins with what it was at the last audit, and with what others saw."""
        others = {"of the last audit": last, f"at {place}": theirs}
        known = {whose: other for whose, other in others.items() if other is not None}
        for other in known.values():
            self._rebuilt.taken_over.ask(other.checkpoint.origin, other.checkpoint.size)
        # Two checkpoints of one size need no entries to contradict each other.
        for is_rebuilt in (False, True):
            if is_rebuilt:
                self._rebuilt.grow(signed.checkpoint)
            for whose, other in known.items():
                if other.checkpoint.origin != signed.checkpoint.origin:
                    if is_rebuilt:
                        succession.check_seen(self._rebuilt, other, whose)
                elif (other.checkpoint.size < signed.checkpoint.size) == is_rebuilt:
                    check_against(self._rebuilt, signed, other, whose, self._kept)
        if last is not None:
            self.report.remembered_size = last.checkpoint.size
        if theirs is not None:
            self.report.compared.append(f"agrees with the {theirs.checkpoint.size:,} entries at {place}")

    def _remember(self, trust: Trust, signed: SignedCheckpoint) -> None:
        # The checkpoint first: died in between, new keys beside an old log's checkpoint could not read it any more.
        self._kept.remember(signed.note)
        self._kept.pin(trust.keys)

    def _grow(self, trust: Trust) -> None:
        """Take in what the log has published meanwhile."""
        signed = fetch_checkpoint(self._web, trust)
        if self.report.signed is not None and signed.checkpoint.size < self.report.signed.checkpoint.size:
            return  # an old page from some cache on the way
        self._rebuilt.grow(signed.checkpoint)
        self.report.signed = signed
        self._remember(trust, signed)

    def _judge(self, known_keys: Sequence[KnownKey]) -> None:
        report = self.report
        if report.result is not None:
            report.wrongs += fault_lines(report.result.faults)
        for row in report.rows:
            report.wrongs += [f"{row.campaign}: {wrong}" for wrong in row.wrongs]
            if row.stated is None:
                report.notes.append(f"{row.campaign}: the server shows no figures to compare")
        report.wrongs += [
            f"this log follows {one.log.origin}, and does not hold the {one.log.size:,} entries that one had signed"
            for one in report.followed
            if not one.is_whole
        ]
        for known in known_keys:
            report.wrongs += keychecks.wrongs(known, report.rows)
        if report.wrongs:
            report.outcome = Outcome.WRONG

    def _stop(self, error: AuditError) -> None:
        self.report.wrongs.append(error.words)
        self.report.outcome = error.outcome


def _note_at(place: str) -> bytes:
    """Return the checkpoint in a file or at an address."""
    if place.startswith(("http://", "https://")):
        with Web(place) as web:
            return fetch_note(web, "")
    try:
        return Path(place).read_bytes()
    except OSError as error:
        raise AuditError.unchecked(words=unusable(error, place)) from error
