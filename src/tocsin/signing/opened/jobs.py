"""Searches and exports: run through all rows in the worker, while the vault is unlocked.

What is looked for and the key that seals what is found lie in the keeper alone. A worker claims
a job by moving its lease; one that died is followed by another, which begins from the first row.
"""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from django.db.models import F

from tocsin import db
from tocsin.campaigns.models import Campaign, User
from tocsin.kit import addresses, names
from tocsin.seal.box import KEY_BYTES, Box
from tocsin.signing.opened import table
from tocsin.signing.opened.keys import read_keys
from tocsin.signing.opened.models import JobKind, JobPart, JobState, VaultJob
from tocsin.signing.opened.rows import Filter, Row, batches, signatory
from tocsin.vault import keeper
from tocsin.vault.reader import Reader

LEASE_SECONDS: Final = 30
MOST_FOUND: Final = 200
PART_ROWS: Final = 50_000


class _GoneError(Exception):
    """The job was cancelled, or the vault locked under it."""


def begin(
    *, campaign: Campaign, user: User, door: str, kind: JobKind, query: str, ends_at: datetime, now: datetime
) -> VaultJob | None:
    """Let the worker search for `query`, or export; None when the vault is not unlocked.

    Begins its own transaction. A second search behind one door takes the place of the first.
    """
    seconds = (ends_at - now).total_seconds()
    if seconds <= 0:
        return None
    cancel_all(door=door, is_search=kind == JobKind.SEARCH)
    with db.transaction():
        job = VaultJob.objects.create(
            campaign=campaign,
            user=user,
            door=door,
            kind=kind,
            # The worker sees nothing of it before the keeper has its key.
            lease_until=int(now.timestamp()) + LEASE_SECONDS,
            total=Filter().rows(campaign.pk).count(),
            ends_at=ends_at,
        )
    secret = {"key": os.urandom(KEY_BYTES).hex(), "query": query}
    keeper.put(_secret_name(job), orjson.dumps(secret), seconds=seconds)
    VaultJob.objects.filter(pk=job.pk).update(lease_until=0)
    return job


def running(door: str, *, is_search: bool) -> VaultJob | None:
    """Return the newest search, or export, that lives by a door."""
    jobs = VaultJob.objects.filter(door=door)
    chosen = jobs.filter(kind=JobKind.SEARCH) if is_search else jobs.exclude(kind=JobKind.SEARCH)
    return chosen.order_by("-pk").first()


def cancel_all(*, door: str, is_search: bool) -> None:
    """End a door's searches, or its exports, and erase what they found."""
    jobs = VaultJob.objects.filter(door=door)
    for job in jobs.filter(kind=JobKind.SEARCH) if is_search else jobs.exclude(kind=JobKind.SEARCH):
        erase(job=job)


def forget(*, door: str) -> None:
    """Erase every job that lived by a door."""
    VaultJob.objects.filter(door=door).delete()


def forget_ended(*, now: datetime) -> int:
    """Erase the jobs whose unlocking is over; their keys are gone already. Return how many."""
    return VaultJob.objects.filter(ends_at__lte=now).delete()[0]


def erase(*, job: VaultJob) -> None:
    """Erase a job with all it found: first the key, then the rows that are noise without it."""
    keeper.drop(_secret_name(job))
    VaultJob.objects.filter(pk=job.pk).delete()


def found(job: VaultJob) -> list[dict[str, Any]]:
    """Return what a search has found so far; nothing when the vault locked."""
    box = _box(job)
    if box is None:
        return []
    parts = job.parts.order_by("number").values_list("number", "sealed")
    return [line for number, sealed in parts for line in orjson.loads(box.open(_purpose(job, number), bytes(sealed)))]


def query_of(job: VaultJob) -> str:
    """Return what a search looks for, while the vault is unlocked."""
    secret = _secret(job)
    return str(secret["query"]) if secret else ""


def take_part(*, job: VaultJob, number: int) -> bytes | None:
    """Return one part of an export and erase it; None when it was taken already or the vault locked."""
    box = _box(job)
    part = job.parts.filter(number=number).first()
    if box is None or part is None:
        return None
    content = box.open(_purpose(job, number), bytes(part.sealed))
    return content if job.parts.filter(number=number).delete()[0] else None


def work(*, now: Callable[[], datetime], goes_on: Callable[[], bool] = lambda: True) -> bool:
    """Claim one waiting job and run it to its end; False when there is none for this worker."""
    at = now()
    waiting = VaultJob.objects.exclude(state=JobState.DONE).filter(lease_until__lte=int(at.timestamp()), ends_at__gt=at)
    for job in waiting.select_related("campaign").order_by("pk"):
        secret, keys = _secret(job), read_keys(job.door)
        if secret is None or not keys or not _claim(job, at):
            continue  # another machine's keeper has it, or another worker was first
        _Run(
            job, Box(bytes.fromhex(secret["key"])), str(secret["query"]), Reader(keys, job.campaign.slug), now, goes_on
        ).run()
        return True
    return False


def _claim(job: VaultJob, now: datetime) -> bool:
    lease = int((now + timedelta(seconds=LEASE_SECONDS)).timestamp())
    with db.transaction():
        same = VaultJob.objects.filter(pk=job.pk, lease_until=job.lease_until)
        if not same.update(lease_until=lease, state=JobState.RUNNING, read=0, found=0, closed=0):
            return False
        JobPart.objects.filter(job=job).delete()  # of a worker that died
        job.lease_until = lease
        return True


@dataclass(slots=True)
class _Run:
    """One job on its way through the rows; its lease is renewed with every batch."""

    job: VaultJob
    box: Box
    query: str
    reader: Reader
    now: Callable[[], datetime]
    goes_on: Callable[[], bool]
    parts: int = 0

    def run(self) -> None:
        """Go through all rows; stop quietly when the job was cancelled or the vault locked."""
        with contextlib.suppress(_GoneError):
            (self._search if self.job.kind == JobKind.SEARCH else self._export)()
            VaultJob.objects.filter(pk=self.job.pk, lease_until=self.job.lease_until).update(state=JobState.DONE)

    def _search(self) -> None:
        matches, found_so_far = _matcher(self.query), 0
        for rows in batches(self.job.campaign_id, self.reader):
            lines = [_line(row) for row in rows if row.opened and matches(row.payload)][: MOST_FOUND - found_so_far]
            found_so_far += len(lines)
            self._store(rows, orjson.dumps(lines), len(lines), is_part=bool(lines))
            if found_so_far >= MOST_FOUND:
                return

    def _export(self) -> None:
        head, write = _WRITERS[JobKind(self.job.kind)]
        texts, size = [head()], 0
        for rows in batches(self.job.campaign_id, self.reader):
            people = [signatory(row) for row in rows if row.opened]
            texts.append(write(people))
            size += len(people)
            is_full = size >= PART_ROWS
            self._store(rows, "".join(texts).encode() if is_full else b"", len(people), is_part=is_full, rows_in=size)
            if is_full:
                texts, size = [head()], 0
        if size or not self.parts:
            self._store([], "".join(texts).encode(), 0, is_part=True, rows_in=size)

    def _store(self, rows: list[Row], content: bytes, found: int, *, is_part: bool, rows_in: int = 0) -> None:
        """Write down how far it is, with a part if there is one; stop when the job is no longer ours."""
        if not self.goes_on() or not read_keys(self.job.door):
            raise _GoneError
        lease = int(self.now().timestamp()) + LEASE_SECONDS
        with db.transaction():
            same = VaultJob.objects.filter(pk=self.job.pk, lease_until=self.job.lease_until)
            closed = sum(row.opened is None for row in rows)
            if not same.update(
                lease_until=lease,
                read=F("read") + len(rows),
                found=F("found") + found,
                closed=F("closed") + closed,
            ):
                raise _GoneError
            if is_part:
                sealed = self.box.seal(_purpose(self.job, self.parts), content)
                JobPart.objects.create(job=self.job, number=self.parts, rows=rows_in or found, sealed=sealed)
                self.parts += 1
        self.job.lease_until = lease


_WRITERS: Final[dict[JobKind, table.Writer]] = {
    JobKind.CSV: (table.csv_head, table.csv_lines),
    JobKind.JSON: (table.no_head, table.json_lines),
}


def _matcher(query: str) -> Callable[[dict[str, Any]], bool]:
    """Return a question about a payload: whether every word of `query` stands in its name, address or place.

    A whole address is compared as the tags compare it: in any spelling.
    """
    words = [folded for word in query.split() if (folded := names.fold(word))]
    address = addresses.parse(query.strip())

    def is_at_address(payload: dict[str, Any]) -> bool:
        other = addresses.parse(str(payload.get("email", "")))
        return other is not None and address is not None and other.folded == address.folded

    def has_words(payload: dict[str, Any]) -> bool:
        fields = [names.fold(str(payload.get(name, ""))) for name in ("name", "email", "place")]
        return bool(words) and all(any(word in field for field in fields) for word in words)

    return has_words if address is None else is_at_address


def _line(row: Row) -> dict[str, Any]:
    return {"seat": str(row.seat), **signatory(row).columns()}


def _secret_name(job: VaultJob) -> str:
    return f"{job.door}/job/{job.pk}"


def _secret(job: VaultJob) -> dict[str, Any] | None:
    try:
        held = keeper.get(_secret_name(job))
    except keeper.KeeperMissingError:
        return None
    return None if held is None else orjson.loads(held)


def _box(job: VaultJob) -> Box | None:
    secret = _secret(job)
    return None if secret is None else Box(bytes.fromhex(secret["key"]))


def _purpose(job: VaultJob, number: int) -> bytes:
    return f"vault-job/{job.pk}/{number}".encode()
