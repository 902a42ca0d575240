"""Who is measured beside whom in `sign` and `confirm`: Tocsin, the bare group commit, the plain Django view."""

import contextlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Literal

from django.db import connections

from tocsin.cli.bench.baselines.granian import start_granian
from tocsin.cli.bench.baselines.rows import Copied, Plan, write_plan
from tocsin.cli.bench.options import Options
from tocsin.cli.bench.orders import Order, Outcome
from tocsin.cli.bench.processes import Started, free_port
from tocsin.cli.bench.rounds import Contestant
from tocsin.cli.bench.stored import store_signatures
from tocsin.cli.bench.workshop import Workshop

BARE = "tocsin.cli.bench.baselines.bare:application"
PLAIN = "tocsin.cli.bench.baselines.plain:application"


class Ordering:
    """Orders of one contestant: each run goes on in the request file where the last one ended."""

    def __init__(self, *, port: int, requests: Path, expect: tuple[int, ...], connections: int) -> None:
        self._port = port
        self._requests = requests
        self._expect = expect
        self._connections = connections
        self.used = 0

    def order(self, seconds: float) -> Order:
        """Return the order for the next run."""
        return Order(
            port=self._port,
            requests=str(self._requests),
            expect=self._expect,
            seconds=seconds,
            connections=self._connections,
            skip=self.used,
        )

    def note(self, outcome: Outcome) -> None:
        """Remember how many requests a run has used."""
        self.used += outcome.answered


class LineUp:
    """Starts the contestants, each with its own copy of the database, and ends them with the block."""

    def __init__(self, shop: Workshop, options: Options, stack: contextlib.ExitStack) -> None:
        self._shop = shop
        self._options = options
        self._stack = stack
        self.ports: dict[str, int] = {}
        self._servers: dict[str, Started] = {}

    def start(self, does: Literal["sign", "confirm"], copies: tuple[Copied, ...]) -> None:
        """Start ours, and beside it the baselines, or an empty one of ours when it has signatures stored."""
        shop = self._shop
        rivals = self._rivals()
        settings = {name: shop.copied(name) for name in rivals}
        store_signatures(self._options.stored)
        connections.close_all()
        self._enter("tocsin", shop.server(), shop.port)
        if "empty" in rivals:
            port = free_port()
            self._enter("empty", shop.server(port=port, environ=settings["empty"]), port)
        if "bare" in rivals:
            self._start_baselines(does, copies, settings)

    def _rivals(self) -> tuple[str, ...]:
        if self._options.is_alone:
            return ()
        return ("empty",) if self._options.stored else ("bare", "django")

    def _start_baselines(
        self, does: Literal["sign", "confirm"], copies: tuple[Copied, ...], settings: Mapping[str, Mapping[str, str]]
    ) -> None:
        shop, processes = self._shop, self._options.processes
        plan = shop.folder / "plan.json"
        database = settings["bare"]["DATABASE_URL"] or f"{settings['bare']['TOCSIN_DATA']}/tocsin.sqlite3"
        write_plan(plan, Plan(does, database, copies))
        environ = {"TOCSIN_BENCH_PLAN": str(plan)}
        start = partial(start_granian, processes=processes, folder=shop.folder)
        self._enter("bare", *start("bare", BARE, interface="asgi", environ=environ))
        self._enter("django", *start("django", PLAIN, interface="wsgi", environ=settings["django"]))

    def line_up(self, requests: Path, expect: tuple[int, ...]) -> list[Contestant]:
        """Return all contestants, each to be sent the requests of one file."""
        found = []
        for name, server in self._servers.items():
            port, connections_at_once = self.ports[name], self._options.connections
            ordering = Ordering(port=port, requests=requests, expect=expect, connections=connections_at_once)
            found.append(Contestant(name, server, ordering.order, ordering.note))
        return found

    def freeze(self) -> None:
        """Let nobody run while something else is prepared."""
        for server in self._servers.values():
            server.freeze()

    def _enter(self, name: str, server: Started, port: int) -> None:
        self._servers[name] = self._stack.enter_context(server)
        self.ports[name] = port
