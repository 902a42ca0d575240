"""What others wrote is read in one spelling or refused, whatever it is: kept inputs, invented ones, and long runs."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tlog.parsers import CORPUS, PARSERS, corpus

ROOT = Path(__file__).parents[2]
SECONDS = int(os.environ.get("TOCSIN_FUZZ_SECONDS", "600"))
KEPT = [pytest.param(name, path, id=f"{name}-{path.name}") for name in PARSERS for path in corpus(name)]
EACH = pytest.mark.parametrize("name", PARSERS)


def test_there_is_a_corpus_for_each_parser_and_no_other() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} == set(PARSERS)


@pytest.mark.parametrize("name, path", KEPT)
def test_a_kept_input_is_read_in_one_spelling_or_refused(name: str, path: Path) -> None:
    PARSERS[name](path.read_bytes())


def spoiled(name: str) -> st.SearchStrategy[bytes]:
    """Return kept inputs with a piece replaced: what a parser almost accepts finds more than noise does."""
    kept = st.sampled_from([path.read_bytes() for path in corpus(name)])
    pieces = st.one_of(st.binary(max_size=4), st.sampled_from([b"\n", b"\n\n", b" ", b"=", b"+", b"0", b"\xff", b""]))
    return st.builds(
        lambda whole, at, piece, gone: whole[: at % (len(whole) + 1)] + piece + whole[at % (len(whole) + 1) + gone :],
        kept,
        st.integers(0, 10_000),
        pieces,
        st.integers(0, 40),
    )


@EACH
@settings(max_examples=200)
@given(st.data())
def test_invented_and_spoiled_inputs(name: str, data: st.DataObject) -> None:
    PARSERS[name](data.draw(st.one_of(spoiled(name), st.binary(max_size=200))))


def fuzz(name: str, found: Path) -> None:
    """Run the fuzzer in a process of its own; it ends with an error at a finding, or when one input takes a second."""
    command = [
        sys.executable,
        "-m",
        "tests.tlog.fuzz",
        name,
        f"-max_total_time={SECONDS}",
        "-max_len=20000",
        "-timeout=120",
    ]
    done = subprocess.run(
        [*command, f"-artifact_prefix={found}/finding-", str(found)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]


@EACH
@pytest.mark.soak
def test_a_long_run_finds_nothing(name: str, tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris"):
        found = tmp_path / "found"
        shutil.copytree(CORPUS / name, found)
        fuzz(name, found)
        return

    # No fuzzer was built for this machine: chance, then, but a lot of it.
    @settings(max_examples=50 * SECONDS, suppress_health_check=list(HealthCheck), database=None)
    @given(st.one_of(spoiled(name), st.binary(max_size=2000)))
    def run(data: bytes) -> None:
        PARSERS[name](data)

    run()
