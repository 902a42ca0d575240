"""Mail by SMTP: one line for many mails, each step with a time limit.

Crash points: the content of a mail is sent only after the one before it was answered and
recorded, so a line that dies leaves at most one mail whose fate is unknown.
"""

import contextlib
import re
import socket
import ssl
from dataclasses import dataclass
from functools import lru_cache

from tocsin.outbox.mails import Mail
from tocsin.outbox.transports import Answer, ConnectionLostError, NoConnectionError
from tocsin.outbox.transports.dialog import BrokenLineError, Dialog, Reply, login_answers, plain_login

_LINE_END = re.compile(rb"\r\n\.")
_READY = 220
_OK = 250
_GO_ON = 334
_SIGNED_IN = 235
_START_INPUT = 354
_CLOSING = 421
_NO_SUCH_ADDRESS = Answer(553)
_UNSURE = Answer(451)
_DOT = b"\r\n.\r\n"


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """Opens lines to one mail server.

    `security` is "plain", "starttls" or "tls"; with either of the last two the certificate is
    checked. `step_seconds` bound each command, `content_seconds` the answer to a whole mail:
    a server that looks at a mail slowly would otherwise get it twice (RFC 5321, section 4.5.3.2.6).
    """

    host: str
    port: int
    sender: str
    security: str = "plain"
    user: str = ""
    password: str = ""
    step_seconds: float = 30
    content_seconds: float = 120

    def connect(self) -> "SmtpConnection":
        """Return a line that is ready for mail."""
        try:
            line = socket.create_connection((self.host, self.port), self.step_seconds)
        except OSError as error:
            message = f"{self.host}:{self.port} does not answer ({error.strerror or type(error).__name__})"
            raise NoConnectionError(message) from error
        # Commands and contents are written whole, so nothing is gained by waiting for more.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        dialog = Dialog(line)
        try:
            return SmtpConnection(self, dialog, self._begin(dialog))
        except BrokenLineError as error:
            dialog.hang_up()
            message = f"{self.host}:{self.port}: {error}"
            raise NoConnectionError(message) from error

    def _begin(self, dialog: Dialog) -> frozenset[str]:
        """Greet, encrypt and sign in; return the extensions that the server offers."""
        if self.security == "tls":
            dialog.begin_tls(_tls_context(), self.host, self.step_seconds)
        _expect(dialog.send(b"", 1, seconds=self.step_seconds)[0], _READY, "greets us")
        extensions = self._greet(dialog)
        if self.security == "starttls":
            if not any(line.startswith("STARTTLS") for line in extensions):
                message = "it offers no STARTTLS: use smtps:// or, on this machine only, smtp://"
                raise BrokenLineError(message)
            _expect(dialog.say("STARTTLS", seconds=self.step_seconds)[0], _READY, "begins TLS")
            dialog.begin_tls(_tls_context(), self.host, self.step_seconds)
            extensions = self._greet(dialog)
        if self.user:
            self._sign_in(dialog, extensions)
        return extensions

    def _greet(self, dialog: Dialog) -> frozenset[str]:
        domain = self.sender.rpartition("@")[2] or "localhost"
        reply = dialog.say(f"EHLO {domain}", seconds=self.step_seconds)[0]
        _expect(reply, _OK, "greets us back")
        return frozenset(line.upper() for line in reply.lines[1:])

    def _sign_in(self, dialog: Dialog, extensions: frozenset[str]) -> None:
        ways = {way for line in extensions if line.startswith("AUTH ") for way in line.split()[1:]}
        if "PLAIN" in ways:
            _expect(
                dialog.say(plain_login(self.user, self.password), seconds=self.step_seconds)[0],
                _SIGNED_IN,
                "lets us in",
            )
            return
        if "LOGIN" not in ways:
            message = "it offers neither AUTH PLAIN nor AUTH LOGIN"
            raise BrokenLineError(message)
        _expect(dialog.say("AUTH LOGIN", seconds=self.step_seconds)[0], _GO_ON, "asks who we are")
        user, password = login_answers(self.user, self.password)
        _expect(dialog.say(user, seconds=self.step_seconds)[0], _GO_ON, "asks for the password")
        _expect(dialog.say(password, seconds=self.step_seconds)[0], _SIGNED_IN, "lets us in")


def _expect(reply: Reply, code: int, what: str) -> None:
    if reply.code != code:
        message = f"it answers {reply.code} where a server {what} with {code}"
        raise BrokenLineError(message)


@lru_cache(maxsize=1)
def _tls_context() -> ssl.SSLContext:
    return ssl.create_default_context()


class SmtpConnection:
    """A line on which mail can be handed over, one at a time."""

    def __init__(self, transport: SmtpTransport, dialog: Dialog, extensions: frozenset[str]) -> None:
        self._transport = transport
        self._dialog = dialog
        self._can_pipeline = "PIPELINING" in extensions
        self._can_utf8 = "SMTPUTF8" in extensions

    def send(self, mail: Mail) -> Answer:
        """Hand over one mail and return what the server says of it."""
        if not mail.to.isascii() and not self._can_utf8:
            return _NO_SUCH_ADDRESS
        refused = self._introduce(mail)
        if refused is not None:
            return refused
        content = mail.content.removesuffix(b"\r\n")
        # A line that begins with a dot would end the mail (RFC 5321, section 4.5.2).
        if b"\r\n." in content:
            content = _LINE_END.sub(b"\r\n..", content)
        try:
            reply = self._dialog.send(content + _DOT, 1, seconds=self._transport.content_seconds)[0]
        except BrokenLineError as error:
            raise ConnectionLostError(str(error), _UNSURE) from error
        return Answer(reply.code)

    def close(self) -> None:
        """Say goodbye, without waiting for long."""
        with contextlib.suppress(BrokenLineError):
            self._dialog.say("QUIT", seconds=1)
        self._dialog.hang_up()

    def _introduce(self, mail: Mail) -> Answer | None:
        """Name sender and recipient; return the refusal, or None when the content may follow."""
        utf8 = "" if mail.to.isascii() else " SMTPUTF8"
        commands = (f"MAIL FROM:<{self._transport.sender}>{utf8}", f"RCPT TO:<{mail.to}>", "DATA")
        seconds = self._transport.step_seconds
        try:
            if self._can_pipeline:
                return self._judge(self._dialog.say(*commands, seconds=seconds))
            return self._one_by_one(commands, seconds)
        except BrokenLineError as error:
            raise ConnectionLostError(str(error)) from error

    def _one_by_one(self, commands: tuple[str, ...], seconds: float) -> Answer | None:
        replies: list[Reply] = []
        for command in commands:
            replies += self._dialog.say(command, seconds=seconds)
            if Answer(replies[-1].code).is_refusal:
                self._forget(seconds)
                break
        return self._judge(replies)

    def _judge(self, replies: list[Reply]) -> Answer | None:
        """Return the first refusal; a server that began to listen all the same is sent an empty mail to no one."""
        if any(reply.code == _CLOSING for reply in replies):
            message = "the server closes the line (421)"
            raise ConnectionLostError(message, Answer(_CLOSING))
        refusal = next((Answer(reply.code) for reply in replies if Answer(reply.code).is_refusal), None)
        if refusal is None:
            if replies[-1].code != _START_INPUT:
                message = "a server that does not ask for the content"
                raise ConnectionLostError(message)
            return None
        if replies[-1].code == _START_INPUT:
            self._dialog.send(b".\r\n", 1, seconds=self._transport.step_seconds)
        elif self._can_pipeline:
            self._forget(self._transport.step_seconds)
        return refusal

    def _forget(self, seconds: float) -> None:
        """Clear what the server knows of a mail it refused, so that the next one starts afresh."""
        self._dialog.say("RSET", seconds=seconds)
