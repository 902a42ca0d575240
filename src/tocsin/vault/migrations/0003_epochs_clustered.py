"""Keeps epochs in the order of their random names: the order they were made in is, to the minute, that of signing."""

from django.db import migrations

from tocsin.db.clustered import Clustered


class Migration(migrations.Migration):
    """On SQLite only; rows are kept."""

    dependencies = (("vault", "0002_exchange"),)

    operations = (Clustered("vault_epochkey"),)
