"""Let a coverage-guided fuzzer at one parser: `python -m tests.tlog.fuzz PARSER [libFuzzer's options] [FOLDER]`.

Needs atheris (`uv sync --group fuzz`). `make soak` runs each parser for ten minutes. What is new and
worth keeping goes into tests/tlog/corpus/PARSER:

    python -m tests.tlog.fuzz note -merge=1 tests/tlog/corpus/note /tmp/found
"""

import sys

import atheris

with atheris.instrument_imports(include=["tocsin.tlog"]):
    from tests.tlog.parsers import PARSERS


def main() -> None:
    """Fuzz until libFuzzer's own options say to stop; a finding ends the process with an error."""
    program, name, *options = sys.argv
    atheris.Setup([program, *options], PARSERS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
