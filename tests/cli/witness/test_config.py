"""cli.witness.config: a file says what options would, and a slip in it is refused by name."""

import argparse
from pathlib import Path

import pytest

from tests.tlog.logs import LOG, NEXT_LOG_KEY, ORIGIN, WITNESS
from tocsin.cli.commands import main
from tocsin.cli.witness import add_arguments
from tocsin.cli.witness.config import Config, read_config

FILE = f"""
name = "witness.example.net"
state = "memory"
listen = "[::1]:9000"

[[logs]]
origin = "{ORIGIN}"
keys = ["{LOG.verifier.vkey}", "{NEXT_LOG_KEY.verifier.vkey}"]
"""


def read(folder: Path, text: str, *options: str) -> Config:
    file = folder / "witness.toml"
    file.write_text(text, encoding="utf-8")
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return read_config(parser.parse_args(["--config", str(file), *options]))


def test_the_file_says_all_of_it(tmp_path: Path) -> None:
    keys = [LOG.verifier, NEXT_LOG_KEY.verifier]
    assert read(tmp_path, FILE) == Config("witness.example.net", tmp_path / "memory", keys, "::1", 9000)


def test_an_option_wins_over_the_file(tmp_path: Path) -> None:
    options = ("--name", "other.example", "--state", "/else", "--listen", "127.0.0.1:1", "--log", LOG.verifier.vkey)
    assert read(tmp_path, FILE, *options) == Config("other.example", Path("/else"), [LOG.verifier], "127.0.0.1", 1)


def test_what_is_left_out_is_usual_or_asked_for(tmp_path: Path) -> None:
    assert read(tmp_path, FILE.replace('listen = "[::1]:9000"', "")).port == 8970
    for word, option in (("name", "--name"), ("state", "--state")):
        line = next(line for line in FILE.splitlines() if line.startswith(word))
        with pytest.raises(ValueError, match=option):
            read(tmp_path, FILE.replace(line, ""))
    with pytest.raises(ValueError, match="'logs' in the file"):
        read(tmp_path, FILE.partition("[[logs]]")[0])


@pytest.mark.parametrize(
    "right, wrong, words",
    [
        ("listen =", "listn =", "nobody knows listn; there are listen, logs, name, state"),
        ("origin =", "name =", "[[logs]]: nobody knows name; there are keys, origin"),
        ('"memory"', "7", "state is a text in quotation marks"),
        ('"[::1]:9000"', '"9000"', "listen 9000: give HOST:PORT"),
        ("[[logs]]", "[logs]", "each log is a table that begins with [[logs]]"),
        (f'origin = "{ORIGIN}"', "", "has an origin and a list of keys"),
        (f'origin = "{ORIGIN}"', 'origin = "other"', f"the log other: this key is of {ORIGIN}"),
        (LOG.verifier.vkey, WITNESS.verifier.vkey, "this is a witness's key, not a log's: give the line"),
        ("name = ", "name ", "is no TOML"),
    ],
)
def test_a_slip_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], right: str, wrong: str, words: str
) -> None:
    assert right in FILE
    (tmp_path / "witness.toml").write_text(FILE.replace(right, wrong), encoding="utf-8")
    assert main(["witness", "--config", str(tmp_path / "witness.toml")]) == 1
    said = capsys.readouterr().err
    assert words in said
    # Who has written a file is told of the file, not of options that nobody typed.
    assert (str(tmp_path / "witness.toml") in said, "--listen" in said) == (True, False)


def test_an_address_that_was_typed_is_told_as_typed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--listen 9000: give HOST:PORT"):
        read(tmp_path, FILE, "--listen", "9000")


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["witness", "--config", str(tmp_path / "none.toml")]) == 1
    assert "none.toml cannot be used" in capsys.readouterr().err
