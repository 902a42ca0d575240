"""What can be set from outside: one declaration a setting, read from ``TOCSIN_*`` or a file.

Every name here has a sentence in ``docs/run/settings.md``; a test holds the two together.
A value may lie in a file instead: ``TOCSIN_X_FILE`` names it and wins over ``TOCSIN_X``.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from tocsin.tlog.keys import parse_witness_vkey


class BadSettingError(ImproperlyConfigured):
    """A setting that cannot be used; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set: its name in the environment, its reader and its default."""

    name: str
    read: Callable[[str], Any]
    default: str
    mend: str


def _text(raw: str) -> str:
    return raw.strip()


def _flag(raw: str) -> bool:
    words = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False, "": False}
    return words[raw.strip().lower()]


def _folder(raw: str) -> Path:
    return Path(raw).expanduser().absolute()


def _whole(raw: str) -> int:
    number = int(raw)
    if number < 0:
        raise ValueError(raw)
    return number


def _base_url(raw: str) -> str:
    parts = urlsplit(raw.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise ValueError(raw)
    return f"{parts.scheme}://{parts.netloc}"


def _log_name(raw: str) -> str:
    name = raw.strip()
    if "+" in name or not name.isprintable() or any(char.isspace() for char in name):
        raise ValueError(raw)
    return name


def _words(raw: str) -> tuple[str, ...]:
    return tuple(word for word in raw.replace(",", " ").split() if word)


def _witnesses(raw: str) -> tuple[tuple[str, str], ...]:
    """Return each witness's key and address; they stand one behind the other."""
    words = _words(raw)
    pairs = tuple(zip(words[::2], words[1::2], strict=True))
    names = {parse_witness_vkey(vkey).name for vkey, _ in pairs}
    are_addresses = all(urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname for _, url in pairs)
    if len(names) != len(pairs) or not are_addresses:
        raise ValueError(raw)
    return pairs


def _map_tiles(raw: str) -> str:
    """Return the address of map tiles: with its three places, and with nothing that a policy cannot name."""
    template = raw.strip()
    parts = urlsplit(template)
    is_whole = all(template.count(place) == 1 for place in ("{z}", "{x}", "{y}")) and "{" not in parts.netloc
    is_plain = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    if template and not (is_whole and is_plain and template.isascii() and set(" ;,'\"<>").isdisjoint(template)):
        raise ValueError(raw)
    return template


def _networks(raw: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(word) for word in _words(raw))


def _scheme(*allowed: str) -> Callable[[str], str]:
    def read(raw: str) -> str:
        value = raw.strip()
        if value and urlsplit(value).scheme not in allowed:
            raise ValueError(value)
        return value

    return read


SETTINGS = (
    Setting("TOCSIN_DATA", _folder, "tocsin-data", "give the path of a folder that Tocsin may write to"),
    Setting("TOCSIN_KEYS", _text, "", "give the path of a folder outside the database and its backups"),
    Setting(
        "TOCSIN_BASE_URL", _base_url, "http://127.0.0.1:8000", "give scheme and host only, as in https://example.org"
    ),
    Setting("TOCSIN_HOSTS", _words, "", "give host names separated by spaces, as in 'example.org www.example.org'"),
    Setting(
        "DATABASE_URL",
        _scheme("postgres", "postgresql", "sqlite"),
        "",
        "give postgres://user:password@host/name or leave it empty",
    ),
    Setting(
        "TOCSIN_MAIL_URL",
        _scheme("smtp", "smtps", "smtp+tls", "null", "django"),
        "smtp://127.0.0.1:25",
        "give smtp://host:25, smtp+tls://user:password@host:587 or smtps://host:465",
    ),
    Setting("TOCSIN_MAIL_FROM", _text, "", "give the address mails come from, as in campaign@example.org"),
    Setting(
        "TOCSIN_MAIL_BACKEND",
        _text,
        "",
        "give the dotted path of a Django mail backend, as in anymail.backends.mailgun.EmailBackend",
    ),
    Setting(
        "TOCSIN_METRICS_NETWORKS",
        _networks,
        "127.0.0.0/8 ::1/128",
        "give networks separated by spaces, as in '127.0.0.1/32 10.0.0.0/8'",
    ),
    Setting(
        "TOCSIN_TRUSTED_PROXIES", _networks, "", "give networks separated by spaces, as in '127.0.0.1/32 10.0.0.0/8'"
    ),
    Setting("TOCSIN_WEB_PROCESSES", _whole, "2", "give a whole number"),
    Setting(
        "TOCSIN_QUEUE_LIMIT", _whole, "2000", "give how many signatures may wait for the disk at once, a whole number"
    ),
    Setting("TOCSIN_SECOND_STEP_SECONDS", _whole, "20", "give whole seconds"),
    Setting("TOCSIN_NETWORK_RATE", _whole, "30", "give how many signatures of one network count in five minutes"),
    Setting(
        "TOCSIN_DOMAIN_RATE", _whole, "60", "give how many signatures of one small mail domain count in five minutes"
    ),
    Setting("TOCSIN_ADDRESS_RATE", _whole, "3", "give how many signatures of one address count in five minutes"),
    Setting("TOCSIN_CACHE", _text, "", "give the path of a folder that Tocsin may write to"),
    Setting("TOCSIN_TALLY", _text, "", "give the path of a folder that Tocsin may write to"),
    Setting("TOCSIN_LAST_CHECKPOINT", _text, "", "give the path of a file outside the database and its backups"),
    Setting("TOCSIN_LOG_ORIGIN", _log_name, "", "give a name without spaces and plus signs, as in example.org/tally"),
    Setting(
        "TOCSIN_WITNESSES",
        _witnesses,
        "",
        "give each witness's key and address, as in 'witness.example.net+… https://witness.example.net'",
    ),
    Setting(
        "TOCSIN_MAP_TILES",
        _map_tiles,
        "",
        "give an address like https://tiles.example.org/{z}/{x}/{y}.png, or leave it empty",
    ),
    Setting("TOCSIN_MAP_CREDIT", _text, "", "say whose map it is, as in '© OpenStreetMap contributors'"),
    Setting("TOCSIN_DEMO", _flag, "no", "say yes or no"),
    Setting("TOCSIN_LOG_LEVEL", _text, "INFO", "say DEBUG, INFO, WARNING or ERROR"),
)


def read_settings(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return every setting by name; raise BadSettingError with the mend for the first wrong one."""
    return {setting.name: _read(setting, environ) for setting in SETTINGS}


def _read(setting: Setting, environ: Mapping[str, str]) -> Any:
    raw = environ.get(setting.name, setting.default)
    source = setting.name
    if path := environ.get(f"{setting.name}_FILE"):
        source = f"{setting.name}_FILE"
        try:
            raw = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            message = f"{source}: cannot read {path}; name a file that Tocsin may read"
            raise BadSettingError(message) from error
    try:
        return setting.read(raw)
    except (ValueError, KeyError) as error:
        # The value itself stays out of the message: it may hold a password.
        message = f"{source} is not usable: {setting.mend}"
        raise BadSettingError(message) from error


def database_url_parts(url: str) -> dict[str, Any]:
    """Return Django's connection settings for a ``postgres://`` address (RFC 3986 parts)."""
    from urllib.parse import parse_qsl, unquote  # noqa: PLC0415  only those who set it pay for it

    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
