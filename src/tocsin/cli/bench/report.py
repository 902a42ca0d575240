"""What a benchmark found: a table for people, JSON for programs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from tocsin.cli.bench.options import Options
from tocsin.cli.bench.rounds import Measured

Figures = dict[str, Any]


@dataclass(slots=True)
class Report:
    """The figures of one run."""

    bench: str
    database: str
    processes: int
    rates: dict[str, float] = field(default_factory=dict)  # a second, by contestant
    ratio_bare: float | None = None
    ratio_nginx: float | None = None
    ratio_django: float | None = None
    ratio_empty: float | None = None  # with signatures stored beside without
    figures: dict[str, Figures] = field(default_factory=dict)  # by contestant
    facts: Figures = field(default_factory=dict)  # of this benchmark alone
    machine: Figures = field(default_factory=dict)
    versions: Figures = field(default_factory=dict)
    command: str = ""
    is_met: bool | None = None  # whether the budget of DESIGN section 11 is kept; None: it has none

    def as_json(self) -> str:
        """Return the whole report as JSON."""
        return orjson.dumps(self, option=orjson.OPT_INDENT_2).decode()

    def as_text(self) -> str:
        """Return the report as lines for a terminal."""
        database = f"{self.database}, {self.processes} web process{'es' if self.processes > 1 else ''}"
        lines = [f"tocsin bench {self.bench}: {database}", ""]
        if self.figures:
            lines += [_row("", *_COLUMNS.values())]
            lines += [
                _row(name, *(_number(figures.get(key)) for key in _COLUMNS)) for name, figures in self.figures.items()
            ]
            lines.append("")
        ratios = {"bare": self.ratio_bare, "nginx": self.ratio_nginx, "django": self.ratio_django}
        ratios["Tocsin with nothing stored"] = self.ratio_empty
        lines += [f"  {value:.2f} × {name}" for name, value in ratios.items() if value is not None]
        lines += [f"  {name.replace('_', ' ')}: {_fact(value)}" for name, value in self.facts.items()]
        if self.is_met is not None:
            lines.append("  within its budget" if self.is_met else "  NOT within its budget")
        machine = self.machine
        lines += ["", f"  on {machine.get('cores')} × {machine.get('processor')}, {machine.get('file_system')}"]
        return "\n".join(lines)


_COLUMNS = {
    "rate": "a second",
    "p50_ms": "p50 ms",
    "p99_ms": "p99 ms",
    "server_cpu_us": "server µs",
    "generator_cpu_us": "generator µs",
    "errors": "errors",
}


def _row(name: str, *cells: str) -> str:
    return f"  {name:<10}" + "".join(f"{cell:>14}" for cell in cells)


def _number(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if isinstance(value, int) or value >= _SMALL else f"{value:.2f}"


_SMALL = 100


def _fact(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_fact(held)}" for key, held in value.items())
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def report_of(options: Options, measured: Mapping[str, Measured], *, least: Mapping[str, float]) -> Report:
    """Return the report of contestants; `least` are the ratios that the budgets ask for, by baseline."""
    ratios = {name: ratio(measured, name) for name in ("bare", "nginx", "django", "empty")}
    asked = {name: ratios[name] for name in least}
    return Report(
        bench=options.bench,
        database=_database(options),
        processes=options.processes,
        rates={name: round(one.rate, 1) for name, one in measured.items()},
        ratio_bare=ratios["bare"],
        ratio_nginx=ratios["nginx"],
        ratio_django=ratios["django"],
        ratio_empty=ratios["empty"],
        figures={name: one.figures() for name, one in measured.items()},
        is_met=_is_met(asked, least),
    )


def report_about(options: Options, rates: Mapping[str, float]) -> Report:
    """Return the report of rates alone."""
    ours = rates["tocsin"]
    bare, django = (round(ours / rates[name], 3) if rates.get(name) else None for name in ("bare", "django"))
    return Report(
        bench=options.bench,
        database=_database(options),
        processes=options.processes,
        rates={name: round(rate, 1) for name, rate in rates.items()},
        ratio_bare=bare,
        ratio_django=django,
    )


def _database(options: Options) -> str:
    return "postgresql" if options.database else "sqlite"


def ratio(measured: Mapping[str, Measured], other: str, *, ours: str = "tocsin") -> float | None:
    """Return how many times the rate of `other` ours is, or None when it did not take part."""
    if other not in measured or not measured[other].rate:
        return None
    return round(measured[ours].rate / measured[other].rate, 3)


def _is_met(ratios: Mapping[str, float | None], least: Mapping[str, float]) -> bool | None:
    known = {name: value for name, value in ratios.items() if value is not None}
    return all(value >= least[name] for name, value in known.items()) if known else None
