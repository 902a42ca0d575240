"""`tocsin bench page`: the page with its live number, beside nginx, a bare function and a plain Django view."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from tocsin.cli.bench.baselines.granian import start_granian
from tocsin.cli.bench.baselines.nginx import start_nginx
from tocsin.cli.bench.forms import fetch
from tocsin.cli.bench.lineup import PLAIN
from tocsin.cli.bench.options import Options
from tocsin.cli.bench.orders import Order
from tocsin.cli.bench.people import page_request
from tocsin.cli.bench.processes import Started
from tocsin.cli.bench.report import Report, report_of
from tocsin.cli.bench.requestfile import write_requests
from tocsin.cli.bench.rounds import Contestant, compete
from tocsin.cli.bench.workshop import Workshop

STILL = "tocsin.cli.bench.baselines.still:application"
_LEAST_RATIO = 0.5


def measure(shop: Workshop, options: Options) -> Report:
    """Measure and report."""
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(shop.server())
        zipped = fetch(shop.port, shop.page_path, gzip=True)
        contestants = [_contestant("tocsin", ours, shop.port, shop, options)]
        if not options.is_alone:
            for name, server, port in _baselines(shop, options, zipped):
                stack.enter_context(server)
                contestants.append(_contestant(name, server, port, shop, options))
        measured = compete(contestants, rounds=options.rounds, seconds=options.seconds)
    report = report_of(options, measured, least={"nginx": _LEAST_RATIO})
    report.facts["page_gzipped_bytes"] = len(zipped)
    return report


def _baselines(shop: Workshop, options: Options, zipped: bytes) -> Iterator[tuple[str, Started, int]]:
    yield "nginx", *start_nginx(shop.folder, path=shop.page_path, zipped=zipped)
    page = shop.folder / "page.gz"
    page.write_bytes(zipped)
    environ = {"TOCSIN_BENCH_PAGE": str(page)}
    start = partial(start_granian, processes=options.processes, folder=shop.folder)
    yield "bare", *start("bare", STILL, interface="asginl", environ=environ)
    yield "django", *start("django", PLAIN, interface="wsgi", environ=shop.environ)


def _contestant(name: str, server: Started, port: int, shop: Workshop, options: Options) -> Contestant:
    requests = shop.folder / f"page-{name}.requests"
    write_requests(requests, [page_request(shop.port, shop.page_path)])
    order = Order(port, str(requests), (200,), options.seconds, options.connections, repeats=True)
    return Contestant(name, server, lambda seconds: replace(order, seconds=seconds))
