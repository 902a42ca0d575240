from django.db import migrations

from tocsin.db.clustered import Clustered


class Migration(migrations.Migration):
    """Keep the tables with random keys in the order of those keys (SQLite)."""

    dependencies = [("signing", "0001_initial")]

    operations = [
        Clustered("signing_pendingsignature"),
        Clustered("signing_signature"),
        Clustered("signing_tombstone"),
        Clustered("signing_listing"),
        Clustered("signing_spentproof"),
        Clustered("signing_withdrawaltoken"),
    ]
