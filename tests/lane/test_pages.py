"""lane.pages: rendered once, served from memory, good again within a second of any change."""

import asyncio
import gzip
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

import pytest

from tests.lane.stage import PATH, WORDS, Stage
from tocsin.lane import pages as pages_module
from tocsin.lane import rendered as rendered_module
from tocsin.lane.batcher import BusyError
from tocsin.lane.copies import Variants
from tocsin.lane.http import Response

Story = Callable[[Stage], Coroutine[Any, Any, None]]


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Callable[[Story], None]:
    def run(story: Story) -> None:
        async def whole() -> None:
            await asyncio.wait_for(story(Stage(monkeypatch)), timeout=10)

        asyncio.run(whole())

    return run


def test_a_page_is_rendered_once_and_served_from_memory(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        assert (await stage.visit()).startswith(b"<p>1 signed</p>")
        stage.seconds(3)
        assert (await stage.visit()).startswith(b"<p>1 signed</p>")
        assert stage.asked == [(PATH, b"")]
        kept = stage.pages.ready[PATH]
        assert kept.tick == stage.hand.tick
        assert gzip.decompress(kept.variants.zipped.body) == kept.variants.plain.body

    tell(story)


@pytest.mark.parametrize("is_busy", [False, True])
def test_a_large_page_is_compressed_where_nobody_waits_for_it(tell: Callable[[Story], None], *, is_busy: bool) -> None:
    async def story(stage: Stage) -> None:
        await stage.visit("/en/night-trains/small/")
        assert stage.put_aside == 0
        stage.is_busy = is_busy
        stage.body = WORDS + b"." * 256 * 1024
        assert (await stage.visit()).startswith(b"<p>1 signed</p>")
        assert stage.put_aside == (0 if is_busy else 1)
        kept = stage.pages.ready[PATH]
        assert gzip.decompress(kept.variants.zipped.body) == kept.variants.plain.body
        stage.see(count=2)
        stage.seconds(1)
        assert (await stage.visit()).startswith(b"<p>1 signed</p>")  # nobody waits until it is compressed again
        await stage.refilled()
        assert (await stage.visit()).startswith(b"<p>1 signed</p>" if is_busy else b"<p>2 signed</p>")
        stage.is_busy = False
        stage.seconds(1)
        await stage.visit()
        await stage.refilled()
        assert (await stage.visit()).startswith(b"<p>2 signed</p>")
        assert stage.put_aside == (1 if is_busy else 2)

    tell(story)


def test_what_only_ends_sooner_is_not_compressed_again(
    tell: Callable[[Story], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(stage: Stage) -> None:
        stage.headers.append((b"x-tocsin-until", b"%d" % (stage.wall + 4)))
        await stage.visit()
        before = stage.pages.ready[PATH].variants
        monkeypatch.setattr(rendered_module, "zip_bytes", None)
        stage.seconds(2)
        await stage.visit()
        after = stage.pages.ready[PATH].variants
        assert (dict(before.zipped.headers)[b"cache-control"], dict(after.zipped.headers)[b"cache-control"]) == (
            b"public, max-age=4",
            b"public, max-age=2",
        )
        assert (after.zipped.body, after.tags) == (before.zipped.body, before.tags)

    tell(story)


def test_a_page_of_several_campaigns_has_the_live_number_of_each(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        stage.headers = [header for header in stage.headers if header[0] != b"x-tocsin-campaign"]
        stage.body = b"<p>@@slot:count:7:es@@ @@slot:count:7:en@@ @@slot:count:8:en@@.@@slot:count@@</p>"
        stage.see(count=12345)
        assert await stage.visit("/") == b"<p>12.345 12,345 .</p>"
        stage.seconds(1)
        stage.see(count=12346)
        assert await stage.visit("/") == b"<p>12.346 12,346 .</p>"
        assert stage.asked == [("/", b"")]

    tell(story)


def test_who_asks_while_it_is_rendered_waits_for_the_same_page(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        stage.gate = asyncio.Event()
        visits = [asyncio.create_task(stage.visit()) for _ in range(50)]
        await stage.settle()
        visits[0].cancel()  # the first one leaves: the others must not notice
        stage.gate.set()
        assert len(set(await asyncio.gather(*visits[1:]))) == 1
        assert len(stage.asked) == 1

    tell(story)


def test_the_number_moves_without_rendering_and_compressing_only_when_it_moved(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        await stage.visit()
        first = stage.pages.ready[PATH].variants
        stage.seconds(1)
        stage.see(count=1)
        await stage.visit()
        assert stage.pages.ready[PATH].variants is first
        stage.see(count=2)
        await stage.visit()
        assert stage.pages.ready[PATH].variants is first  # looked at in this second already
        stage.seconds(1)
        assert (await stage.visit()).startswith(b"<p>2 signed</p>")
        assert len(stage.asked) == 1

    tell(story)


def test_a_new_revision_is_shown_while_readers_of_a_busy_page_never_wait(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        await stage.visit()
        stage.body, stage.gate = b"<p>new words</p>", asyncio.Event()
        stage.see(count=1, revision=2)
        stage.seconds(1)
        assert (await stage.visit()).startswith(b"<p>1 signed</p>")  # the old one, at once
        stage.gate.set()
        await stage.settle()
        assert await stage.visit() == b"<p>new words</p>"
        assert len(stage.asked) == 2

    tell(story)


def test_the_next_reader_of_a_page_that_nobody_read_lately_sees_the_new_one(
    tell: Callable[[Story], None],
) -> None:
    async def story(stage: Stage) -> None:
        await stage.visit()
        stage.seconds(30)
        stage.see(count=1, revision=2)
        stage.body = b"<p>new words</p>"
        assert await stage.visit() == b"<p>new words</p>"

    tell(story)


def test_a_revision_that_failed_to_render_is_tried_again(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        await stage.visit()
        stage.status, stage.body = HTTPStatus.INTERNAL_SERVER_ERROR, b"<p>new words</p>"
        stage.see(count=1, revision=2)
        await stage.settle()
        assert (await stage.visit()).startswith(b"<p>1 signed</p>")
        stage.status = HTTPStatus.OK
        stage.seconds(6)
        stage.see(count=1, revision=2)  # nothing new from the pulse's side
        await stage.visit()
        await stage.settle()
        assert await stage.visit() == b"<p>new words</p>"

    tell(story)


def test_a_reached_goal_is_a_new_page(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        await stage.visit()
        stage.see(count=100, goal=1000)
        await stage.settle()
        assert len(stage.asked) == 2

    tell(story)


def test_another_campaigns_revision_changes_only_pages_that_may_show_all(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        await stage.visit()
        stage.headers = stage.headers[:2]
        await stage.visit("/")
        assert len(stage.asked) == 2
        stage.pages.apply({7: (1, 100), 8: (1, 100)}, {})
        await stage.settle()
        assert stage.asked[2:] == [("/", b"")]

    tell(story)


def test_a_page_ends_with_its_campaign_and_its_readers_wait_for_the_next(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        stage.headers.append((b"x-tocsin-until", b"%d" % (stage.wall + 3)))
        await stage.visit()
        stage.seconds(2)
        assert (await stage.visit()).startswith(b"<p>1 signed</p>")
        cache = dict(stage.pages.ready[PATH].variants.plain.headers)[b"cache-control"]
        assert cache == b"public, max-age=1"
        stage.headers, stage.body = stage.headers[:3], b"<p>signing is over</p>"
        stage.seconds(1)
        assert await stage.visit() == b"<p>signing is over</p>"

    tell(story)


def test_lists_are_rendered_anew_when_the_number_moved_but_not_every_second(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        await stage.visit()
        for count in range(2, 6):
            stage.seconds(1)
            stage.see(count=count)
            await stage.visit()
            await stage.settle()
        assert len(stage.asked) == 1  # within its max-age
        stage.seconds(2)
        stage.see(count=6)
        await stage.visit()
        await stage.settle()
        assert len(stage.asked) == 2

    tell(story)


def test_an_old_page_is_rendered_anew_behind_its_readers_back(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        await stage.visit()
        stage.seconds(61)
        stage.body = b"<p>new words</p>"
        assert (await stage.visit()).startswith(b"<p>1 signed</p>")
        await stage.settle()
        assert await stage.visit() == b"<p>new words</p>"

    tell(story)


def test_a_page_forgotten_for_long_is_rendered_before_it_is_shown(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        await stage.visit()
        stage.seconds(200)
        stage.body = b"<p>new words</p>"
        assert await stage.visit() == b"<p>new words</p>"

    tell(story)


@pytest.mark.parametrize("error", [None, BusyError()])
def test_while_django_is_away_the_old_page_is_served_and_django_is_left_alone(
    tell: Callable[[Story], None], error: Exception | None
) -> None:
    async def story(stage: Stage) -> None:
        await stage.visit()
        stage.status, stage.error = HTTPStatus.INTERNAL_SERVER_ERROR, error
        stage.seconds(200)
        for _ in range(4):
            assert (await stage.visit()).startswith(b"<p>1 signed</p>")
            stage.seconds(1)
        assert len(stage.asked) == 2
        stage.status, stage.error, stage.body = HTTPStatus.OK, None, b"<p>back</p>"
        stage.seconds(5)
        assert await stage.visit() == b"<p>back</p>"

    tell(story)


def test_a_page_that_changed_while_nobody_asked_is_rendered_first_or_shown_as_it_was(
    tell: Callable[[Story], None],
) -> None:
    async def story(stage: Stage) -> None:
        await stage.visit()
        stage.seconds(20)
        stage.see(count=1, revision=2)
        stage.body, stage.status = b"<p>new words</p>", HTTPStatus.INTERNAL_SERVER_ERROR
        assert (await stage.visit()).startswith(b"<p>1 signed</p>")
        stage.seconds(6)
        stage.status = HTTPStatus.OK
        assert await stage.visit() == b"<p>new words</p>"

    tell(story)


def test_without_an_old_page_the_error_is_the_answer(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        stage.error = BusyError()
        assert await stage.pages.find(PATH) == HTTPStatus.SERVICE_UNAVAILABLE
        stage.error, stage.status = None, HTTPStatus.INTERNAL_SERVER_ERROR
        found = await stage.pages.find(PATH)
        assert isinstance(found, Response)
        assert PATH not in stage.pages.ready

    tell(story)


def test_rendering_that_takes_too_long_is_given_up(
    tell: Callable[[Story], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "_FILL_SECONDS", 0.01)

    async def story(stage: Stage) -> None:
        stage.gate = asyncio.Event()
        assert await stage.pages.find(PATH) == HTTPStatus.SERVICE_UNAVAILABLE

    tell(story)


def test_a_page_that_is_no_more_is_forgotten(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        await stage.visit()
        stage.status = HTTPStatus.NOT_FOUND
        stage.seconds(200)
        found = await stage.pages.find(PATH)
        assert isinstance(found, Response)
        assert found.status == HTTPStatus.NOT_FOUND
        assert PATH not in stage.pages.ready

    tell(story)


def test_what_is_not_public_is_not_kept(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        stage.headers.append((b"set-cookie", b"a=b"))
        for _ in range(2):
            assert isinstance(await stage.pages.find(PATH), Response)
        assert stage.pages.ready == {}

    tell(story)


def test_a_query_is_part_of_what_is_kept_and_cannot_be_mistaken_for_a_path(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        stage.body = b"first page"
        await stage.visit(PATH)
        stage.body = b"second page"
        assert await stage.visit(PATH, b"after=a") == b"second page"
        assert await stage.visit(PATH) == b"first page"
        stage.body = b"a path with a question mark in it"
        assert await stage.visit(f"{PATH}?after=a") == b"a path with a question mark in it"

    tell(story)


def test_memory_is_bounded_and_what_is_read_stays(
    tell: Callable[[Story], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "_MOST_PAGES", 8)

    async def story(stage: Stage) -> None:
        stage.pages.put("/static/site.css", Variants([], b"body {}", zipped=None))
        for number in range(40):
            stage.seconds(1)
            await stage.visit(PATH)
            await stage.visit(PATH, b"after=%d" % number)
            assert len(stage.pages.ready) <= 9
        assert {PATH, "/static/site.css"} <= stage.pages.ready.keys()
        assert (PATH, b"after=39") in stage.pages.ready
        assert (PATH, b"after=0") not in stage.pages.ready

    tell(story)


def test_large_pages_count_by_their_bytes(tell: Callable[[Story], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_module, "_MOST_BYTES", 10_000)

    async def story(stage: Stage) -> None:
        for number in range(40):
            stage.seconds(1)
            await stage.visit(PATH, b"after=%d" % number)
        assert sum(kept.variants.weight for kept in stage.pages.ready.values()) <= 11_000

    tell(story)


def test_what_others_put_here_is_good_at_any_time_until_they_drop_it(tell: Callable[[Story], None]) -> None:
    async def story(stage: Stage) -> None:
        stage.pages.put("/night-trains/count.json", Variants([], b"{}", zipped=None))
        stage.seconds(1000)
        stage.pages.apply({}, {})
        assert await stage.visit("/night-trains/count.json") == b"{}"
        assert stage.asked == []
        stage.seconds(1)
        kept = stage.pages.find_put("/night-trains/count.json")
        assert kept is not None
        assert kept.tick == stage.hand.tick  # for the rest of this second, the short way
        stage.pages.drop("/night-trains/count.json")
        assert "/night-trains/count.json" not in stage.pages.ready

    tell(story)
