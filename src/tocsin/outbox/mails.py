"""What goes in at the front of the worker and comes out at its back: opened letters, built mails."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from tocsin.outbox.states import Reason


class Opened(NamedTuple):
    """A claimed letter, its content readable: the only moment it is."""

    id: int
    kind: str
    campaign: int | None
    provider: str
    attempts: int
    content: Mapping[str, Any]
    was_put_off: bool = False  # by the caps: it comes a day after it was asked for


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one recipient, ready for SMTP."""

    to: str
    """The envelope's recipient: local part as typed, domain in ASCII."""
    content: bytes
    """The whole message (RFC 5322), lines ended by CR LF."""
    link: str = ""
    """Its main link; the null transport can write it down for benchmarks."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A letter that a builder decided not to send."""

    reason: Reason


# Makes mails of letters of one kind: as many results as letters, in their order. It may ask the
# database, once for all; what it writes must be fine to be written again, for a letter can come twice.
Builder = Callable[[Sequence[Opened], datetime], Sequence[Mail | Dropped]]
