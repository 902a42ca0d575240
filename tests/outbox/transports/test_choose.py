"""outbox.transports.choose: what TOCSIN_MAIL_URL names."""

from pathlib import Path

import pytest

from tocsin.outbox.mails import Mail
from tocsin.outbox.transports.choose import transport_for
from tocsin.outbox.transports.null import NullTransport
from tocsin.outbox.transports.smtp import SmtpTransport
from tocsin.outbox.transports.through_django import DjangoTransport

FROM = "Night trains <noreply@example.org>"


@pytest.mark.parametrize(
    "url, expected",
    [
        ("smtp://mail.example", ("mail.example", 25, "plain", "", "")),
        ("smtp://127.0.0.1:2525", ("127.0.0.1", 2525, "plain", "", "")),
        ("smtp://[::1]:2525", ("::1", 2525, "plain", "", "")),
        ("smtp+tls://noor%40x:p%2Fw@mail.example", ("mail.example", 587, "starttls", "noor@x", "p/w")),
        ("smtps://mail.example", ("mail.example", 465, "tls", "", "")),
    ],
)
def test_smtp(url: str, expected: tuple[str, int, str, str, str]) -> None:
    made = transport_for(url, mail_from=FROM)
    assert isinstance(made, SmtpTransport)
    assert (made.host, made.port, made.security, made.user, made.password) == expected
    assert made.sender == "noreply@example.org"


def test_django() -> None:
    assert isinstance(transport_for("django:", mail_from=FROM), DjangoTransport)


def test_null_counts_and_can_write_links_down(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    links = tmp_path / "links"
    made = transport_for(f"null://{links}", mail_from=FROM)
    assert isinstance(made, NullTransport)
    for number in range(3):
        assert made.connect().send(Mail("maya@example.org", b"", f"http://x.example/c/{number}")).is_sent
    assert made.mails == 3
    assert links.read_text() == "http://x.example/c/0\nhttp://x.example/c/1\nhttp://x.example/c/2\n"
    assert "every mail is thrown away" in caplog.text


def test_null_alone_writes_nothing() -> None:
    made = transport_for("null:", mail_from=FROM)
    assert made.connect().send(Mail("maya@example.org", b"")).is_sent
