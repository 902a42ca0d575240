"""Every public page as bytes: rendered by Django once, then served from memory.

A page is looked at once a second at the most, and only when somebody asks for it: has its
number moved, is it old, has its campaign opened or closed meanwhile? While a page that is in
demand is rendered anew, its readers get the old bytes; when Django or its database is away,
they keep getting them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic, time

from tocsin.lane import counters
from tocsin.lane.batcher import BusyError
from tocsin.lane.clock import SecondHand
from tocsin.lane.copies import Variants
from tocsin.lane.http import Header, Response
from tocsin.lane.numbers import Numbers
from tocsin.lane.rendered import Rendered, read_rendered

Key = str | tuple[str, bytes]  # a path; with the query, if the page knows it
Ask = Callable[[str, bytes], Awaitable[Response]]
Aside = Callable[[Callable[[], Variants]], Awaitable[Variants]]
Found = "Kept | Response | HTTPStatus"

_MOST_PAGES = 4_000
_MOST_BYTES = 64 * 1024 * 1024
_FILL_SECONDS = 8.0
_IN_DEMAND_TICKS = 10
_OLD_SECONDS = 60.0
_RETRY_SECONDS = 5.0
_LONG_AGO = float("-inf")
# From here on, to compress a body takes long enough for those who sign meanwhile to notice.
_LARGE_BYTES = 64 * 1024


@dataclass(slots=True, eq=False)
class Kept:
    """One page in memory; `tick` is the second in which it was last found good."""

    variants: Variants
    tick: int
    rendered: Rendered | None = None  # None: it never changes, or somebody else changes it
    filled_with: tuple[Mapping[str, str], list[Header]] | None = None
    seen: object = None  # what the pulse knew of its campaign when it was rendered
    made_at: float = 0.0  # by the monotonic clock, like the next
    retry_at: float = 0.0
    is_refilling: bool = False


class Pages:
    """The pages of one process; `ask` renders one through Django, `aside` runs a call off the event loop."""

    def __init__(self, ask: Ask, hand: SecondHand, *, aside: Aside) -> None:
        self.ready: dict[Key, Kept] = {}
        self._ask = ask
        self._aside = aside
        self._hand = hand
        self._filling: dict[Key, asyncio.Task[Kept | Response | HTTPStatus]] = {}
        self.refilling: set[asyncio.Task[None]] = set()
        self._numbers: Mapping[int, Numbers] = {}
        self._revisions: Mapping[int, object] = {}

    def put(self, path: str, variants: Variants) -> None:
        """Keep an answer that only its owner changes: a static file, a count.json."""
        self.ready[path] = Kept(variants, self._hand.tick)

    def drop(self, path: str) -> None:
        """Forget what `put` kept."""
        self.ready.pop(path, None)

    def find_put(self, path: str) -> Kept | None:
        """Return what `put` kept; it is good in any second."""
        kept = self.ready.get(path)
        if kept is not None:
            kept.tick = self._hand.tick
        return kept

    async def find(self, path: str, query: bytes = b"") -> Kept | Response | HTTPStatus:
        """Return the page at `path`, good for this second, or what was said instead of one."""
        key: Key = (path, query) if query else path
        found: Kept | Response | HTTPStatus | None = self.ready.get(key)
        if found is None:
            found = await self._fill(key)
        elif isinstance(found, Kept) and found.rendered is not None and found.tick != self._hand.tick:
            found = await self._look_again(key, found, found.rendered)
        if isinstance(found, Kept):
            found.tick = self._hand.tick
        return found

    def apply(self, revisions: Mapping[int, object], numbers: Mapping[int, Numbers]) -> None:
        """Take in what the pulse saw: what changed is rendered anew, at once if it is in demand.

        `revisions` holds, for each public campaign, anything that differs when its pages must.
        """
        self._numbers = numbers
        if revisions == self._revisions:
            return
        self._revisions = revisions
        for key, kept in list(self.ready.items()):
            if kept.rendered is None or not self._is_outdated(kept, kept.rendered):
                continue
            if kept.tick + _IN_DEMAND_TICKS >= self._hand.tick:
                self._begin_to_fill(key)
            else:
                # Not dropped: whoever asks next waits for a fresh one, and gets this while the database is away.
                kept.made_at = _LONG_AGO

    def _is_outdated(self, kept: Kept, rendered: Rendered) -> bool:
        return kept.seen != _known_of(rendered.campaign, self._revisions)

    async def _look_again(self, key: Key, kept: Kept, rendered: Rendered) -> Kept | Response | HTTPStatus:
        now = monotonic()
        old_at = kept.made_at + max(_OLD_SECONDS, rendered.max_age)
        is_over = rendered.until is not None and time() >= rendered.until
        if (is_over or now > old_at + _OLD_SECONDS) and now > kept.retry_at:
            return await self._fill(key)
        has_moved = self._fill_in(kept, rendered)
        is_stale = now > old_at or (has_moved and now > kept.made_at + rendered.max_age)
        if now > kept.retry_at and (is_stale or self._is_outdated(kept, rendered)):
            self._begin_to_fill(key)
        return kept

    def _fill_in(self, kept: Kept, rendered: Rendered) -> bool:
        """Fill the slots and compress again if a number moved, a large page later on; return whether one did."""
        values = self._values(rendered)
        headers = rendered.headers_at(time())
        if kept.filled_with == (values, headers):
            return False
        has_moved = kept.filled_with is None or kept.filled_with[0] != values
        if not has_moved:
            kept.variants, kept.filled_with = kept.variants.under(headers), (values, headers)
        elif len(kept.variants.plain.body) < _LARGE_BYTES:
            kept.variants, kept.filled_with = rendered.variants(values, headers), (values, headers)
        elif not kept.is_refilling:
            kept.is_refilling = True
            task = asyncio.get_running_loop().create_task(self._refill(kept, rendered, values, headers))
            self.refilling.add(task)
            task.add_done_callback(self.refilling.discard)
        return has_moved

    async def _refill(self, kept: Kept, rendered: Rendered, values: Mapping[str, str], headers: list[Header]) -> None:
        """Fill and compress a large page off the event loop; until that is done its readers get the old numbers."""
        try:
            kept.variants = await self._aside(lambda: rendered.variants(values, headers))
            kept.filled_with = (values, headers)
        except BusyError:
            pass  # in a second it is tried again
        finally:
            kept.is_refilling = False

    def slots(self, campaign: int, language: str) -> dict[str, str]:
        """Return the live numbers of a campaign, for a page that is made for one request."""
        numbers = self._numbers.get(campaign)
        return numbers.slots(language) if numbers is not None else {}

    def size_of_log(self, campaign: int) -> int:
        """Return how many entries the numbers of a campaign's pages speak for; 0 before the first look."""
        numbers = self._numbers.get(campaign)
        return numbers.at.size if numbers is not None else 0

    def _values(self, rendered: Rendered) -> dict[str, str]:
        names = rendered.template.names
        if not names:
            return {}
        if rendered.campaign is None:
            return {name: self._of_several(name) for name in names}
        return {
            name: value for name, value in self.slots(rendered.campaign, rendered.language).items() if name in names
        }

    def _of_several(self, name: str) -> str:
        """Return the value of a slot that names its campaign and language, as count:7:es does."""
        slot, *whose = name.split(":")
        if not whose:
            return ""
        campaign, language = whose
        return self.slots(int(campaign), language).get(slot, "")

    async def _fill(self, key: Key) -> Kept | Response | HTTPStatus:
        """Wait for a fresh page; who asks while it is being rendered waits for the same one."""
        # Shielded: a reader who leaves must not take the page from the others.
        return await asyncio.shield(self._begin_to_fill(key))

    def _begin_to_fill(self, key: Key) -> "asyncio.Task[Kept | Response | HTTPStatus]":
        task = self._filling.get(key)
        if task is None:
            task = self._filling[key] = asyncio.get_running_loop().create_task(self._render(key))
            task.add_done_callback(lambda _: self._filling.pop(key, None))
        return task

    async def _render(self, key: Key) -> Kept | Response | HTTPStatus:
        path, query = (key, b"") if isinstance(key, str) else key
        revisions = self._revisions  # as known before the rendering: at worst it is done once more
        answer = await self._asked(path, query)
        old = self.ready.get(key)
        status = answer if isinstance(answer, HTTPStatus) else answer.status
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            counters.bump("page_failed")
            if old is None:
                return answer
            old.retry_at = monotonic() + _RETRY_SECONDS  # an old page is better than an error
            return old
        counters.bump("page_rendered")
        rendered = read_rendered(answer, path) if isinstance(answer, Response) else None
        if rendered is None or isinstance(answer, HTTPStatus):
            self.ready.pop(key, None)
            return answer
        values, headers = self._values(rendered), rendered.headers_at(time())
        kept = Kept(
            await self._variants(rendered, values, headers, size=len(answer.body)),
            self._hand.tick,
            rendered,
            (values, headers),
            _known_of(rendered.campaign, revisions),
            monotonic(),
        )
        self.ready[key] = kept
        self._make_room()
        return kept

    async def _variants(
        self, rendered: Rendered, values: Mapping[str, str], headers: list[Header], *, size: int
    ) -> Variants:
        """Fill and compress a page; a large one off the event loop, if there is a thread for it."""
        if size < _LARGE_BYTES:
            return rendered.variants(values, headers)
        try:
            return await self._aside(lambda: rendered.variants(values, headers))
        except BusyError:
            return rendered.variants(values, headers)

    async def _asked(self, path: str, query: bytes) -> Response | HTTPStatus:
        try:
            async with asyncio.timeout(_FILL_SECONDS):
                return await self._ask(path, query)
        except (BusyError, TimeoutError):
            return HTTPStatus.SERVICE_UNAVAILABLE

    def _make_room(self) -> None:
        """Let the pages go that nobody has asked for longest, once there are too many."""
        rendered = [(key, kept) for key, kept in self.ready.items() if kept.rendered is not None]
        weight = sum(kept.variants.weight for _, kept in rendered)
        if len(rendered) <= _MOST_PAGES and weight <= _MOST_BYTES:
            return
        rendered.sort(key=lambda pair: pair[1].tick)
        for key, _ in rendered[: len(rendered) // 4]:
            del self.ready[key]


def _known_of(campaign: int | None, revisions: Mapping[int, object]) -> object:
    """Return what must not change for a page to stay good; a page of no campaign may show them all."""
    return revisions if campaign is None else revisions.get(campaign)
