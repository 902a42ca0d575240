"""A small published log, served, and `tocsin audit` of it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.running.log_site import LogSite, served
from tocsin.cli.audit import figures
from tocsin.cli.commands import main
from tocsin.tlog import entry
from tocsin.tlog.entry import Reason

KEY = b"k" * 32


class Audited(NamedTuple):
    """How an audit ended: its exit code and what it printed."""

    code: int
    printed: str

    @property
    def json(self) -> Any:
        return json.loads(self.printed)


Audit = Callable[..., Audited]


def signatures(campaign: str, begin: int, end: int) -> list[bytes]:
    return [entry.sign(campaign, number.to_bytes(32, "big")) for number in range(begin, end)]


def small_log() -> list[bytes]:
    """Two campaigns, three withdrawals; two full bundles and one that is not."""
    head = [entry.text_version("rivers", b"t" * 32), entry.sealing_key("rivers", KEY)]
    gone = [entry.withdraw("rivers", 5, Reason.SIGNATORY), entry.withdraw("rivers", 7, Reason.STRUCK)]
    trains = [*signatures("trains", 1000, 1100), entry.withdraw("trains", 504, Reason.DUPLICATE)]
    return [*head, *signatures("rivers", 0, 500), *gone, *trains]


@pytest.fixture
def site(tmp_path: Path) -> LogSite:
    return LogSite(tmp_path / "site", small_log())


@pytest.fixture
def url(site: LogSite) -> Iterator[str]:
    with served(site.folder) as address:
        yield address


@pytest.fixture
def audit(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Audit:
    """Return `tocsin audit` of the site, with a memory of its own."""
    monkeypatch.setattr(figures, "_BETWEEN_LOOKS", 0.0)

    def run(*options: str | Path, state: str = "state", address: str = url) -> Audited:
        code = main(["audit", address, "--state", str(tmp_path / state), *map(str, options)])
        said = capsys.readouterr()
        return Audited(code, said.out + said.err)

    return run
