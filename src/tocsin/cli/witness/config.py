"""What a witness is told: by options, by a file, or by both, where an option wins.

name = "witness.example.net"
state = "/var/lib/witness"          # a relative path begins at the file's own folder
listen = "127.0.0.1:8970"

[[logs]]
origin = "sign.example.org/tally"
keys = ["sign.example.org/tally+45ebbf56+AQOh…"]     # two while the log exchanges its key
"""

import argparse
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tocsin.tlog.keys import KeyTextError, LogVerifier, parse_log_vkey

LISTEN = "127.0.0.1:8970"
_WORDS = frozenset({"name", "state", "listen", "logs"})
_LOG_WORDS = frozenset({"origin", "keys"})
_AT_VKEY = "give the line that the log's server shows at /tally/vkey"


class Config(NamedTuple):
    """All that a witness needs to know."""

    name: str
    state: Path
    logs: list[LogVerifier]
    host: str
    port: int


def read_config(options: argparse.Namespace) -> Config:
    """Return what options and file say together; raises ValueError for what cannot be, OSError for the file."""
    said = _read(options.config) if options.config else {}
    name = options.name or said.get("name")
    state = options.state or (options.config.parent / said["state"] if "state" in said else None)
    file = str(options.config)
    logs = _given(options.log) if options.log else _of_file(said, file)
    for what, value in (("name", name), ("state", state), ("log", logs)):
        if not value:
            message = f"a witness needs --{what}, or '{'logs' if what == 'log' else what}' in the file of --config"
            raise ValueError(message)
    listen, where = (options.listen, "--listen") if options.listen else (said.get("listen", LISTEN), f"{file}: listen")
    return Config(str(name), Path(str(state)), logs, *_address(listen, where))


def _read(path: Path) -> Mapping[str, Any]:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path} is no TOML: {error}"
        raise ValueError(message) from error
    _refuse_others(said, _WORDS, str(path))
    for word in _WORDS - {"logs"}:
        if not isinstance(said.get(word, ""), str):
            message = f"{path}: {word} is a text in quotation marks"
            raise ValueError(message)  # noqa: TRY004  of a file, not of a caller
    return said


def _refuse_others(said: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    """Refuse a slip in a word: it must not leave a log unwatched in silence."""
    others = sorted(said.keys() - known)
    if others:
        message = f"{where}: nobody knows {', '.join(others)}; there are {', '.join(sorted(known))}"
        raise ValueError(message)


def _of_file(said: Mapping[str, Any], file: str) -> list[LogVerifier]:
    logs = said.get("logs", [])
    if not isinstance(logs, list) or not all(isinstance(log, dict) for log in logs):
        message = f"{file}: each log is a table that begins with [[logs]]"
        raise ValueError(message)
    return [key for log in logs for key in _keys_of(log, file)]


def _keys_of(log: Mapping[str, Any], file: str) -> list[LogVerifier]:
    _refuse_others(log, _LOG_WORDS, f"{file}: [[logs]]")
    origin, keys = log.get("origin"), log.get("keys")
    if not isinstance(origin, str) or not isinstance(keys, list) or not keys:
        message = f"{file}: each of [[logs]] has an origin and a list of keys"
        raise ValueError(message)
    found = [_key(str(key), f"{file}: the log {origin}") for key in keys]
    for key in found:
        if key.name != origin:
            message = f"{file}: the log {origin}: this key is of {key.name}"
            raise ValueError(message)
    return found


def _given(texts: list[str]) -> list[LogVerifier]:
    return [_key(text, "--log") for text in texts]


def _key(text: str, where: str) -> LogVerifier:
    try:
        return parse_log_vkey(text)
    except KeyTextError as error:
        message = f"{where}: {error}: {_AT_VKEY}"
        raise ValueError(message) from error


def _address(listen: str, where: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 <= int(port) <= 65_535:  # noqa: PLR2004  the highest port
        message = f"{where} {listen}: give HOST:PORT"
        raise ValueError(message)
    return host.strip("[]"), int(port)
