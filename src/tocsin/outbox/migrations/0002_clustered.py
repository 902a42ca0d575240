from django.db import migrations

from tocsin.db.clustered import Clustered


class Migration(migrations.Migration):
    """Keep the caps in the order of their random keys (SQLite)."""

    dependencies = [("outbox", "0001_initial")]

    operations = [Clustered("outbox_mailcap")]
