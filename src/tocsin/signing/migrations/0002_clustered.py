from django.db import migrations

from tocsin.db.clustered import Clustered


class Migration(migrations.Migration):
    """Keep the narrow tables with random keys in the order of those keys (SQLite).

    Pending rows and signatures are wide: db.insert_scattered chooses their places.
    """

    dependencies = [("signing", "0001_initial")]

    operations = [
        Clustered("signing_tombstone"),
        Clustered("signing_listing"),
        Clustered("signing_spentproof"),
        Clustered("signing_withdrawaltoken"),
    ]
