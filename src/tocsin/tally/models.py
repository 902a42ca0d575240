"""The log's tables: what waits for an index, what has one, what is published, and the numbers it adds up to."""

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
    campaign = models.BigIntegerField(help_text="0: the log knows a campaign that this database does not")
    kind = models.SmallIntegerField()
    entry = models.BinaryField()

    class Meta:
        """Indexes count from nought; what is neither signing nor withdrawing is rare, and found by campaign."""

        constraints = (models.CheckConstraint(condition=models.Q(index__gte=0), name="index_from_nought"),)
        indexes = (models.Index(fields=["campaign", "index"], condition=models.Q(kind__gt=2), name="rare_entries"),)


class Head(models.Model):
    """How far the log has come; a single row, advanced only from where it was read at.

    `size` entries have an index; the first `published` of them lie in tiles under a signed
    checkpoint. Both ranges are compact (tlog.compact), their hashes one behind the other. The
    first was made from entries that had not yet been written anywhere: what is read back from
    table and tiles is held against it.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    peaks = models.BinaryField(default=b"")
    published = models.BigIntegerField(default=0)
    published_peaks = models.BinaryField(default=b"")
    counted = models.BigIntegerField(default=0, help_text="so many first entries are in the numbers from a log before")
    refusal = models.CharField(max_length=40, default="", help_text="why nothing is signed at present")

    class Meta:
        """There is one log, and it publishes nothing that has no index."""

        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="one_log"),
            models.CheckConstraint(condition=models.Q(published__lte=models.F("size")), name="published_has_index"),
        )


class Checkpoint(models.Model):
    """A checkpoint that was signed: from then on nobody may find another history of this log."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField(help_text="the signed note, with the log's own signatures")
    cosignatures = models.TextField(default="", help_text="the witnesses' signature lines, in the order they came")
    published_on = models.DateField()


class Count(models.Model):
    """A campaign's public number, signs minus withdrawals, at the size that Head says is published."""

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


class DayCount(models.Model):
    """What one day of publishing added to a campaign's number, for the picture of it."""

    pk = models.CompositePrimaryKey("campaign", "day")
    campaign = models.BigIntegerField()
    day = models.DateField(help_text="UTC")
    signs = models.BigIntegerField(default=0)
    withdrawals = models.BigIntegerField(default=0)


class Witness(models.Model):
    """How far a witness has vouched for this log, and why it has not gone further, if it has not."""

    name = models.CharField(max_length=200, primary_key=True)
    size = models.BigIntegerField(default=0, help_text="of the largest checkpoint it cosigned")
    cosigned_at = models.DateTimeField(null=True, help_text="by the witness's own clock")
    refusal = models.CharField(max_length=40, default="", help_text="why it has not cosigned the newest one")
