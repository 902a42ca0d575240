"""Reading a form that came with a photo (multipart/form-data, RFC 7578): bounded in size, time, number and memory.

A hundred people stand on a square and send their photos over one slow mast. So a body lies on the disk while it
comes, not in memory: only its first 64 KB do, which hold every field, because a form has its photo last. They have the
time that every form has; what comes after them has more. Past them a reading needs one of a bounded number of places;
of these, and of all readings, a network can take some. Who finds none, and who sends too
much, is read to the end with the rest dropped, since no browser shows an answer to what it could not send; then
they get their form back, filled in, with what to do about the photo. What comes out is the form as if it had
been sent without a photo, and the photo beside it.
"""

import asyncio
import io
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final, NamedTuple
from urllib.parse import urlencode

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from tocsin.lane.arrival import Arrival, BodyTooLargeError, ClientGoneError
from tocsin.lane.batcher import BusyError
from tocsin.lane.bodies import FORM_LIMIT, FORM_SECONDS, BodyTooSlowError, announced_length
from tocsin.lane.form import BadFormError
from tocsin.lane.http import Request
from tocsin.lane.limits import network_of
from tocsin.lane.threads import Threads
from tocsin.rallies.photos import FIELD, MAX_BYTES, SentPhoto
from tocsin.rallies.refusals import Refusal

SECONDS: Final = 120.0  # from the first byte past those that a form without a photo may have
LIMIT: Final = MAX_BYTES + FORM_LIMIT
# What is read and dropped of a photo that is too large; a browser that sends more sees its line cut.
DROPPED: Final = 48 * 1024 * 1024
# Of one process at a time: what lies on the disk, and all readings together; of each one network may have some.
PLACES: Final = 48
PLACES_OF_A_NETWORK: Final = 12
READINGS: Final = 200
READINGS_OF_A_NETWORK: Final = 50
_PIECE: Final = 256 * 1024  # written at once

ReadBody = Callable[[], Awaitable[bytes]]


class _Read(NamedTuple):
    """What came of a body: its beginning in memory or all of it on the disk, its length, what is left out and why."""

    file: IO[bytes]
    size: int
    flaw: Refusal | None


def has_parts(headers: Mapping[str, str]) -> bool:
    """Say whether a form was sent in the encoding that can bring a photo."""
    return headers.get("content-type", "").startswith("multipart/form-data")


class Uploads:
    """Reads the forms with photos of one process; their files lie in `folder`, without a name."""

    def __init__(self, folder: Path, *, form_seconds: float = FORM_SECONDS, seconds: float = SECONDS) -> None:
        self._folder = folder
        self._form_seconds = form_seconds
        self._seconds = seconds
        self._threads = Threads(count=2, limit=READINGS, name="uploads")
        self._readings: Counter[str] = Counter()
        self._placed: Counter[str] = Counter()

    def start(self) -> None:
        """Start the threads."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._threads.start()

    def stop(self) -> None:
        """Let the threads go."""
        self._threads.stop()

    @contextmanager
    def reading(self, request: Request, arrival: Arrival) -> Iterator[ReadBody]:
        """Yield what reads the body and puts the photo beside it; afterwards the photo's file is gone."""
        network = network_of(request.client)
        if self._readings.total() >= READINGS or self._readings[network] >= READINGS_OF_A_NETWORK:
            raise BusyError
        self._readings[network] += 1
        places: list[str] = []

        def find_place() -> bool:
            if self._placed.total() >= PLACES or self._placed[network] >= PLACES_OF_A_NETWORK:
                return False
            self._placed[network] += 1
            places.append(network)
            return True

        async def read() -> bytes:
            fields, request.photo = await self._read(arrival, find_place)
            request.headers["content-type"] = "application/x-www-form-urlencoded"
            return fields

        try:
            yield read
        finally:
            _give_back(self._readings, network)
            for place in places:
                _give_back(self._placed, place)
            if request.photo is not None and request.photo.file is not None:
                request.photo.file.close()

    async def _read(self, arrival: Arrival, find_place: Callable[[], bool]) -> tuple[bytes, SentPhoto | None]:
        """Return the fields in the encoding of a form without files, and the photo."""
        announced = announced_length(arrival)
        if announced > DROPPED:
            raise BodyTooLargeError
        with ExitStack() as files:
            try:
                async with asyncio.timeout(self._form_seconds) as until:
                    body = await self._spool(
                        _slower(arrival.pieces(), until, self._seconds), announced, find_place, files
                    )
            except TimeoutError as error:
                raise BodyTooSlowError from error
            if announced > body.size:
                raise ClientGoneError
            return await self._threads.run(lambda: _parsed(body, arrival.headers["content-type"], self._folder))

    async def _spool(
        self, pieces: AsyncIterator[bytes], announced: int, find_place: Callable[[], bool], files: ExitStack
    ) -> _Read:
        start, size, waiting = io.BytesIO(), 0, bytearray()
        file: IO[bytes] | None = None
        flaw = Refusal.PHOTO_BIG if announced > LIMIT else None
        async for piece in pieces:
            size += len(piece)
            if size > DROPPED:
                raise BodyTooLargeError
            rest = piece[start.write(piece[: FORM_LIMIT - start.tell()]) :]
            if size > LIMIT:
                flaw = flaw or Refusal.PHOTO_BIG
            elif rest and file is None and not flaw and not find_place():
                flaw = Refusal.PHOTO_BUSY
            if flaw is not None or not rest:
                continue
            if file is None:
                file = files.enter_context(TemporaryFile(dir=self._folder))  # noqa: SIM115  it is one
                waiting += start.getvalue()
            waiting += rest
            if len(waiting) >= _PIECE:
                await self._threads.run(_writing(file, bytes(waiting)))
                waiting.clear()
        if file is None or flaw is not None:
            return _Read(start, size, flaw)
        await self._threads.run(_writing(file, bytes(waiting)))
        return _Read(file, size, None)


async def _slower(pieces: AsyncIterator[bytes], until: asyncio.Timeout, seconds: float) -> AsyncIterator[bytes]:
    """Pass the pieces on; from where only a photo can be left, there are `seconds` for the rest, kept or dropped."""
    size = 0
    async for piece in pieces:
        if size <= FORM_LIMIT < size + len(piece):
            until.reschedule(asyncio.get_running_loop().time() + seconds)
        size += len(piece)
        yield piece


def _give_back(taken: Counter[str], network: str) -> None:
    taken[network] -= 1
    if not taken[network]:
        del taken[network]


def _writing(file: IO[bytes], content: bytes) -> Callable[[], int]:
    return lambda: file.write(content)


def _parsed(body: _Read, content_type: str, folder: Path) -> tuple[bytes, SentPhoto | None]:
    """Read the parts of a body; raises BadFormError, or BodyTooLargeError for fields that no form of ours has."""
    handler = _PhotoHandler(folder)
    about = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": body.size}
    body.file.seek(0)
    try:
        # Its stubs ask for no more than `read`, under a name of its parameter that no file has.
        fields, _files = MultiPartParser(about, body.file, [handler], "utf-8").parse()  # type: ignore[arg-type]
    except (MultiPartParserError, SuspiciousOperation, LookupError, ValueError) as error:
        # The last two: a parameter in an encoding that is none (RFC 2231), or that its bytes are not in.
        handler.drop()
        raise BadFormError(str(error)) from error
    # Where no photo was chosen, its field comes as one of text.
    texts = [(name, value) for name, value in fields.items() if isinstance(value, str) and name != FIELD]
    encoded = urlencode(texts).encode()
    if len(encoded) > FORM_LIMIT or (body.flaw is not None and handler.photo is None):
        handler.drop()
        raise BodyTooLargeError
    if body.flaw is not None:
        handler.drop()
        return encoded, SentPhoto(None, body.flaw)
    if handler.photo is None or not handler.photo.tell():
        handler.drop()
        return encoded, None
    handler.photo.seek(0)
    return encoded, SentPhoto(handler.photo)


class _PhotoHandler(FileUploadHandler):
    """Keeps the first file that is called as our field is, and no other."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.photo: IO[bytes] | None = None
        self._folder = folder

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin to keep a file, or pass over it."""
        super().new_file(field_name, *args, **kwargs)
        if field_name != FIELD or self.photo is not None:
            raise SkipFile
        self.photo = TemporaryFile(dir=self._folder)  # noqa: SIM115  closed when its request is answered

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002  Django's signature
        """Write a piece of it."""
        if self.photo is not None:
            self.photo.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        """Leave it where it is: Django need not know of it."""

    def drop(self) -> None:
        """Let go of what was kept."""
        if self.photo is not None:
            self.photo.close()
            self.photo = None
