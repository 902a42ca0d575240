"""Signed notes: who signed is found out, and nothing else is believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog.logs import LOG, NEXT_LOG_KEY, flipped
from tocsin.tlog.keys import LogSigner, parse_vkey
from tocsin.tlog.note import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    NoteError,
    NoteRefusal,
    Signature,
    Vouched,
    add_signatures,
    open_note,
    parse,
    parse_signature,
    sign,
)

# The example in the documentation of Go's sumdb/note, where this format comes from.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""
TEXT = "one\n\nthree, after an empty line\n"
NOTE = sign(TEXT, [LOG])
LINE = NOTE.splitlines()[-1]
STRANGER = LogSigner("stranger.example", bytes(32))


def refusal(note: str | bytes, *keys: LogSigner) -> NoteRefusal | None:
    try:
        open_note(note, [key.verifier for key in keys])
    except NoteError as error:
        return error.reason
    return None


def test_a_note_that_another_program_signed_is_believed() -> None:
    key = parse_vkey(GO_KEY)
    note, vouched = open_note(GO_NOTE, [key])

    assert note.text.endswith("what your problem is.\n")
    assert vouched == (Vouched(key, note.signatures[0]),)


def test_a_note_is_its_text_an_empty_line_and_its_signatures() -> None:
    assert f"{TEXT}\n{LINE}\n" == NOTE
    assert parse(NOTE).text == TEXT
    assert str(parse(NOTE)) == NOTE
    assert parse(NOTE.encode()) == parse(NOTE)


def test_every_flipped_bit_is_refused() -> None:
    raw = NOTE.encode()
    for bit in range(len(raw) * 8):
        assert refusal(flipped(raw, bit), LOG) is not None


def test_every_cut_is_refused() -> None:
    raw = NOTE.encode()
    assert [refusal(raw[:length], LOG) for length in range(len(raw))] == [NoteRefusal.MALFORMED] * len(raw)


def test_a_note_by_an_unknown_key_is_refused() -> None:
    assert refusal(NOTE, STRANGER) == NoteRefusal.UNKNOWN_KEYS
    assert refusal(NOTE, NEXT_LOG_KEY) == NoteRefusal.UNKNOWN_KEYS  # same name, another key
    assert refusal(NOTE) == NoteRefusal.UNKNOWN_KEYS


def test_a_known_name_and_number_over_a_wrong_signature_spoils_the_note() -> None:
    wrong = parse(sign("other\n", [LOG])).signatures[0]

    assert refusal(f"{TEXT}\n{wrong.line}", LOG) == NoteRefusal.BAD_SIGNATURE
    assert refusal(sign(TEXT, [NEXT_LOG_KEY]) + wrong.line, LOG, NEXT_LOG_KEY) == NoteRefusal.BAD_SIGNATURE


@pytest.mark.parametrize("length", [1, 63, 65, 2428])
def test_a_signature_of_another_length_is_wrong_and_no_crash(length: int) -> None:
    assert refusal(f"{TEXT}\n{Signature(LOG.name, LOG.key_id, bytes(length)).line}", LOG) == NoteRefusal.BAD_SIGNATURE


def test_signatures_by_strangers_and_of_unknown_types_are_passed_over() -> None:
    strange = [Signature(f"stranger.example/{place}", bytes(4), bytes(2428)) for place in range(30)]
    note = add_signatures(sign(TEXT, [STRANGER]), [*strange, *parse(NOTE).signatures])

    _, vouched = open_note(note, [LOG.verifier])
    assert [one.signature.name for one in vouched] == [LOG.name]


def test_while_a_key_is_exchanged_both_are_believed_and_then_only_the_new_one() -> None:
    overlap = sign(TEXT, [LOG, NEXT_LOG_KEY])
    after = sign(TEXT, [NEXT_LOG_KEY])

    assert (refusal(overlap, LOG), refusal(overlap, NEXT_LOG_KEY)) == (None, None)
    assert (refusal(after, LOG), refusal(after, NEXT_LOG_KEY)) == (NoteRefusal.UNKNOWN_KEYS, None)


def test_a_signature_is_added_once() -> None:
    more = parse(sign(TEXT, [NEXT_LOG_KEY])).signatures

    assert add_signatures(add_signatures(NOTE, more), more) == sign(TEXT, [LOG, NEXT_LOG_KEY])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "\n\n",
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}{LINE}\n",
        f"{TEXT}\n{LINE}",
        f"{TEXT}\n{LINE}\n\n",
        f"{TEXT}\n\n{LINE}\n{LINE} \n",
        f"{TEXT}\n{LINE}\r\n",
        f"{TEXT}\n {LINE}\n",
        f"{TEXT}\n{LINE.replace('— ', '- ')}\n",
        f"{TEXT}\n{LINE.replace('— ', '—  ')}\n",
        f"{TEXT}\n{LINE.replace('— ', '—')}\n",
        f"{TEXT}\n{LINE[:-1]}\n",
        f"{TEXT}\n{LINE} x\n",
        f"{TEXT}\n— a+b Az3grlgt\n",
        f"{TEXT}\n— a Az3g\n",
        f"{TEXT}\n— a AAAAAA==\n",
        f"{LINE}\n",
        f"{TEXT}\n— a\n",
        f"{TEXT}\n—  Az3grlgt\n",
        f"a\tb\n\n{LINE}\n",
        f"a\0\n\n{LINE}\n",
        f"\ud800\n\n{LINE}\n",
    ],
)
def test_what_is_not_spelled_as_a_note_is_none(note: str) -> None:
    assert refusal(note, LOG) == NoteRefusal.MALFORMED


def test_what_is_not_utf_8_is_no_note() -> None:
    assert refusal(b"\xff" + NOTE.encode(), LOG) == NoteRefusal.MALFORMED


def test_a_note_has_a_length_and_a_number_of_signatures_that_one_can_bear() -> None:
    line = Signature("a", bytes(4), b"x").line

    assert len(parse("t\n\n" + line * MAX_SIGNATURES).signatures) == MAX_SIGNATURES
    assert refusal("t\n\n" + line * (MAX_SIGNATURES + 1), LOG) == NoteRefusal.MALFORMED
    longest = "t" * (MAX_NOTE_BYTES - len(f"\n\n{line}".encode())) + f"\n\n{line}"
    assert len(parse(longest).text) == longest.index("\n") + 1
    assert refusal("t" + longest, LOG) == NoteRefusal.MALFORMED
    assert refusal("t" * MAX_NOTE_BYTES + f"\n\n{line}", LOG) == NoteRefusal.MALFORMED


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=60))
def test_any_text_is_signed_and_read_back(text: str) -> None:
    note, _ = open_note(sign(f"{text}\n", [LOG]), [LOG.verifier])

    assert note.text == f"{text}\n"


@pytest.mark.parametrize("text", ["", "no newline"])
def test_a_text_without_its_newline_is_not_signed(text: str) -> None:
    with pytest.raises(ValueError, match="newline"):
        sign(text, [LOG])


def test_a_text_that_nobody_could_read_back_is_not_signed() -> None:
    with pytest.raises(NoteError):
        sign("a\tb\n", [LOG])
    with pytest.raises(NoteError):
        sign("nobody signs\n", [])


def test_one_line_alone_is_read() -> None:
    assert parse_signature(LINE) == parse(NOTE).signatures[0]
    assert parse_signature(LINE).line == f"{LINE}\n"
