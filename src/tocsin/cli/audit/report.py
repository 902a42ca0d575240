"""What an audit found: lines for people, JSON for programs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tocsin.cli.audit.figures import Row
from tocsin.cli.audit.findings import Outcome, shown
from tocsin.cli.audit.forks import ForkError
from tocsin.cli.audit.succession import Followed
from tocsin.tlog.entry import Reason
from tocsin.tlog.recount import Fault, LogFault, Result
from tocsin.tlog.signed import Cosigned, SignedCheckpoint
from tocsin.tlog.text import to_base64

_REASONS = {Reason.SIGNATORY: "by signatories", Reason.DUPLICATE: "duplicates", Reason.STRUCK: "struck by organisers"}
_FAULTS = {
    LogFault.MALFORMED: "is no entry that anybody can read",
    LogFault.WITHDRAWS_LATER: "withdraws entry {target:,}, which comes later",
    LogFault.WITHDRAWS_BEYOND_SIZE: "withdraws entry {target:,}, which the log does not have",
    LogFault.WITHDRAWS_NO_SIGNATURE: "withdraws entry {target:,}, which is no signature",
    LogFault.WITHDRAWS_OTHER_CAMPAIGN: "withdraws entry {target:,}, another campaign's signature",
    LogFault.WITHDRAWS_TWICE: "withdraws entry {target:,} once more",
    LogFault.SUCCESSOR_NOT_FIRST: "says that this log follows another, and is not its first entry",
}
_MOST_FAULTS = 20
_MOST_FAULTS_JSON = 10_000


@dataclass
class Report:
    """One audit's findings; filled as far as it came."""

    address: str
    keys: list[str] = field(default_factory=list)
    is_first_use: bool = False
    signed: SignedCheckpoint | None = None
    remembered_size: int | None = None
    compared: list[str] = field(default_factory=list)
    rows: Sequence[Row] = ()
    result: Result | None = None
    followed: Sequence[Followed] = ()
    notes: list[str] = field(default_factory=list)
    wrongs: list[str] = field(default_factory=list)
    outcome: Outcome = Outcome.AGREES
    fork: ForkError | None = None

    def as_text(self) -> str:
        """Return the report for a terminal."""
        lines = [_line("audited", self.address), *self._who(), *self._what(), ""]
        lines += [*self._campaigns(), *[f"note: {shown(note)}" for note in self.notes]]
        lines += [f"WRONG: {shown(wrong)}" for wrong in self.wrongs]
        if self.fork is not None:
            lines += ["", self.fork.evidence]
        return "\n".join([*lines, _VERDICTS[self.outcome]])

    def as_json(self) -> str:
        """Return the report for a program."""
        checkpoint = self.signed.checkpoint if self.signed else None
        return json.dumps(
            {
                "address": self.address,
                "outcome": self.outcome.name.lower().replace("_", "-"),
                "keys": self.keys,
                "is_first_use": self.is_first_use,
                "origin": checkpoint.origin if checkpoint else None,
                "size": checkpoint.size if checkpoint else None,
                "root": to_base64(checkpoint.root) if checkpoint else None,
                "checkpoint": self.signed.note if self.signed else None,
                "cosigned": [one._asdict() for one in self.signed.cosigned] if self.signed else [],
                "remembered_size": self.remembered_size,
                "follows": [_followed_json(one) for one in self.followed],
                "campaigns": [_row_json(row) for row in self.rows],
                "faults": [_fault_json(fault) for fault in self.result.faults[:_MOST_FAULTS_JSON]]
                if self.result
                else [],
                "faults_in_all": len(self.result.faults) if self.result else 0,
                "notes": self.notes,
                "wrongs": self.wrongs,
                "fork": [self.fork.theirs, self.fork.ours] if self.fork else None,
            },
            indent=2,
            ensure_ascii=False,
        )

    def _who(self) -> list[str]:
        first = "  (named by the server, first seen now: compare it with what others have)"
        return [_line("log key", key + (first if self.is_first_use else "")) for key in self.keys]

    def _what(self) -> list[str]:
        if self.signed is None:
            return []
        checkpoint = self.signed.checkpoint
        lines = [_line("checkpoint", f"{checkpoint.size:,} entries, root {to_base64(checkpoint.root)}")]
        if self.remembered_size is not None:
            lines.append(_line("", f"begins with the {self.remembered_size:,} entries seen at the last audit"))
        lines += [_line("", words) for words in self.compared]
        lines += [_line("witnessed", _cosigned(one)) for one in self.signed.cosigned]
        lines += [_line("follows", _followed(one)) for one in self.followed]
        return lines

    def _campaigns(self) -> list[str]:
        if not self.rows:
            return []
        width = max(8, *(len(row.campaign) for row in self.rows))
        head = f"{'campaign':<{width}} {'signed':>12} {'withdrawn':>12} {'counted':>12}  the server says"
        return [head, *[line for row in self.rows for line in _row_lines(row, width)], ""]


def fault_lines(faults: Sequence[Fault]) -> list[str]:
    """Return what is wrong with entries, in words; of very many the first ones."""
    lines = [f"entry {fault.index:,} {_FAULTS[fault.fault].format(target=fault.target)}" for fault in faults]
    more = len(lines) - _MOST_FAULTS
    return lines if more <= 0 else [*lines[:_MOST_FAULTS], f"and {more:,} entries more break the rules"]


_VERDICTS = {
    Outcome.AGREES: "Everything agrees.",
    Outcome.NOT_CHECKED: "NOT CHECKED to the end.",
    Outcome.WRONG: "THE LOG, OR WHAT ITS SERVER SAYS, IS WRONG.",
    Outcome.FORKED: "THE LOG CONTRADICTS ITSELF. Keep both checkpoints and show them to others.",
}


def _line(head: str, words: str) -> str:
    return f"{head:<12}{words}"


def _followed(one: Followed) -> str:
    held = "all of which are in this one" if one.is_whole else "NOT all of which are in this one"
    return f"{shown(one.log.origin)}, which ended at {one.log.size:,} entries, {held}"


def _followed_json(one: Followed) -> dict[str, Any]:
    log = one.log
    return {"origin": log.origin, "size": log.size, "root": to_base64(log.root), "is_whole": one.is_whole}


def _cosigned(one: Cosigned) -> str:
    try:
        return f"{one.witness}, {datetime.fromtimestamp(one.at, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        return f"{one.witness}, at a time that is none"


def _row_lines(row: Row, width: int) -> list[str]:
    tally, stated = row.tally, row.stated
    says = "nothing" if stated is None else f"{stated.number:,} of {stated.size:,} entries"
    lines = [f"{row.campaign:<{width}} {tally.signs:>12,} {tally.withdrawals:>12,} {tally.count:>12,}  {says}"]
    reasons = [f"{number:,} {_REASONS[reason]}" for reason, number in tally.reasons.items() if number]
    if reasons:
        lines.append(f"  withdrawn: {', '.join(reasons)}")
    lines += [f"  sealing key {one.digest.hex()}, entry {one.index:,}" for one in tally.keys]
    return lines


def _row_json(row: Row) -> dict[str, Any]:
    tally = row.tally
    return {
        "campaign": row.campaign,
        "signs": tally.signs,
        "withdrawals": tally.withdrawals,
        "count": tally.count,
        "reasons": {str(reason.name.lower()): number for reason, number in tally.reasons.items()},
        "texts": [{"index": one.index, "hash": one.digest.hex()} for one in tally.texts],
        "keys": [{"index": one.index, "fingerprint": one.digest.hex()} for one in tally.keys],
        "stated": row.stated._asdict() if row.stated else None,
    }


def _fault_json(fault: Fault) -> dict[str, Any]:
    return {"index": fault.index, "fault": str(fault.fault), "campaign": fault.campaign, "target": fault.target}
