"""lane.rendered: what may be kept and shown to everybody, and until when."""

from http import HTTPStatus

import pytest

from tocsin.lane.http import Header, Response
from tocsin.lane.rendered import read_rendered
from tocsin.website.headers import STRICT_HEADERS

PUBLIC: Header = (b"cache-control", b"public, max-age=5, stale-while-revalidate=60")
HTML: Header = (b"content-type", b"text/html; charset=utf-8")
PATH = "/es/night-trains/"


def answer(*headers: Header, status: int = HTTPStatus.OK, body: bytes = b"<p>@@slot:count@@</p>") -> Response:
    return Response(status, body, [HTML, *headers])


def test_a_public_page_is_kept_with_what_it_says_of_itself() -> None:
    page = read_rendered(
        answer(
            PUBLIC,
            (b"content-language", b"es"),
            (b"x-tocsin-campaign", b"7"),
            (b"x-tocsin-until", b"1800000000"),
            (b"x-frame-options", b"SAMEORIGIN"),
        ),
        PATH,
    )

    assert page is not None
    assert (page.campaign, page.until, page.max_age, page.language) == (7, 1_800_000_000, 5, "es")
    assert page.template.names == {"count"}
    own = [HTML, PUBLIC, (b"content-language", b"es"), (b"x-frame-options", b"SAMEORIGIN")]
    assert page.headers == [*own, *(header for header in STRICT_HEADERS if header[0] != b"x-frame-options")]


def test_without_a_language_of_its_own_a_page_speaks_its_paths() -> None:
    page = read_rendered(answer(PUBLIC), PATH)

    assert page is not None
    assert (page.language, page.campaign, page.until) == ("es", None, None)


def test_a_public_redirect_is_kept() -> None:
    page = read_rendered(answer(PUBLIC, (b"location", b"/es/"), status=HTTPStatus.FOUND, body=b""), "/")

    assert page is not None
    assert page.variants({}, page.headers).plain.status == HTTPStatus.FOUND


@pytest.mark.parametrize(
    "response",
    [
        answer(),
        answer((b"cache-control", b"private, max-age=5")),
        answer((b"cache-control", b"no-store")),
        answer(PUBLIC, (b"set-cookie", b"sessionid=x")),
        answer(PUBLIC, (b"vary", b"Cookie")),
        answer(PUBLIC, (b"vary", b"Accept-Encoding, Accept-Language")),
        answer(PUBLIC, status=HTTPStatus.NOT_FOUND),
        answer(PUBLIC, status=HTTPStatus.INTERNAL_SERVER_ERROR),
        answer(PUBLIC, status=HTTPStatus.PARTIAL_CONTENT),
    ],
)
def test_what_does_not_say_that_it_is_for_everybody_is_not_kept(response: Response) -> None:
    assert read_rendered(response, PATH) is None


def test_a_picture_is_kept_as_it_is() -> None:
    picture = Response(HTTPStatus.OK, b"@@slot:count@@", [(b"content-type", b"image/png"), PUBLIC])
    page = read_rendered(picture, "/a.png")

    assert page is not None
    variants = page.variants({"count": "1"}, page.headers)
    assert variants.plain.body == b"@@slot:count@@"
    assert variants.zipped is variants.plain


def test_long_text_is_compressed_and_short_text_is_not() -> None:
    long = read_rendered(answer(PUBLIC, body=b"<p>appeal</p>" * 100), PATH)
    short = read_rendered(answer(PUBLIC, body=b"<p>appeal</p>"), PATH)

    assert long is not None
    assert short is not None
    assert len(long.variants({}, long.headers).zipped.body) < 100
    assert short.variants({}, short.headers).zipped.body == b"<p>appeal</p>"


@pytest.mark.parametrize(
    "now,expected",
    [
        (1_799_999_990.0, PUBLIC[1]),
        (1_799_999_995.0, PUBLIC[1]),
        (1_799_999_997.5, b"public, max-age=2"),
        (1_800_000_003.0, b"public, max-age=0"),
    ],
)
def test_no_cache_keeps_a_page_past_its_end(now: float, expected: bytes) -> None:
    page = read_rendered(answer(PUBLIC, (b"x-tocsin-until", b"1800000000")), PATH)

    assert page is not None
    assert dict(page.headers_at(now))[b"cache-control"] == expected
