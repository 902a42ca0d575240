"""Let a coverage-guided fuzzer at one parser: `python -m tests.tlog.fuzz PARSER [libFuzzer's options] [FOLDER]`.

Needs atheris (`uv sync --group fuzz`). `make soak` runs each parser for ten minutes (TOCSIN_FUZZ_SECONDS).
What it finds goes into tests/tlog/corpus/PARSER, where `make test` tries it from then on.
"""

import sys
import time

import atheris

with atheris.instrument_imports(include=["tocsin.tlog"]):
    from tests.tlog.parsers import PARSERS


PATIENCE = 1.0
"""Seconds of the processor's time, not of the clock's: what else the machine does is no finding."""


def main() -> None:
    """Fuzz until libFuzzer's own options say to stop; a finding ends the process with an error."""
    program, name, *options = sys.argv

    def parse(data: bytes) -> None:
        begun = time.thread_time()
        PARSERS[name](data)
        assert time.thread_time() - begun < PATIENCE, "a parser hangs"

    atheris.Setup([program, *options], parse)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
