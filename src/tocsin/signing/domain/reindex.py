"""Move indexes: a log that follows another has every entry some places further, and rows must say where."""

from django.db.models import F

from tocsin import db
from tocsin.signing.models import Signature, Tombstone


def move_indexes(places: int) -> None:
    """Let every signature and tombstone name the new place of its entry, in the caller's transaction."""
    db.required()
    for rows in (Signature.objects.filter(index__isnull=False), Tombstone.objects.filter(index__isnull=False)):
        rows.update(index=F("index") + places)
