"""One web process, put together: its threads, its memory, and what each beat of the pulse brings."""

from datetime import UTC, datetime
from http import HTTPStatus

from django.conf import settings

from tocsin.lane.addresses import leads_somewhere
from tocsin.lane.behind import Django
from tocsin.lane.clock import SecondHand
from tocsin.lane.copies import Variants
from tocsin.lane.engine import Engine
from tocsin.lane.http import Response
from tocsin.lane.media import picture
from tocsin.lane.numbers import Numbers
from tocsin.lane.pages import Pages
from tocsin.lane.probes import Probes
from tocsin.lane.published import log_file
from tocsin.lane.pulse import Pulse, Seen, look
from tocsin.lane.router import Router
from tocsin.lane.shared_counters import SharedCounters
from tocsin.lane.static import static_files
from tocsin.lane.threads import Threads
from tocsin.lane.uploads import Uploads
from tocsin.tally.log import own_shelf
from tocsin.website.headers import STRICT_HEADERS

_MOST_FILES = 256  # that wait for the disk
_COUNT_CACHE = b"public, max-age=1, stale-while-revalidate=5, stale-if-error=86400"


class House:
    """Everything one process holds; made when its worker starts, never before a fork."""

    def __init__(self, hand: SecondHand) -> None:
        self.engine = Engine()
        self.django = Django()
        self.pages = Pages(self._ask, hand, aside=self.django.on_page_thread)
        self._counters = SharedCounters(settings.DATA_DIR / "counters")
        self.pulse = Pulse(hand, self._look, self._take_in)
        self.probes = Probes(
            self.pulse, self._counters, readers=settings.METRICS_NETWORKS, proxies=settings.TRUSTED_PROXIES
        )
        self._files = Threads(count=1, limit=_MOST_FILES, name="log-files")
        self.uploads = Uploads(settings.DATA_DIR / "uploads")
        self.router = Router(self.engine, self.pages, self.probes, self._log_file)
        self._counts: dict[str, Numbers] = {}

    async def open(self) -> None:
        """Start the threads; the pages of the first visitors are rendered when they come."""
        for path, variants in static_files(settings.STATIC_ROOT, settings.STATIC_URL, STRICT_HEADERS):
            self.pages.put(path, variants)
        self.django.start()
        self._files.start()
        self.uploads.start()
        await self.engine.start()
        self.pulse.start()
        await self.pulse.look_again()  # from the first request on, the numbers are there

    async def close(self) -> None:
        """Write what was handed in; leave what hangs to its daemon thread."""
        self.pulse.stop()
        await self.engine.stop()
        self.django.stop()
        self._files.stop()
        self.uploads.stop()

    async def _log_file(self, path: str) -> Response:
        """Return a file of the published log, read on a thread that neither pages nor the database hold up."""
        return await self._files.run(lambda: log_file(path, own_shelf()))

    async def _ask(self, path: str, query: bytes) -> Response:
        """Return what Django, or the media folder, has at a public address; 404 if nothing can be there."""
        if path.startswith(settings.MEDIA_URL):
            name = path.removeprefix(settings.MEDIA_URL)
            return await self.django.on_page_thread(lambda: picture(name, root=settings.MEDIA_ROOT))
        if not await leads_somewhere(path, self.engine.doors, self.pulse.look_again):
            return Response(HTTPStatus.NOT_FOUND)
        return await self.django.page(path, query)

    def _look(self) -> Seen:
        """Return what has changed; on the pulse's thread."""
        self._counters.write()
        return look(self.engine.doors, datetime.now(UTC))

    def _take_in(self, seen: Seen) -> None:
        self.pages.apply(seen.revisions, seen.numbers)
        counts = {f"/{numbers.slug}/count.json": numbers for numbers in seen.numbers.values()}
        for path in self._counts.keys() - counts.keys():
            self.pages.drop(path)
        for path, numbers in counts.items():
            if self._counts.get(path) != numbers:
                self.pages.put(path, _count_json(numbers))
        self._counts = counts


def _count_json(numbers: Numbers) -> Variants:
    headers = [(b"content-type", b"application/json"), (b"cache-control", _COUNT_CACHE), *STRICT_HEADERS]
    return Variants(headers, numbers.as_json(), zipped=None)
