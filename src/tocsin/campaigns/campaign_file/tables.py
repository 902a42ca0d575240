"""Reading one table of a campaign file: what is there, of which kind, and what nobody asked for."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from tocsin.campaigns.refusals import Refusal, Refused
from tocsin.kit.zones import zone_of

_CLOSE = 0.8  # alike enough to be a slip: "organisation" for "organisations", not "support" for "imprint"


class Table:
    """A table of the file under its key; each method reads one key and notes what is wrong with it."""

    def __init__(self, key: str, content: Any, refused: list[Refused]) -> None:
        """Read `content`, which stands at `key`; everything wrong goes into `refused`."""
        self._key = key
        self._refused = refused
        self._read: set[str] = set()
        if not isinstance(content, Mapping):
            self._wrong(key, _("a table"))
            content = {}
        self.content: Mapping[str, Any] = content

    def text(self, key: str) -> str:
        """Return the text at `key`, or ""."""
        return str(self._one(key, str, "", _("a text in quotes")))

    def table(self, key: str) -> "Table":
        """Return the table at `key`, empty when it is not there."""
        self._read.add(key)
        return Table(self._path(key), self.content.get(key, {}), self._refused)

    def tables(self, key: str) -> list["Table"]:
        """Return the list of tables at `key`, as [[key]] writes it."""
        given = self._one(key, list, [], _("a list of tables, as [[%s]] writes it") % key)
        return [Table(f"{self._path(key)}[{place}]", one, self._refused) for place, one in enumerate(given, start=1)]

    def texts(self, key: str, languages: Iterable[str] = ()) -> dict[str, str]:
        """Return {language: text} at `key`; a single text is in the first of `languages`."""
        given = self.content.get(key, {})
        self._read.add(key)
        if isinstance(given, str):
            return dict.fromkeys(list(languages)[:1], given)
        if not isinstance(given, Mapping):
            self._wrong(self._path(key), _('texts by language, as in { en = "…" }'))
            return {}
        return {
            code: text for code, text in given.items() if self._is(f"{key}.{code}", text, str, _("a text in quotes"))
        }

    def list_of(self, key: str, kind: type | tuple[type, ...], name: str) -> list[Any]:
        """Return the list at `key` if all of it is of `kind`; `name` says that kind to people."""
        given = self._one(key, list, [], name)
        return given if all(self._is(key, one, kind, name) for one in given) else []

    def moment(self, key: str, timezone: str) -> datetime | None:
        """Return the time at `key`; one without an offset is in `timezone`, a bare date its midnight."""
        kind = _("a date or a time, as in 2026-05-01T12:00:00")
        given = self._one(key, date, None, kind)
        if given is None:
            return None
        moment = given if isinstance(given, datetime) else datetime.combine(given, time())
        try:
            # An unknown zone is UTC here: the check of the details says so.
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone_of(timezone))).astimezone(UTC)
        except OverflowError:  # the first or last day that there is, in another zone
            self._wrong(self._path(key), kind)
            return None

    def value(self, key: str, kind: type | tuple[type, ...], name: str) -> Any:
        """Return what stands at `key` if it is of `kind`, or None; `name` says that kind to people."""
        return self._one(key, kind, None, name)

    def flag(self, key: str) -> bool:
        """Return whether `key` is true; one that is not there is not."""
        return bool(self._one(key, bool, None, _("true or false")))

    def refuse(self, key: str, refusal: Refusal, limit: str = "") -> None:
        """Note that what stands at `key` cannot, though it is of the right kind; "" is the table itself."""
        self._refused.append(Refused(self._path(key) if key else self._key, refusal, limit))

    def rest(self) -> dict[str, Any]:
        """Return what no other method asked for; a key that is almost a known one is refused, and so is U+0000."""
        rest = {key: value for key, value in self.content.items() if key not in self._read}
        self._refused += (Refused(path, Refusal.CONTROL_CHARACTER) for path in _noughts(rest, self._key))
        for key in rest:
            if meant := _almost(key, self._read):
                self._refused.append(Refused(self._path(key), Refusal.UNKNOWN_KEY, meant))
        return rest

    def nothing_else(self) -> None:
        """Refuse what no other method asked for: a table that has no room for what later features bring."""
        for key in self.content.keys() - self._read:
            self.refuse(key, Refusal.UNKNOWN_KEY, _almost(key, self._read) or ", ".join(sorted(self._read)))

    def _one(self, key: str, kind: type | tuple[type, ...], usual: Any, name: str) -> Any:
        self._read.add(key)
        if key not in self.content:
            return usual
        return self.content[key] if self._is(key, self.content[key], kind, name) else usual

    def _is(self, key: str, value: Any, kind: type | tuple[type, ...], name: str) -> bool:
        # To Python, a truth value is a number; to whoever writes a file it is not.
        if isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool):
            return True
        self._wrong(self._path(key), name)
        return False

    def _wrong(self, path: str, name: str) -> None:
        refusal = Refused(path, Refusal.WRONG_KIND, name)
        if refusal not in self._refused:
            self._refused.append(refusal)

    def _path(self, key: str) -> str:
        return f"{self._key}.{key}" if self._key else key


def _noughts(value: Any, path: str) -> Iterator[str]:
    """Yield where a text or key holds U+0000, which no database keeps."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _noughts(key, f"{path}{key!a}")
            yield from _noughts(one, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for place, one in enumerate(value, start=1):
            yield from _noughts(one, f"{path}[{place}]")
    elif isinstance(value, str) and "\x00" in value:
        yield path


def _almost(key: str, known: Collection[str]) -> str | None:
    """Return the known key that somebody who typed `key` must have meant, or None."""
    swapped = (one for one in known if sorted(one) == sorted(key))
    return next(swapped, None) or next(iter(get_close_matches(key, known, n=1, cutoff=_CLOSE)), None)
