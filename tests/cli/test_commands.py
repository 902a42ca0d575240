"""tocsin itself: its commands, and one line instead of a traceback."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tocsin.cli.commands import COMMANDS, main, unusable
from tocsin.kit.keyfiles import KeysSealedError

TOCSIN = Path(sys.executable).parent / "tocsin"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.word)
def test_every_command_is_there_and_explains_itself(command: object, capsys: pytest.CaptureFixture[str]) -> None:
    word = command.word  # type: ignore[attr-defined]  # parametrize does not say of what
    with pytest.raises(SystemExit) as ended:
        main([word, "--help"])
    assert ended.value.code == 0
    assert f"usage: tocsin {word}" in capsys.readouterr().out


def test_the_overview_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert [command.word for command in COMMANDS if f"  {command.word} " not in printed] == []


def test_a_module_of_a_command_has_its_two_functions() -> None:
    for command in COMMANDS:
        module = importlib.import_module(f"tocsin.cli.{command.module}")
        assert callable(module.add_arguments)
        assert callable(module.run)


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["petition"])
    assert ended.value.code == 2
    assert "invalid choice: 'petition'" in capsys.readouterr().err


def test_who_types_no_command_is_shown_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "run a whole server" in capsys.readouterr().err


def test_a_question_that_nobody_answers_ends_in_a_line(tmp_path: Path) -> None:
    row, age_file = tmp_path / "row.json", tmp_path / "noor.age"
    done = subprocess.run(
        [TOCSIN, "key", "prove", str(row), "--age-file", str(age_file)],
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # no terminal to ask at
    )
    assert done.returncode == 1
    assert "tocsin: nothing was typed; 'tocsin key --help'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fault_of_the_program_is_not_told_as_a_question_that_nobody_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read_a_cut_file(_: object) -> int:
        raise EOFError

    monkeypatch.setattr("tocsin.cli.witness.run", read_a_cut_file)
    with pytest.raises(EOFError):
        main(["witness"])


@pytest.mark.parametrize(
    "error, line",
    [
        (FileNotFoundError(2, "No such file or directory", "a.txt"), "cannot use a.txt (No such file or directory)"),
        (OSError("odd"), "cannot use that file (odd)"),
        (UnicodeDecodeError("utf-8", b"?", 0, 1, "odd"), "cannot use that file (it is not text in UTF-8)"),
        (KeysSealedError(), "the keys of this server are sealed: 'tocsin unseal' opens them for the server that runs"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_way(error: OSError | UnicodeDecodeError, line: str) -> None:
    assert unusable(error) == line


@pytest.mark.parametrize("version", ["3.8", "3.10"])
def test_too_old_a_python_is_told_so(version: str) -> None:
    # The file must be readable for that Python, too; what it does is the same here.
    source = (Path(__file__).parents[2] / "src" / "tocsin" / "cli" / "__init__.py").read_text()
    major, minor = version.split(".")
    pretending = f"import sys; sys.version_info = ({major}, {minor}, 0, 'final', 0)\n{source}"
    done = subprocess.run([sys.executable, "-c", pretending], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"Tocsin needs Python 3.11 or newer; this is Python {version}\n"


@pytest.mark.parametrize(
    "given, line",
    [
        ({"TOCSIN_MAIL_URL": "http://mail"}, "TOCSIN_MAIL_URL is not usable: give smtp://host:25"),
        ({"TOCSIN_WEB_PROCESSES": "many"}, "TOCSIN_WEB_PROCESSES is not usable: give a whole number"),
        ({"TOCSIN_MAIL_URL_FILE": "/nowhere"}, "TOCSIN_MAIL_URL_FILE: cannot read /nowhere"),
        ({"TOCSIN_DATA": "/proc/tocsin"}, "/proc/tocsin cannot be used"),
        ({"DATABASE_URL": "postgres://noor:secret@127.0.0.1:1/x"}, "the database cannot be used: connection failed"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_server_that_cannot_start_says_why_in_one_line(tmp_path: Path, given: dict[str, str], line: str) -> None:
    environ = {"PATH": "/usr/bin:/bin", "TOCSIN_DATA": str(tmp_path / "data")} | given
    done = subprocess.run(
        [TOCSIN, "serve", "--port", "1024"], env=environ, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"tocsin: {line}")
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr
