"""`tocsin bench map`: ten thousand rallies in every country, on the map, in its picture, on list and campaign page."""

import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from django.db import connections

from tocsin.campaigns.models import Campaign
from tocsin.cli.bench.baselines.nginx import start_nginx
from tocsin.cli.bench.forms import fetch
from tocsin.cli.bench.options import Options
from tocsin.cli.bench.orders import Order
from tocsin.cli.bench.people import page_request
from tocsin.cli.bench.processes import Started
from tocsin.cli.bench.rallies import put_up_rallies, towns
from tocsin.cli.bench.report import Report, ratio, report_of
from tocsin.cli.bench.requestfile import write_requests
from tocsin.cli.bench.rounds import Contestant, Measured, compete
from tocsin.cli.bench.weight import weight
from tocsin.cli.bench.workshop import CAMPAIGN, LANGUAGE, Workshop

# Compressed bytes at most (docs/benchmarks.md).
_MOST = {"points": 250_000, "picture": 15_000, "campaign_page_with_all": 60_000}
_LEAST_RATIO = 0.5
_PATHS = {
    "points": f"/{CAMPAIGN}/rallies/points.json",
    "picture": f"/{CAMPAIGN}/rallies.svg",
    "geojson": f"/{CAMPAIGN}/rallies.geojson",
    "map": f"/{LANGUAGE}/{CAMPAIGN}/rallies/map/",
    "list": f"/{LANGUAGE}/{CAMPAIGN}/rallies/",
    "campaign": f"/{LANGUAGE}/{CAMPAIGN}/",
    "calendar": f"/{LANGUAGE}/{CAMPAIGN}/rallies.ics",
}
_RACED = ("points", "picture", "list", "campaign")


def measure(shop: Workshop, options: Options) -> Report:
    """Put the rallies up, ask for each page once from cold, weigh it, and race some beside nginx."""
    where = towns(options.rallies, options.places)
    stored = put_up_rallies(Campaign.objects.get(slug=CAMPAIGN), where, now=datetime.now(UTC))
    connections.close_all()
    with shop.server() as ours:
        ours.settle()
        cold = {name: _seconds_to_fetch(shop.port, path) for name, path in _PATHS.items()}
        sizes = {name: len(fetch(shop.port, path, gzip=True)) for name, path in _PATHS.items()}
        sizes["campaign_page_with_all"] = sum(weight(shop.port, _PATHS["campaign"]).values())
        sizes["map_page_with_all"] = sum(weight(shop.port, _PATHS["map"]).values())
        raced = {name: _race(name, ours, shop, options) for name in _RACED}
    report = report_of(options, raced["campaign"], least={"nginx": _LEAST_RATIO})
    report.figures = {f"{name}, {who}": one.figures() for name, race in raced.items() for who, one in race.items()}
    report.facts = {
        "rallies": stored,
        "countries": len({town.country for town in where}),
        "gzipped_bytes": sizes,
        "built_from_cold_in_seconds": cold,
        "ratio_nginx_by_page": {name: ratio(race, "nginx") for name, race in raced.items()},
        "budgets": _MOST,
    }
    report.is_met = report.is_met is not False and all(sizes[name] <= most for name, most in _MOST.items())
    return report


def _seconds_to_fetch(port: int, path: str) -> float:
    begun = time.perf_counter()
    fetch(port, path, gzip=True)
    return round(time.perf_counter() - begun, 3)


def _race(name: str, ours: Started, shop: Workshop, options: Options) -> dict[str, Measured]:
    path, folder = _PATHS[name], shop.folder / f"map-{name}"
    folder.mkdir()
    with ExitStack() as stack:
        contestants = [_contestant("tocsin", ours, (shop.port, path), folder, options)]
        if not options.is_alone:
            # What nginx serves is a folder's index: its address ends in a slash.
            address = f"{path.rstrip('/')}/"
            nginx, port = start_nginx(folder, path=address, zipped=fetch(shop.port, path, gzip=True))
            stack.enter_context(nginx)
            contestants.append(_contestant("nginx", nginx, (port, address), folder, options))
        return compete(contestants, rounds=options.rounds, seconds=options.seconds)


def _contestant(name: str, server: Started, address: tuple[int, str], folder: Path, options: Options) -> Contestant:
    port, path = address
    requests = folder / f"{name}.requests"
    write_requests(requests, [page_request(port, path)])
    order = Order(port, str(requests), (200,), options.seconds, options.connections, repeats=True)
    return Contestant(name, server, lambda seconds: replace(order, seconds=seconds))
