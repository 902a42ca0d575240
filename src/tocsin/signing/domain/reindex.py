"""Move indexes: a log that follows another has every entry some places further, and rows must say where."""

from django.db.models import F

from tocsin import db
from tocsin.signing.models import Signature, Tombstone
from tocsin.signing.opened.models import SampleAudit


def move_indexes(places: int) -> None:
    """Let every signature and tombstone name the new place of its entry, in the caller's transaction."""
    db.required()
    for rows in (Signature.objects.filter(index__isnull=False), Tombstone.objects.filter(index__isnull=False)):
        rows.update(index=F("index") + places)
    # What was written down to be sampled was the other log: whoever wants a sample begins it anew.
    SampleAudit.objects.filter(done_at=None).delete()
