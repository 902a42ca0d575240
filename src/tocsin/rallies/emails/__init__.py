"""The mails of rallies: their kinds, how a verb makes a letter, and how the worker makes mails of letters."""

from tocsin.outbox.mails import Builder
from tocsin.rallies.emails import coming, desk, hosting, standing
from tocsin.rallies.emails.build import RallyMails

# Each file of kinds adds its own.
KINDS = (*hosting.KINDS, *desk.KINDS, *coming.KINDS, *standing.KINDS)


def builders() -> dict[str, Builder]:
    """Return the builder of each kind of letter that rallies post, for one worker."""
    return RallyMails(KINDS).builders()
