"""How mail leaves the house: one small plug, three ways through it."""

from typing import NamedTuple, Protocol

from tocsin.outbox.mails import Mail

_DONE = 2
_LATER = 4
_NEVER = 5


class Answer(NamedTuple):
    """What a mail server said of one mail, as an SMTP reply code (RFC 5321, section 4.2.1)."""

    code: int

    @property
    def is_sent(self) -> bool:
        """Say whether the server took the mail, and with it the responsibility."""
        return self.code // 100 == _DONE

    @property
    def is_refusal(self) -> bool:
        """Say whether the server does not take the mail, now or ever."""
        return self.code // 100 in {_LATER, _NEVER}

    @property
    def is_final(self) -> bool:
        """Say whether it will never take the mail."""
        return self.code // 100 == _NEVER


class NoConnectionError(Exception):
    """Nobody to talk to: refused, timed out, or our name and password were. All mail waits.

    The message says what to look at; it holds no address.
    """


class ConnectionLostError(Exception):
    """The line broke during a mail.

    `answer` is what can be held against that mail: the server's word if it said one, 451 if the
    content had been sent (so it may have been taken, and must not be sent again at once), and
    nothing when the mail had not been told yet.
    """

    def __init__(self, what: str, answer: Answer | None = None) -> None:
        super().__init__(what)
        self.answer = answer


class Connection(Protocol):
    """An open line to a mail server, for many mails, used by one thread."""

    def send(self, mail: Mail) -> Answer:
        """Hand over one mail; raise ConnectionLostError when the line cannot be used any more."""

    def close(self) -> None:
        """Say goodbye; never raises."""


class Transport(Protocol):
    """Opens lines, from several threads at once."""

    def connect(self) -> Connection:
        """Return a new line; raise NoConnectionError when there is nobody to talk to."""
