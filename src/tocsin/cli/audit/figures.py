"""Each campaign's figures as recounted, beside those that its count.json states."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from time import sleep
from typing import NamedTuple
from urllib.parse import quote

from tocsin.cli.audit.findings import AuditError, shown
from tocsin.cli.audit.rebuild import Rebuilt
from tocsin.cli.audit.web import GONE, OK, Web
from tocsin.tlog.entry import Sign, Withdraw, parse
from tocsin.tlog.recount import Result, Tally

_PATIENCE = 5
_BETWEEN_LOOKS = 1.0


class Stated(NamedTuple):
    """What a server says of a campaign in count.json; `key` is its sealing key's fingerprint, empty if not stated."""

    number: int
    signs: int
    withdrawals: int
    size: int
    key: str


@dataclass(slots=True)
class Row:
    """One campaign: recounted, stated (None: the server shows no figures), and what is wrong between them."""

    campaign: str
    tally: Tally
    stated: Stated | None = None
    wrongs: list[str] = field(default_factory=list)


def look(site: Web, rebuilt: Rebuilt, grow: Callable[[], object]) -> list[Row]:
    """Return each campaign's figures; `grow` takes the newest checkpoint in.

    The log goes on growing meanwhile, so what is stated may be newer than what was rebuilt (then we
    wait for its checkpoint) or older (then we count back to its size); neither is a false alarm.
    """
    names = list(rebuilt.recount.result().campaigns)
    stated = {name: _stated(site, name) for name in names}
    for _ in range(_PATIENCE):
        result = rebuilt.recount.result()
        ahead = [name for name in names if _is_ahead(stated[name], result.campaigns[name], rebuilt.size)]
        if not ahead:
            break
        sleep(_BETWEEN_LOOKS)
        grow()
        # What speaks for more than is published stays as it was told: asked again it would run ahead again.
        stated |= {name: _stated(site, name) for name in ahead if _size(stated[name]) <= rebuilt.size}
    result = rebuilt.recount.result()
    return [_row(rebuilt, result, name, stated[name]) for name in names]


def _is_ahead(stated: Stated | None, tally: Tally, size: int) -> bool:
    """Say whether a server has stated a number or a key whose entries are not published, maybe not yet."""
    return stated is not None and (stated.size > size or not _is_last(stated.key, tally))


def _is_last(key: str, tally: Tally) -> bool:
    return not key or key in [published.digest.hex() for published in tally.keys[-1:]]


def _size(stated: Stated | None) -> int:
    return stated.size if stated else 0


def _row(rebuilt: Rebuilt, result: Result, name: str, stated: Stated | None) -> Row:
    row = Row(name, result.campaigns[name], stated)
    if stated is None:
        return row
    if stated.size > rebuilt.size:
        row.wrongs.append(f"the server's figures speak for {stated.size:,} entries, and the log has {rebuilt.size:,}")
    elif (stated.signs, stated.withdrawals) != (counted := _counted(rebuilt, result, name, stated.size)):
        row.wrongs.append(
            f"the server says {stated.signs:,} signed and {stated.withdrawals:,} withdrew;"
            f" the log's first {stated.size:,} entries say {counted[0]:,} and {counted[1]:,}"
        )
    if stated.number != stated.signs - stated.withdrawals:
        row.wrongs.append(f"the server's number is {stated.number:,}, which its own figures do not make")
    if not _is_last(stated.key, row.tally):
        row.wrongs.append(f"the server seals to the key {stated.key}, and the log does not name it last")
    return row


def _counted(rebuilt: Rebuilt, result: Result, name: str, size: int) -> tuple[int, int]:
    """Return signs and withdrawals among the first `size` entries: all, less what came after."""
    tally = result.campaigns[name]
    signs, withdrawals = tally.signs, tally.withdrawals
    faulty = {fault.index for fault in result.faults}
    for index, data in rebuilt.entries(size, rebuilt.size):
        if index in faulty:
            continue
        match parse(data):
            case Sign(campaign) if campaign == name:
                signs -= 1
            case Withdraw(campaign) if campaign == name:
                withdrawals -= 1
    return signs, withdrawals


def _stated(site: Web, name: str) -> Stated | None:
    path = f"{quote(name, safe='')}/count.json"
    answer = site.get(path)
    if answer.status in GONE:
        return None
    if answer.status != OK:
        raise AuditError.unchecked(words=f"{site.url(path)} answers {answer.status}")
    try:
        told = json.loads(answer.body)
        numbers = [told[key] for key in ("count", "signs", "withdrawals", "size")]
        key = told.get("sealing_key") or ""
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise AuditError.wrong(words=f"{site.url(path)} is not what it should be") from error
    if not all(type(number) is int and number >= 0 for number in numbers) or not isinstance(key, str):
        raise AuditError.wrong(words=f"{site.url(path)} states something that is no number")
    number, signs, withdrawals, size = numbers
    return Stated(number, signs, withdrawals, size, shown(key)[:64])
