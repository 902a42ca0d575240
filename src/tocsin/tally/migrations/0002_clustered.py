from django.db import migrations

from tocsin.db.clustered import Clustered


class Migration(migrations.Migration):
    """Keep the log in the order of its indexes, and what waits for one in the order of its random keys (SQLite)."""

    dependencies = [("tally", "0001_initial")]

    operations = [Clustered("tally_entry"), Clustered("tally_queuedentry")]
