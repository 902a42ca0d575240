"""lane.uploads: a form with a photo is bounded in size, time, number and memory, and loses nothing that was typed."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from tests.lane.parts import HERE, in_parts
from tests.lane.test_bodies import GONE, NEVER, Make, by_asgi, by_rsgi
from tests.rallies.pictures import picture
from tocsin.lane.arrival import Arrival, BodyTooLargeError, ClientGoneError
from tocsin.lane.batcher import BusyError
from tocsin.lane.bodies import FORM_LIMIT, BodyTooSlowError
from tocsin.lane.form import BadFormError
from tocsin.lane.http import Request
from tocsin.lane.uploads import (
    DROPPED,
    LIMIT,
    PLACES,
    PLACES_OF_A_NETWORK,
    READINGS,
    READINGS_OF_A_NETWORK,
    Uploads,
)
from tocsin.rallies.refusals import Refusal

TYPED = {"low": "300", "note": "Am Königsplatz & drumherum", "source": "attendee"}
LARGE = picture() + bytes(FORM_LIMIT)  # more than any form without a photo
Came = tuple[dict[str, str], bytes | None, Refusal | None]


@pytest.fixture
def uploads(tmp_path: Path) -> Iterator[Uploads]:
    made = Uploads(tmp_path / "uploads", seconds=5.0)
    made.start()
    yield made
    made.stop()


def cut(body: bytes, size: int = 40_000) -> list[bytes]:
    return [body[place : place + size] for place in range(0, len(body), size)]


def asked(client: str = "192.0.2.7") -> Request:
    return Request("POST", "/", b"", dict(HERE), client)


async def came(uploads: Uploads, arrival: Arrival, request: Request | None = None) -> Came:
    """Return what a reading brings: the fields, the photo, and what was wrong with it."""
    request = request or asked()
    with uploads.reading(request, arrival) as read:
        fields = dict(parse_qsl((await read()).decode(), keep_blank_values=True))
        if request.photo is None:
            return fields, None, None
        content = request.photo.file.read() if request.photo.file is not None else None
        return fields, content, request.photo.flaw


def reads(uploads: Uploads, *pieces: bytes, **headers: str) -> Came:
    return asyncio.run(came(uploads, by_rsgi(*pieces, headers=HERE | headers)))


@pytest.mark.parametrize("by", [by_asgi, by_rsgi])
@pytest.mark.parametrize("size", [100, 40_000, FORM_LIMIT - 1, 3_000_000])
def test_fields_and_photo_come_out_as_they_were_sent(uploads: Uploads, by: Make, size: int) -> None:
    photo = LARGE * 8
    arrival = by(*cut(in_parts(TYPED, photo), size), headers=HERE)

    assert asyncio.run(came(uploads, arrival)) == (TYPED, photo, None)


def test_no_photo_chosen_is_a_form_without_one(uploads: Uploads) -> None:
    assert reads(uploads, in_parts(TYPED)) == (TYPED, None, None)
    assert reads(uploads, in_parts(TYPED, None)) == (TYPED, None, None)


def test_a_photo_lies_on_the_disk_without_a_name_and_is_gone_with_the_answer(uploads: Uploads, tmp_path: Path) -> None:
    async def story() -> None:
        request = asked()
        with uploads.reading(request, by_rsgi(*cut(in_parts(TYPED, LARGE)), headers=HERE)) as read:
            await read()
            assert request.photo is not None
            kept = request.photo.file
            assert kept is not None
            assert list((tmp_path / "uploads").iterdir()) == []
        assert kept.closed

    asyncio.run(story())


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_photo_that_is_too_large_is_dropped_and_every_field_kept(uploads: Uploads, is_announced: bool) -> None:
    body = in_parts(TYPED, bytes(LIMIT + 1))
    headers = {"content-length": str(len(body))} if is_announced else {}

    assert reads(uploads, *cut(body, 1_000_000), **headers) == (TYPED, None, Refusal.PHOTO_BIG)


def test_what_is_larger_still_is_refused_before_it_is_read(uploads: Uploads) -> None:
    with pytest.raises(BodyTooLargeError):
        reads(uploads, NEVER, **{"content-length": str(DROPPED + 1)})


@pytest.mark.parametrize("fields", [{"note": "x" * 70_000}, {f"field{number}": "x" * 99 for number in range(700)}])
def test_fields_have_the_bound_that_every_form_has(uploads: Uploads, fields: dict[str, str]) -> None:
    with pytest.raises(BodyTooLargeError):
        reads(uploads, *cut(in_parts(fields, LARGE)))


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=" + "x" * 300,
        "multipart/form-data; boundary*=nope''%41",
        "multipart/form-data; boundary*=utf-8''%00\u00e9",
    ],
)
def test_what_no_browser_sends_is_refused(uploads: Uploads, content_type: str) -> None:
    with pytest.raises(BadFormError):
        reads(uploads, in_parts(TYPED, LARGE), **{"content-type": content_type})


def test_of_several_files_the_first_that_is_ours_is_kept(uploads: Uploads) -> None:
    body = in_parts(TYPED, b"first" * 20_000).removesuffix(b"--\r\n") + b"\r\n"
    other = in_parts({}, b"second")
    shell = other.replace(b'name="photo"', b'name="shell"')

    assert reads(uploads, body.removesuffix(b"\r\n") + b"\r\n" + other.partition(b"\r\n")[2])[1] == b"first" * 20_000
    assert reads(uploads, shell) == ({}, None, None)


def test_who_is_slow_or_hangs_up_holds_no_place(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, seconds=1.0)
    uploads.start()
    body = in_parts(TYPED, LARGE)
    with pytest.raises(BodyTooSlowError):
        reads(uploads, body[:66_000], NEVER)
    with pytest.raises(ClientGoneError):
        reads(uploads, body[:66_000], GONE)
    with pytest.raises(ClientGoneError):
        reads(uploads, body[:66_000], **{"content-length": str(len(body))})
    for _ in range(PLACES_OF_A_NETWORK + 1):
        assert reads(uploads, *cut(body))[1] == LARGE
    uploads.stop()


def test_a_crowd_of_photos_is_bounded_in_all_and_by_network_and_who_finds_no_place_keeps_what_was_typed(
    uploads: Uploads,
) -> None:
    async def story() -> list[int]:
        kept = []
        with ExitStack() as answers:
            for network in range(5):
                found = 0
                for host in range(PLACES_OF_A_NETWORK + 2):
                    request = asked(f"192.0.{network}.{host}")
                    arrival = by_rsgi(*cut(in_parts(TYPED, LARGE)), headers=HERE)
                    read = answers.enter_context(uploads.reading(request, arrival))
                    assert dict(parse_qsl((await read()).decode())) == TYPED
                    assert request.photo is not None
                    assert request.photo.flaw in {None, Refusal.PHOTO_BUSY}
                    found += request.photo.flaw is None
                kept.append(found)
        return kept

    assert asyncio.run(story()) == [PLACES_OF_A_NETWORK] * (PLACES // PLACES_OF_A_NETWORK) + [0]
    assert reads(uploads, *cut(in_parts(TYPED, LARGE)))[1] == LARGE


def test_the_fields_have_the_time_that_every_form_has_and_only_a_photo_has_more(tmp_path: Path) -> None:
    body = in_parts(TYPED, LARGE)

    async def story(uploads: Uploads) -> None:
        uploads.start()
        async with asyncio.timeout(20):  # of the one that would wait an hour, nobody sees the end
            with pytest.raises(BodyTooSlowError):
                await came(uploads, by_rsgi(body[:FORM_LIMIT], NEVER, headers=HERE))
        uploads.stop()

    asyncio.run(story(Uploads(tmp_path, form_seconds=0.1, seconds=3_600.0)))
    patient = Uploads(tmp_path, form_seconds=60.0, seconds=0.1)
    patient.start()
    with pytest.raises(BodyTooSlowError):
        reads(patient, body[: FORM_LIMIT + 1], NEVER)
    patient.stop()


def test_a_form_in_parts_needs_no_place_but_readings_are_bounded_in_all_and_by_network(uploads: Uploads) -> None:
    def reading(client: str) -> AbstractContextManager[object]:
        return uploads.reading(asked(client), by_rsgi(in_parts(TYPED), headers=HERE))

    with ExitStack() as answers:
        for network in range(READINGS // READINGS_OF_A_NETWORK):
            for host in range(READINGS_OF_A_NETWORK):
                answers.enter_context(reading(f"192.0.{network}.{host}"))
            with pytest.raises(BusyError), reading(f"192.0.{network}.200"):
                pass
        with pytest.raises(BusyError), reading("198.51.100.7"):
            pass
    assert reads(uploads, in_parts(TYPED, picture()))[1] == picture()
