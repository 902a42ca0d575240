"""What kinds of mail rallies send: each has its two templates, its subject, and its manners."""

from dataclasses import dataclass

from django.utils.functional import Promise

# The letters of rallies have this kind; who asked for theirs, the rally's number behind a dot.
LETTER = "rally"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKind:
    """One kind of mail."""

    name: str
    """Names the templates rallies/mails/{name}.txt and .html."""
    subject: str | Promise
    """With %(title)s for the campaign's title, and %(…)s for any of a letter's texts."""
    neutral_subject: str | Promise
    """What anybody may see over a shoulder, for a campaign that wants its subjects so."""
    is_asked_for: bool
    """Whether it goes to somebody who has pressed a button for it: no cap counts it then."""
    is_transaction: bool = False
    """Whether it answers what its reader did just now; every other one has List-Unsubscribe."""
