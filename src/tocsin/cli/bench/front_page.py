"""`tocsin bench front-page`: ten times the busiest minute on record, with readers beside, on a timetable."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from tocsin.cli.bench.campaignforms import sign_requests
from tocsin.cli.bench.counting import rows_of
from tocsin.cli.bench.generators import Shooting, carry_out
from tocsin.cli.bench.options import Options
from tocsin.cli.bench.orders import Order
from tocsin.cli.bench.people import page_request
from tocsin.cli.bench.processes import BenchError
from tocsin.cli.bench.report import Report, report_about
from tocsin.cli.bench.requestfile import write_requests
from tocsin.cli.bench.requestmaking import make_sign_requests
from tocsin.cli.bench.sign import TAKEN
from tocsin.cli.bench.workshop import CAMPAIGN, Workshop

# A second: 10 × 10,675 signatures a minute, page views, looks at the number.
_RATES = {"sign": 1_780.0, "page": 2_000.0, "count.json": 4_000.0}
_WARM_UP = 2_000
_MOST_MS = 100.0
_ON_TIME = 0.95  # of the timetable


def measure(shop: Workshop, options: Options) -> Report:
    """Run the three loads side by side and report how long their answers took."""
    with shop.server() as ours:
        making = sign_requests(shop)
        ours.freeze()
        count = int(_RATES["sign"] * options.seconds) + _WARM_UP + 1
        requests = make_sign_requests(making, shop.folder, first=0, count=count, now=datetime.now(UTC))
        ours.thaw()
        warm = carry_out(Order(shop.port, str(requests), TAKEN, options.seconds, most=_WARM_UP), "tocsin").answered
        with ExitStack() as stack:
            shots = {
                name: stack.enter_context(Shooting(order, f"tocsin, {name}"))
                for name, order in _orders(shop, options, requests, warm).items()
            }
            outcomes = {name: shot.outcome() for name, shot in shots.items()}
        stored = rows_of("signing_pendingsignature")
    if stored != outcomes["sign"].answered + warm:
        message = f"{outcomes['sign'].answered + warm} signatures were answered, {stored} are stored"
        raise BenchError(message)
    report = report_about(options, {"tocsin": sum(outcome.rate for outcome in outcomes.values())})
    report.figures = {name: outcome.figures() for name, outcome in outcomes.items()}
    report.facts["asked_a_second"] = _RATES
    is_on_time = all(outcome.rate >= _ON_TIME * _RATES[name] for name, outcome in outcomes.items())
    report.is_met = is_on_time and all(outcome.p99_ms <= _MOST_MS for outcome in outcomes.values())
    return report


def _orders(shop: Workshop, options: Options, requests: Path, used: int) -> dict[str, Order]:
    seconds, at_once = options.seconds, options.connections
    orders = {"sign": Order(shop.port, str(requests), TAKEN, seconds, at_once, rate=_RATES["sign"], skip=used)}
    for name, path in (("page", shop.page_path), ("count.json", f"/{CAMPAIGN}/count.json")):
        file = shop.folder / f"{name}.requests"
        write_requests(file, [page_request(shop.port, path)])
        orders[name] = Order(shop.port, str(file), (200,), seconds, at_once, repeats=True, rate=_RATES[name])
    return orders
