"""cli.bench.report: ratios within one run, and whether a budget is kept."""

import argparse

import orjson
import pytest

from tocsin.cli.bench.options import Options, add_options
from tocsin.cli.bench.orders import Outcome
from tocsin.cli.bench.report import ratio, report_about, report_of
from tocsin.cli.bench.rounds import Measured


def options(*words: str) -> Options:
    parser = argparse.ArgumentParser()
    add_options(parser, ("page", "sign"))
    return Options.of(parser.parse_args(words))


def measured(**rates: float) -> dict[str, Measured]:
    return {
        name: Measured([Outcome(answered=int(rate), right=int(rate), seconds=1.0)], [10.0])
        for name, rate in rates.items()
    }


def test_a_ratio_is_ours_over_theirs() -> None:
    rates = measured(tocsin=600, bare=1000, django=50)
    assert (ratio(rates, "bare"), ratio(rates, "django"), ratio(rates, "nginx")) == (0.6, 12.0, None)


def test_json_has_each_rate_and_ratio_and_null_where_nothing_was_compared() -> None:
    report = report_of(options("sign"), measured(tocsin=600, bare=1000, django=50), least={"bare": 0.6})
    said = orjson.loads(report.as_json())
    assert said["rates"] == {"tocsin": 600.0, "bare": 1000.0, "django": 50.0}
    assert (said["ratio_bare"], said["ratio_nginx"], said["ratio_django"]) == (0.6, None, 12.0)
    assert (said["bench"], said["database"], said["processes"]) == ("sign", "sqlite", 2)
    assert said["figures"]["tocsin"]["errors"] == 0


@pytest.mark.parametrize("ours,is_met", [(600, True), (599, False)])
def test_a_budget_is_met_from_its_ratio_on(ours: int, is_met: bool) -> None:
    assert report_of(options("sign"), measured(tocsin=ours, bare=1000), least={"bare": 0.6}).is_met is is_met


def test_without_its_baseline_a_budget_is_neither_met_nor_missed() -> None:
    assert report_of(options("sign"), measured(tocsin=600), least={"bare": 0.6}).is_met is None


def test_the_table_names_everybody_and_says_when_a_budget_is_missed() -> None:
    report = report_of(options("sign", "--processes", "1"), measured(tocsin=500, bare=1000), least={"bare": 0.6})
    report.facts["stored_beforehand"] = 12_000
    report.machine = {"cores": 2, "processor": "abacus", "file_system": "ext4"}
    text = report.as_text()
    assert text.splitlines()[0] == "tocsin bench sign: sqlite, 1 web process"
    for part in (
        "tocsin  ",
        "bare  ",
        "0.50 × bare",
        "stored beforehand: 12,000",
        "NOT within its budget",
        "2 × abacus",
    ):
        assert part in text


def test_rates_alone_make_a_report_too() -> None:
    report = report_about(options("page", "--database", "postgres://x/y"), {"tocsin": 10.0, "bare": 20.0})
    assert (report.database, report.ratio_bare, report.ratio_django) == ("postgresql", 0.5, None)


@pytest.mark.parametrize(
    "words", [("nothing",), ("sign", "--seconds", "0"), ("sign", "--processes", "3"), ("sign", "--rounds", "0")]
)
def test_nonsense_is_refused(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options(*words)
    assert "error" in capsys.readouterr().err
