"""What kinds of mail rallies send: each has its two templates, its subject, and its manners."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise

from tocsin.outbox.mails import Opened

# The letters of rallies have this kind; who asked for theirs, the rally's number behind a dot.
LETTER = "rally"


class Told(NamedTuple):
    """What a mail says: values and texts, as letters.letter has them."""

    values: Mapping[str, str]
    texts: Mapping[str, str]
    to: str = ""
    """Where it goes instead, if that was looked up too: an address that a row holds, for one that anybody may type."""


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
    look_up: Callable[[Opened, datetime], Told] | None = None
    """Finds what the mail says at the moment it is built, for what nobody but its mailbox may learn."""
