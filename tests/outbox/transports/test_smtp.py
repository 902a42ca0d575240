"""outbox.transports.smtp: real conversations, polite and rude."""

import base64
import time
from collections.abc import Callable, Iterator

import pytest

from tests.outbox.sink import ScriptedSink, rude_server
from tocsin.outbox.mails import Mail
from tocsin.outbox.transports import Answer, ConnectionLostError, NoConnectionError
from tocsin.outbox.transports.smtp import SmtpConnection, SmtpTransport

GREETING = b"220 rude.example\r\n"
EHLO = b"250-rude.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n"


def transport(port: int, **more: object) -> SmtpTransport:
    settings: dict[str, object] = {"step_seconds": 1.0, "content_seconds": 1.0} | more
    return SmtpTransport(host="127.0.0.1", port=port, sender="noreply@example.org", **settings)  # type: ignore[arg-type]  # a test's shorthand


Connect = Callable[..., SmtpConnection]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Return an opener of lines, which are closed in the end."""
    lines: list[SmtpConnection] = []

    def make(port: int, **more: object) -> SmtpConnection:
        lines.append(transport(port, **more).connect())
        return lines[-1]

    yield make
    for line in lines:
        line.close()


def mail(to: str, content: bytes = b"Subject: x\r\n\r\nhello\r\n") -> Mail:
    return Mail(to, content)


def test_many_mails_go_over_one_line(sink: ScriptedSink, connect: Connect) -> None:
    line = connect(sink.port)
    answers = [line.send(mail(f"maya{n}@example.org")) for n in range(20)]
    assert {answer.is_sent for answer in answers} == {True}
    assert (sink.taken.total(), sink.lines) == (20, 1)


def test_a_refusal_of_one_recipient_leaves_the_line_for_the_next(sink: ScriptedSink, connect: Connect) -> None:
    line = connect(sink.port)
    recipients = (
        "450.a@example.org",
        "550.b@example.org",
        "data-552.c@example.org",
        "data-451.d@example.org",
        "e@example.org",
    )
    assert [line.send(mail(to)).code for to in recipients] == [450, 550, 552, 451, 250]
    assert sink.lines == 1
    assert list(sink.taken.elements()) == ["e@example.org"]


def test_421_ends_the_line_and_is_held_against_the_mail(sink: ScriptedSink, connect: Connect) -> None:
    line = connect(sink.port)
    with pytest.raises(ConnectionLostError) as lost:
        line.send(mail("421.a@example.org"))
    assert lost.value.answer == Answer(421)


def test_a_line_that_begins_with_a_dot_arrives_whole(connect: Connect) -> None:
    received: list[bytes] = []

    class Keeping(ScriptedSink):
        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802  aiosmtpd's name
            received.append(envelope.content)  # type: ignore[attr-defined]  # aiosmtpd's envelope
            return await super().handle_DATA(server, session, envelope)

    sink = Keeping().start()
    content = b"Subject: x\r\n\r\n.\r\n..two\r\n.one\r\nlast\r\n"
    line = connect(sink.port)
    assert line.send(mail("maya@example.org", content)).is_sent
    assert line.send(mail("otto@example.org", content)).is_sent
    line.close()
    sink.stop()
    assert received == [content, content]


def test_an_address_outside_ascii_needs_a_server_that_takes_it(sink: ScriptedSink, connect: Connect) -> None:
    line = connect(sink.port)
    assert line.send(mail("пиляр@example.org")).is_sent
    with rude_server(GREETING, b"250 old.example\r\n", 2.0) as port:
        line = connect(port)
        assert line.send(mail("пиляр@example.org")) == Answer(553)


@pytest.mark.parametrize("to", ["a@example.org>\r\nRCPT TO:<b@example.org", "a@example.org\nDATA"])
def test_an_address_cannot_smuggle_a_command(sink: ScriptedSink, to: str, connect: Connect) -> None:
    line = connect(sink.port)
    with pytest.raises(ValueError, match="one line"):
        line.send(mail(to))
    assert not sink.asked


def test_nobody_there_is_said_without_a_password() -> None:
    with pytest.raises(NoConnectionError, match=r"127\.0\.0\.1:1 does not answer") as refused:
        transport(1, user="noor", password="secret words").connect()
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "talk",
    [
        (b"554 go away\r\n",),
        (b"HTTP/1.1 400 Bad Request\r\n",),
        (b"220-" + b"x" * 5_000,),
        (b"220-more\r\n" * 200,),
        (b"",),
        (0.2, b"220"),
        (GREETING, b"550 not you\r\n"),
    ],
    ids=["554", "no-smtp", "long-line", "no-end", "hang-up", "half", "ehlo-refused"],
)
def test_a_server_that_does_not_begin_well_is_no_connection(talk: tuple[bytes | float, ...]) -> None:
    with rude_server(*talk) as port, pytest.raises(NoConnectionError):
        transport(port).connect()


def test_a_server_that_drips_is_left_in_time() -> None:
    dripping = [word for letter in b"220 " + b"slow" * 40 for word in (0.2, bytes([letter]))]
    started = time.monotonic()
    with rude_server(*dripping) as port:
        with pytest.raises(NoConnectionError, match="too slow"):
            transport(port, step_seconds=0.5).connect()
        assert time.monotonic() - started < 20


def test_a_server_silent_after_the_content_may_have_taken_the_mail(connect: Connect) -> None:
    with rude_server(GREETING, EHLO, b"250 ok\r\n250 ok\r\n354 go\r\n", 3.0) as port:
        line = connect(port, content_seconds=0.5)
        with pytest.raises(ConnectionLostError) as lost:
            line.send(mail("maya@example.org"))
    assert lost.value.answer == Answer(451)


def test_a_server_that_hangs_up_before_the_content_has_not(connect: Connect) -> None:
    with rude_server(GREETING, EHLO) as port:
        line = connect(port)
        with pytest.raises(ConnectionLostError) as lost:
            line.send(mail("maya@example.org"))
    assert lost.value.answer is None


def test_a_pipelining_server_that_listens_after_a_refusal_gets_no_content(connect: Connect) -> None:
    replies = b"250 ok\r\n550 who?\r\n354 go\r\n"
    with rude_server(GREETING, EHLO, 0.1, replies, 0.1, b"554 no recipients\r\n", 2.0) as port:
        line = connect(port)
        assert line.send(mail("maya@example.org")) == Answer(550)


def test_tls_is_not_begun_with_a_server_that_offers_none(sink: ScriptedSink) -> None:
    with pytest.raises(NoConnectionError, match="offers no STARTTLS"):
        transport(sink.port, security="starttls").connect()
    with pytest.raises(NoConnectionError, match="TLS failed"):
        transport(sink.port, security="tls").connect()


def _signing_in(offer: bytes, *replies: bytes) -> Callable[[], None]:
    def connect() -> None:
        with rude_server(GREETING, b"250-x\r\n250 AUTH " + offer + b"\r\n", *replies, 1.0) as port:
            transport(port, user="noor", password="words").connect().close()

    return connect


def test_it_signs_in_by_plain_or_login_and_says_when_it_may_not() -> None:
    _signing_in(b"LOGIN PLAIN", b"235 welcome\r\n")()
    _signing_in(b"LOGIN", b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n", b"235 welcome\r\n")()
    with pytest.raises(NoConnectionError, match="535"):
        _signing_in(b"PLAIN", b"535 wrong\r\n")()
    with pytest.raises(NoConnectionError, match="neither AUTH PLAIN nor AUTH LOGIN"):
        _signing_in(b"CRAM-MD5")()


def test_what_is_said_to_sign_in_is_as_the_standard_has_it() -> None:
    from tocsin.outbox.transports.dialog import login_answers, plain_login  # noqa: PLC0415  beside its test

    assert base64.b64decode(plain_login("noor", "wörds").removeprefix("AUTH PLAIN ")) == "\0noor\0wörds".encode()
    assert login_answers("noor", "words") == ("bm9vcg==", "d29yZHM=")
