"""What is stored of keys: public halves, and private halves only as age passphrase files.

Campaigns live a floor above, so rows here carry a campaign's number, not a foreign key.
"""

from django.db import models


class CampaignKey(models.Model):
    """A campaign's sealing key; its private half is in no column, readable or sealed, but the keyholders'."""

    campaign = models.BigIntegerField(db_index=True)
    public = models.BinaryField(help_text="ML-KEM-768 ‖ X25519, 1,216 bytes")
    fingerprint = models.BinaryField(max_length=32, help_text="SHA-256 of the public half")
    made_on = models.DateField()
    retired_on = models.DateField(null=True)
    is_waiting = models.BooleanField(default=False, help_text="made to follow the key in use, not in use yet")

    class Meta:
        """One key in use at a time, and one that waits to follow it."""

        constraints = (
            models.UniqueConstraint(
                fields=["campaign"],
                condition=models.Q(retired_on__isnull=True, is_waiting=False),
                name="one_sealing_key_in_use",
            ),
            models.UniqueConstraint(
                fields=["campaign"], condition=models.Q(is_waiting=True), name="one_sealing_key_waits"
            ),
        )


class Keyholder(models.Model):
    """A person who can open the vault: their age file, and the day they last proved it."""

    key = models.ForeignKey(CampaignKey, on_delete=models.CASCADE, related_name="keyholders")
    label = models.CharField(max_length=80)
    age_file = models.BinaryField(help_text="the private half as an age passphrase file; empty: it stayed on a laptop")
    drill_row = models.BinaryField(help_text="a row sealed to this key; opening it is the drill")
    drill_epoch = models.BinaryField(help_text="the wrapped epoch key of the drill row")
    drilled_on = models.DateField(null=True)
    drill_code = models.BinaryField(
        max_length=32, null=True, help_text="hash of the code that opening the drill row on a laptop gives"
    )
    reminded_on = models.DateField(null=True, help_text="when owners were last told that the drill is due again")

    class Meta:
        """A label names one keyholder of a key."""

        constraints = (models.UniqueConstraint(fields=["key", "label"], name="one_label_a_keyholder"),)


class EpochKey(models.Model):
    """An epoch key wrapped to the campaign's public key; the key itself is forgotten."""

    id = models.BinaryField(primary_key=True, max_length=16)
    key = models.ForeignKey(CampaignKey, on_delete=models.PROTECT, related_name="epochs")
    wrapped = models.BinaryField()
    made_on = models.DateField()
