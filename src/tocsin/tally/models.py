"""The log's tables: what waits for an index, what has one, and the numbers they add up to."""

from django.db import models


class QueuedEntry(models.Model):
    """An entry that waits for its index; written in the transaction that made it true."""

    # From the entry's hash: the same entry cannot wait twice, it is found again without an
    # index, and the order of the queue says nothing about the order of signing.
    id = models.BigIntegerField(primary_key=True)
    campaign = models.BigIntegerField()
    kind = models.SmallIntegerField()
    entry = models.BinaryField(help_text="the entry's bytes as the log will publish them")
    ref = models.BinaryField(null=True, help_text="whom to tell: the feature's own key of the row, opaque here")


class Entry(models.Model):
    """An entry of the public log; never changed, never removed."""

    index = models.BigIntegerField(primary_key=True)
    campaign = models.BigIntegerField()
    kind = models.SmallIntegerField()
    entry = models.BinaryField()

    class Meta:
        """Indexes count from nought."""

        constraints = (models.CheckConstraint(condition=models.Q(index__gte=0), name="index_from_nought"),)


class Head(models.Model):
    """The log's size; a single row, advanced only from the size it was read at."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)

    class Meta:
        """There is one log."""

        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="one_log"),)


class Count(models.Model):
    """A campaign's public number, signs minus withdrawals, at the size that Head states."""

    campaign = models.BigIntegerField(primary_key=True)
    signs = models.BigIntegerField(default=0)
    withdrawals = models.BigIntegerField(default=0)

    class Meta:
        """Nobody withdraws what was not signed."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(withdrawals__gte=0, signs__gte=models.F("withdrawals")), name="no_negative_count"
            ),
        )
