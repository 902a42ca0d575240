"""lane.copies: an answer as it leaves, in its encodings, with tags."""

import asyncio
import gzip
from http import HTTPStatus
from typing import Any

from tocsin.lane.copies import Copy, Variants, zip_bytes

HEADERS = [(b"content-type", b"text/html; charset=utf-8"), (b"x-frame-options", b"DENY")]
BODY = b"<p>" + b"signed " * 200


def headers_of(copy: Copy) -> dict[bytes, bytes]:
    return dict(copy.headers)


def sent(copy: Copy, *, with_body: bool = True) -> list[dict[str, Any]]:
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    asyncio.run(copy.send(send, with_body=with_body))
    return messages


def test_both_encodings_say_what_they_are_and_have_their_own_tag() -> None:
    variants = Variants(HEADERS, BODY, zipped=zip_bytes(BODY))
    plain, zipped = headers_of(variants.plain), headers_of(variants.zipped)

    assert gzip.decompress(variants.zipped.body) == variants.plain.body == BODY
    assert b"content-encoding" not in plain
    assert zipped[b"content-encoding"] == b"gzip"
    assert plain[b"vary"] == zipped[b"vary"] == b"accept-encoding"
    assert zipped[b"content-length"] == b"%d" % len(variants.zipped.body)
    assert plain[b"etag"] != zipped[b"etag"]
    assert variants.tags == {plain[b"etag"].decode(), zipped[b"etag"].decode()}


def test_the_same_bytes_have_the_same_tag_in_every_process_and_others_have_not() -> None:
    first, second = (Variants(HEADERS, BODY, zipped=zip_bytes(BODY)) for _ in range(2))

    assert first.tags == second.tags
    assert first.zipped.body == second.zipped.body
    assert Variants(HEADERS, BODY + b".", zipped=None).tags.isdisjoint(first.tags)


def test_what_is_not_worth_compressing_is_sent_plain_to_everybody() -> None:
    variants = Variants(HEADERS, b"\x89PNG", zipped=None)

    assert variants.zipped is variants.plain


def test_not_modified_repeats_the_tag_and_the_strict_headers_but_has_no_body() -> None:
    variants = Variants(HEADERS, BODY, zipped=zip_bytes(BODY))
    unchanged = variants.unchanged[variants.zipped]

    assert unchanged.status == HTTPStatus.NOT_MODIFIED
    assert unchanged.body == b""
    assert headers_of(unchanged) == {
        b"x-frame-options": b"DENY",
        b"etag": headers_of(variants.zipped)[b"etag"],
        b"vary": b"accept-encoding",
    }


def test_a_redirect_is_never_unchanged() -> None:
    assert Variants(HEADERS, b"", zipped=None, status=HTTPStatus.FOUND).tags == frozenset()


def test_head_is_answered_with_everything_but_the_body() -> None:
    copy = Variants(HEADERS, BODY, zipped=None).plain

    start, end = sent(copy, with_body=False)

    assert start == {"type": "http.response.start", "status": HTTPStatus.OK, "headers": copy.headers}
    assert dict(start["headers"])[b"content-length"] == b"%d" % len(BODY)
    assert end == {"type": "http.response.body", "body": b""}
    assert sent(copy)[1]["body"] == BODY
