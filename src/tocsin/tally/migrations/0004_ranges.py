from typing import Any

from django.db import migrations

from tocsin.tlog.compact import CompactRange
from tocsin.tlog.hashing import leaf_hashes

PIECE = 65_536


def make_ranges(apps: Any, _editor: Any) -> None:
    """Add up the entries that have an index to the range that the next ones grow from; numbers begin anew.

    Nothing of them was published so far. The worker's first step does it, and moves the numbers along.
    """
    head = apps.get_model("tally", "Head").objects.first()
    if head is None:
        return
    entries, grown = apps.get_model("tally", "Entry").objects.order_by("index"), CompactRange()
    for begin in range(0, head.size, PIECE):
        piece = entries.filter(index__gte=begin, index__lt=min(begin + PIECE, head.size)).values_list("entry", flat=True)
        grown.extend(leaf_hashes(map(bytes, piece)))
    head.peaks = b"".join(grown.hashes)
    head.save()
    apps.get_model("tally", "Count").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [("tally", "0003_published")]

    operations = [migrations.RunPython(make_ranges, migrations.RunPython.noop)]
