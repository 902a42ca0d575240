"""The sample audit: open the rows behind entries that a public seed names, and hold them against the log.

It answers what recounting cannot: whether people stand behind the entries. First the log's size
and root are written down, then the seed becomes known, then the vault is opened.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from math import floor
from typing import Any, Final, NamedTuple

import orjson
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tocsin import db
from tocsin.campaigns.models import Campaign, User
from tocsin.kit.addresses import parse
from tocsin.seal.commitment import commitment, payload_commitment
from tocsin.seal.tags import address_tag
from tocsin.signing.models import Signature
from tocsin.signing.opened import sampling, table
from tocsin.signing.opened.acts import note
from tocsin.signing.opened.models import Act, SampleAudit
from tocsin.signing.opened.rows import Keys, Seat, one, signatory
from tocsin.tally.models import Checkpoint, Entry
from tocsin.tally.queries import places_further, published
from tocsin.tlog import entry
from tocsin.vault import queries as vault
from tocsin.vault.reader import Reader

NEXT_CHECKPOINT: Final = "checkpoint"
_CHUNK: Final = 5_000


class Outcome(StrEnum):
    """How one sampled entry fared; the first one is the only good one."""

    OPENED = "opened"
    NO_ROW = "no row on the server"
    SEALED = "does not open"
    OTHER_PAYLOAD = "holds other data than it was counted with"
    OTHER_ENTRY = "is not what the log says"
    NO_ADDRESS = "holds no address"
    OTHER_ADDRESS = "its address is not the one it was counted once by"


OUTCOMES: Final[dict[Outcome, Promise]] = {
    Outcome.NO_ROW: _("there is no signature behind the entry"),
    Outcome.SEALED: _("the signature does not open"),
    Outcome.OTHER_PAYLOAD: _("it holds other data than it was counted with"),
    Outcome.OTHER_ENTRY: _("it is not what the log says"),
    Outcome.NO_ADDRESS: _("it holds no e-mail address"),
    Outcome.OTHER_ADDRESS: _("its address is not the one it was counted once by"),
}


class Checked(NamedTuple):
    """One sampled entry, `at` its index; its address stays in memory, to be compared with the others'."""

    at: int
    outcome: Outcome
    address: str


def begin(*, campaign: Campaign, user: User | None, source: str, samples: int, now: datetime) -> SampleAudit | None:
    """Write down what the log is now, before the seed is known; None when nothing is published yet."""
    newest = published()
    if newest is None:
        return None
    return SampleAudit.objects.create(
        campaign=campaign,
        user=user,
        log=settings.LOG_ORIGIN,
        size=newest.size,
        root=newest.root,
        samples=samples,
        source=source,
        began_at=now,
    )


def seed_of(audit: SampleAudit) -> str:
    """Return the next checkpoint's root as hex, if that is the seed and there is one; else ""."""
    if audit.source != NEXT_CHECKPOINT:
        return ""
    later = Checkpoint.objects.filter(size__gt=audit.size).order_by("size").values_list("root", flat=True).first()
    return "" if later is None else bytes(later).hex()


def run(*, audit: SampleAudit, seed: str, keys: Keys, now: datetime) -> bool:
    """Open the rows that the seed names and store the report; False when it was done before or has no seed.

    Where the next checkpoint is the seed, what is given as `seed` counts for nothing.
    Walks the whole log once, and the campaign's rows once: some seconds at a million.
    """
    chosen = seed_of(audit) if audit.source == NEXT_CHECKPOINT else seed.strip()
    if not chosen or audit.done_at is not None:
        return False
    live = sampling.live_indexes(_entries(audit.size), audit.campaign.slug)
    indexes = _indexes(audit, chosen, live)
    checked = _checked(audit.campaign, indexes, Reader(keys, audit.campaign.slug))
    with db.transaction():
        fresh = SampleAudit.objects.filter(pk=audit.pk, done_at__isnull=True)
        if not fresh.update(seed=chosen, done_at=now, population=len(live), report=_report(checked)):
            return False
        note(campaign=audit.campaign, user=audit.user, act=Act.AUDITED, now=now)
    return True


def people(*, audit: SampleAudit, keys: Keys) -> str | None:
    """Return the sampled people as CSV, for those who call or write to them; nothing of it is kept.

    None when it is of a log that this one does not follow: the same indexes would be other people's.
    """
    # The report speaks of the log that was audited; one that followed it has its entries further on.
    if (places := places_further(audit.log)) is None:
        return None
    reader = Reader(keys, audit.campaign.slug)
    seats = _seats(audit.campaign, [index + places for index in audit.report.get("indexes", [])])
    rows = [row for seat in seats.values() if (row := one(audit.campaign_id, reader, seat)) and row.opened]
    return table.csv_head() + table.csv_lines(signatory(row) for row in rows)


def public_report(audit: SampleAudit) -> bytes:
    """Return what can be published, as JSON: how anyone draws the same sample again, and how it fared."""
    fields: dict[str, Any] = {
        "tocsin": "sample-audit/v1",
        "campaign": audit.campaign.slug,
        "log": audit.log,
        "log_size": audit.size,
        "log_root": bytes(audit.root).hex(),
        "seed_source": "the root of the next checkpoint" if audit.source == NEXT_CHECKPOINT else audit.source,
        "seed": audit.seed,
        "signatures": audit.population,
        "began_at": audit.began_at.isoformat(timespec="seconds"),
        "done_at": audit.done_at.isoformat(timespec="seconds") if audit.done_at else None,
        **audit.report,
    }
    return orjson.dumps(fields, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def failed_in(report: Mapping[str, Any]) -> list[tuple[int, Promise]]:
    """Return what failed in a report, by index, with the reason in words."""
    return [(int(index), OUTCOMES[Outcome(why)]) for index, why in report.get("failed", {}).items()]


def percent_shown(audit: SampleAudit) -> int:
    """Return the likelihood that 2 % of forged ones would have shown, in whole per cent.

    A sample is never sure, however close it comes; a whole log is.
    """
    if audit.population and audit.report.get("samples") == audit.population:
        return 100
    likelihood = float(audit.report.get("would_show_2_percent_forged", 0))
    return min(99, floor(round(100 * likelihood, 2)))


def _entries(size: int) -> Any:
    rows = Entry.objects.filter(index__lt=size).order_by("index").values_list("index", "entry")
    return ((index, bytes(data)) for index, data in rows.iterator(chunk_size=_CHUNK))


def _indexes(audit: SampleAudit, seed: str, live: Sequence[int]) -> list[int]:
    places = sampling.draw(
        campaign=audit.campaign.slug,
        size=audit.size,
        root=bytes(audit.root),
        seed=seed,
        population=len(live),
        samples=audit.samples,
    )
    return [live[place] for place in places]


def _seats(campaign: Campaign, indexes: Sequence[int]) -> dict[int, Seat]:
    rows = Signature.objects.filter(campaign=campaign, index__in=indexes).values_list("index", "tag", "seat")
    found = {index: Seat(bytes(tag), seat) for index, tag, seat in rows}
    return {index: found[index] for index in indexes if index in found}


def _checked(campaign: Campaign, indexes: Sequence[int], reader: Reader) -> list[Checked]:
    rows = {
        row.index: row for row in Signature.objects.filter(campaign=campaign, index__in=indexes).select_related("text")
    }
    logged = dict(Entry.objects.filter(index__in=indexes).values_list("index", "entry"))
    checker = _Checker(campaign, reader, _pepper(campaign))
    return [checker.check(index, rows.get(index), bytes(logged[index])) for index in indexes]


class _Checker(NamedTuple):
    """What one audit checks entries with; `pepper` is None once the campaign is closed."""

    campaign: Campaign
    reader: Reader
    pepper: bytes | None

    def check(self, index: int, row: Signature | None, logged: bytes) -> Checked:
        """Return how one entry fared."""
        if row is None:
            return Checked(index, Outcome.NO_ROW, "")
        opened = self.reader.open(bytes(row.sealed))
        if opened is None:
            return Checked(index, Outcome.SEALED, "")
        pc = payload_commitment(opened.salt, opened.payload)
        if pc != bytes(row.pc):
            return Checked(index, Outcome.OTHER_PAYLOAD, "")
        c = commitment(self.campaign.slug, bytes(row.text.text_hash), pc, bytes(row.bind))
        if entry.sign(self.campaign.slug, c) != logged:
            return Checked(index, Outcome.OTHER_ENTRY, "")
        return self._check_address(index, bytes(row.tag), str(orjson.loads(opened.payload).get("email", "")))

    def _check_address(self, index: int, tag: bytes, typed: str) -> Checked:
        address = parse(typed)
        if address is None:
            return Checked(index, Outcome.NO_ADDRESS, "")
        # Once the pepper is gone, after closing, only the sample itself can show a repeated address.
        is_other = self.pepper is not None and address_tag(self.pepper, self.campaign.slug, address.folded) != tag
        return Checked(index, Outcome.OTHER_ADDRESS if is_other else Outcome.OPENED, address.folded)


def _pepper(campaign: Campaign) -> bytes | None:
    try:
        return vault.pepper(campaign.pk)
    except vault.PepperMissingError:
        return None


def _report(checked: Sequence[Checked]) -> dict[str, Any]:
    """Return the report: indexes and outcomes. Addresses are compared here, and none goes in."""
    by_address = Counter(one.address for one in checked if one.address)
    samples = len(checked)
    return {
        "samples": samples,
        "indexes": [one.at for one in checked],
        "opened": sum(one.outcome is Outcome.OPENED for one in checked),
        "failed": {str(one.at): one.outcome.value for one in checked if one.outcome is not Outcome.OPENED},
        "same_address": sum(times - 1 for times in by_address.values()),
        "would_show_2_percent_forged": round(sampling.would_show(0.02, samples), 4),
    }
