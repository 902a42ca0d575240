"""outbox.mime: messages that say what was meant, and nothing that somebody smuggled in."""

import email
import email.policy
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.outbox.mime import (
    Attached,
    MailTemplate,
    UnsafeHeaderError,
    exact_header,
    from_header,
    header,
    one_line,
    slot,
)

NOW = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)
TO = "maya@example.org"
SMUGGLED = [
    "x\r\nBcc: all@example.org",
    "x\nBcc: all@example.org",
    "x\rBcc: all@example.org",
    "x\x0bBcc: y",
    "x\x0cBcc: y",
    "x\x85Bcc: y",
    "x\u2028Bcc: y",
    "x\u2029Bcc: y",
    "x\x00y",
    "x\udc0ay",
]


def template(**more: str) -> MailTemplate:
    words = {
        "subject": "Please confirm",
        "text": f"Hello {slot('name')},\n\n{slot('link')}\n",
        "html_text": f'<p>Hello {slot("name")}, <a href="{slot("link")}">press</a></p>',
        "sender": "Night trains <noreply@example.org>",
    } | more
    return MailTemplate(headers={"Auto-Submitted": "auto-generated"}, **words)


def read(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default)


def fill(made: MailTemplate, headers: Mapping[str, str] | None = None, **values: str) -> EmailMessage:
    return read(
        made.fill(
            to=TO, values={"name": "Maya", "link": "https://x.example/c/T"} | values, headers=headers or {}, now=NOW
        )
    )


def parts(message: EmailMessage) -> list[tuple[str, str]]:
    return [(part.get_content_type(), part.get_content().replace("\r\n", "\n")) for part in message.iter_parts()]


def test_a_mail_is_plain_text_first_and_html_second() -> None:
    message = fill(template())
    assert parts(message) == [
        ("text/plain", "Hello Maya,\n\nhttps://x.example/c/T"),
        ("text/html", '<p>Hello Maya, <a href="https://x.example/c/T">press</a></p>'),
    ]
    assert message.defects == []


def test_its_headers_are_the_ones_a_mail_needs() -> None:
    message = fill(template(), headers={"List-Unsubscribe": "<https://x.example/m/T/stop>"})
    assert {
        name: message[name] for name in ("To", "From", "Subject", "Date", "Auto-Submitted", "List-Unsubscribe")
    } == {
        "To": TO,
        "From": "Night trains <noreply@example.org>",
        "Subject": "Please confirm",
        "Date": "Thu, 02 Apr 2026 10:00:00 +0000",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": "<https://x.example/m/T/stop>",
    }


def test_message_ids_are_random_and_of_the_senders_domain() -> None:
    ids = {str(fill(template())["Message-ID"]) for _ in range(20)}
    assert len(ids) == 20
    assert all(one.endswith("@example.org>") and len(one) == len("<>@example.org") + 32 for one in ids)


@pytest.mark.parametrize("smuggled", SMUGGLED)
def test_a_header_with_a_line_end_is_refused(smuggled: str) -> None:
    for make in (header, exact_header):
        with pytest.raises(UnsafeHeaderError):
            make("Subject", smuggled)
    with pytest.raises(UnsafeHeaderError):
        template().fill(to=smuggled, values={"name": "", "link": ""}, headers={}, now=NOW)
    with pytest.raises(UnsafeHeaderError):
        template().fill(to=TO, values={"name": "", "link": ""}, headers={"X": smuggled}, now=NOW)


@pytest.mark.parametrize("smuggled", SMUGGLED)
def test_a_smuggled_line_end_in_a_subject_or_a_name_is_one_line(smuggled: str) -> None:
    message = fill(template(subject=smuggled), name=smuggled)
    assert message["Bcc"] is None
    assert "\n" not in str(message["Subject"])
    text = dict(parts(message))["text/plain"]
    assert text.splitlines()[1:] == ["", "https://x.example/c/T"]


def test_a_title_beyond_ascii_is_encoded_and_folded() -> None:
    title = "أعيدوا القطارات الليلية " * 8
    raw = header("Subject", title.strip())
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 76
    assert str(read(raw + b"\r\n")["Subject"]) == title.strip()


def test_encoded_words_in_typed_text_stay_what_was_typed() -> None:
    message = fill(template(subject="=?utf-8?b?QmNjOiBh?="), name="=?utf-8?q?x?=")
    assert dict(parts(message))["text/plain"].startswith("Hello =?utf-8?q?x?=,")


def test_a_sender_with_a_name_beyond_ascii_is_encoded() -> None:
    assert from_header("Café <a@example.org>") == b"From: =?utf-8?b?Q2Fmw6k=?= <a@example.org>\r\n"
    assert from_header("a@example.org") == b"From: a@example.org\r\n"


def test_typed_html_is_inert() -> None:
    message = fill(template(), name='<img src="https://x.example/pixel">', link='"><script>')
    html = dict(parts(message))["text/html"]
    assert "<img" not in html
    assert "<script" not in html
    assert dict(parts(message))["text/plain"].startswith('Hello <img src="https://x.example/pixel">,')


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("Maya", "Maya"),
        (" Maya \t Lindqvist\n", "Maya Lindqvist"),
        ("Maya\u202egnp.exe", "Mayagnp.exe"),
        ("a\u2066b\u2069c\ufeff", "abc"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
def test_one_line_keeps_letters_and_joiners_and_drops_what_turns_or_hides_text(typed: str, kept: str) -> None:
    assert one_line(typed) == kept


def test_arabic_goes_as_base64_and_english_as_quoted_printable() -> None:
    arabic = template(text="أعيدوا القطارات الليلية\n" * 40 + slot("name")).fill(
        to=TO, values={"name": "x", "link": ""}, headers={}, now=NOW
    )
    assert b"Content-Transfer-Encoding: base64" in arabic
    english = template().fill(to=TO, values={"name": "x", "link": ""}, headers={}, now=NOW)
    assert b"Content-Transfer-Encoding: base64" not in english
    assert max(map(len, arabic.split(b"\r\n"))) <= 76


_ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)


@settings(max_examples=60, deadline=None)
@given(before=_ANY_TEXT, between=_ANY_TEXT, name=_ANY_TEXT, link=_ANY_TEXT)
def test_any_text_arrives_as_it_was_meant_in_lines_that_fit(before: str, between: str, name: str, link: str) -> None:
    before, between = one_line(before), one_line(between)
    made = template(text=f"{before}\n{slot('name')}{between}{slot('link')}.\n.{before}{slot('name')} ")
    content = made.fill(to=TO, values={"name": name, "link": link}, headers={}, now=NOW)
    assert max(map(len, content.split(b"\r\n"))) <= 76
    assert b"\n" not in content.replace(b"\r\n", b"")
    name, link = one_line(name), one_line(link)
    expected = f"{before}\n{name}{between}{link}.\n.{before}{name}"
    # What stands around a mail's words is not of them: the text is stripped before its slots are filled.
    assert dict(parts(read(content)))["text/plain"].strip() == expected.strip()


@pytest.mark.parametrize(
    "typed", ["@@slot:name@@", "@@slot:x@@", "@@sl@@slot:ot:x@@", "@@@@slot:slot:x@@", "@@", "@@@"]
)
@pytest.mark.parametrize("letters", ["", "قطار" * 40])
def test_what_somebody_typed_is_never_a_slot(typed: str, letters: str) -> None:
    made = template(
        text=f"{typed}{slot('name')}{typed}{letters}", html_text=f"<p>{typed}{slot('name')}{typed}{letters}</p>"
    )
    text, page = (words.strip() for _kind, words in parts(fill(made)))
    assert text == f"{typed}Maya{typed}{letters}"
    assert page == f"<p>{typed}Maya{typed}{letters}</p>"


def test_a_link_longer_than_a_line_is_cut_softly_and_arrives_whole() -> None:
    link = f"https://petition.example/m/{'Ab-_9' * 19}/stop?a=b"
    for value in (link, link.replace("=", "-"), "x" * 75, "x" * 76, "x" * 150, "x" * 151):
        content = template().fill(to=TO, values={"name": "x", "link": value}, headers={}, now=NOW)
        assert max(map(len, content.split(b"\r\n"))) <= 76
        assert value in dict(parts(read(content)))["text/plain"]
        assert value.replace("&", "&amp;") in dict(parts(read(content)))["text/html"]


def test_files_come_beside_the_words_byte_for_byte() -> None:
    content = b"BEGIN:VCALENDAR\r\n" + bytes(range(256)) + b"\r\n--=_tocsin--\r\n--=_with--\r\n"
    attached = Attached("rally.ics", "text/calendar; charset=utf-8; method=PUBLISH", content)
    other = Attached("cancelled.ics", "text/calendar; charset=utf-8; method=CANCEL", b"2")
    values = {"name": "Maya", "link": "L"}
    message = read(template().fill(to=TO, values=values, headers={}, now=NOW, attached=[attached, other]))
    words, file, second = message.iter_parts()
    assert (second.get_filename(), second.get_payload(decode=True)) == ("cancelled.ics", b"2")
    assert [part.get_content_type() for part in words.iter_parts()] == ["text/plain", "text/html"]
    assert next(words.iter_parts()).get_content().replace("\r\n", "\n") == "Hello Maya,\n\nL"
    assert (file.get_content_type(), file.get_filename()) == ("text/calendar", "rally.ics")
    assert file.get_payload(decode=True) == content
    assert str(message["To"]) == TO


def test_a_files_name_cannot_begin_a_header() -> None:
    attached = Attached("x\r\nBcc: all@example.org", "text/calendar", b"")
    with pytest.raises(UnsafeHeaderError):
        template().fill(to=TO, values={"name": "Maya", "link": "L"}, headers={}, now=NOW, attached=[attached])
