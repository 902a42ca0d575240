"""Two checkpoints of one log: does the newer begin with all of the older? If not, that is a fork, and proof of it."""

from tocsin.cli.audit.findings import AuditError, Outcome
from tocsin.cli.audit.keeping import Kept
from tocsin.cli.audit.rebuild import Rebuilt
from tocsin.tlog.signed import SignedCheckpoint


class ForkError(AuditError):
    """The log has signed two checkpoints that cannot both be true."""

    def __init__(self, *, words: str, ours: str, theirs: str) -> None:
        super().__init__(words, Outcome.FORKED)
        self.ours = ours
        self.theirs = theirs

    @property
    def evidence(self) -> str:
        """Both checkpoints, to be shown to everybody."""
        return f"One checkpoint:\n\n{self.theirs}\nThe other:\n\n{self.ours}"


def check_against(rebuilt: Rebuilt, ours: SignedCheckpoint, theirs: SignedCheckpoint, whose: str, kept: Kept) -> None:
    """Raise ForkError unless the log we rebuilt begins with the one of another checkpoint.

    `whose` says where that comes from. A log that showed us less than somebody else is not proof of
    a fork, since we may have been given an old page; it is an alarm all the same.
    """
    mine, other = ours.checkpoint, theirs.checkpoint
    if other.origin != mine.origin:
        raise AuditError.unchecked(words=f"the checkpoint {whose} is of another log, {other.origin}")
    if other.size > mine.size:
        words = (
            f"the log shows {mine.size:,} entries, and has signed {other.size:,} in the checkpoint {whose}:"
            " it went back, or shows you an old state"
        )
    elif (mine.root if other.size == mine.size else rebuilt.root_at(other.size)) != other.root:
        words = f"THE LOG HAS FORKED: its first {other.size:,} entries are not those of the checkpoint {whose}"
    else:
        return
    kept.keep_evidence("shown", ours.note)
    kept.keep_evidence("other", theirs.note)
    raise ForkError(words=f"{words}. Both are kept in {kept.folder}", ours=ours.note, theirs=theirs.note)
