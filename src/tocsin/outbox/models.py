"""Mail that waits to be sent; the table is the queue."""

from django.db import models


class Letter(models.Model):
    """One mail to send. Who and what is sealed under the day's outbox key until SMTP says 250."""

    id = models.BigAutoField(primary_key=True)  # never used again: the ledger of sent ids relies on it
    kind = models.CharField(
        max_length=24, help_text="which builder makes the mail from the content; after a dot, of which batch it is"
    )
    campaign = models.BigIntegerField(null=True)
    # A claim moves this to the end of the worker's lease: what is due is what nobody has.
    due_at = models.BigIntegerField(help_text="seconds since 1970-01-01 UTC")
    attempts = models.SmallIntegerField(
        default=0, help_text="times it was claimed; the first one counts against the caps"
    )
    provider = models.CharField(
        max_length=32, help_text="a well-known mail provider, or 'other': never a person's own domain"
    )
    key_day = models.IntegerField(help_text="which day's outbox key opens the content, in days since 1970-01-01")
    sealed = models.BinaryField()
    last_answer = models.CharField(max_length=8, default="", help_text="SMTP code of the last attempt, never its text")
    put_off_to = models.IntegerField(
        null=True,
        help_text="hours since 1970-01-01 UTC: the hour that its address's caps keep free for it, once they put it off",
    )
    ref = models.BinaryField(
        max_length=16,
        null=True,
        help_text="which pending signature it is about, for whoever can open that: lets a lost letter be made anew",
    )

    class Meta:
        """A provider's due letters lie side by side, so that one full of waiting mail hides no other."""

        indexes = (models.Index(fields=["provider", "due_at"], name="letters_due"),)


class MailCap(models.Model):
    """How often one address was written to, by all campaigns together (no campaign column)."""

    address = models.BinaryField(
        primary_key=True, max_length=32, help_text="HMAC of the folded address under the server's cap key"
    )
    sent_at = models.BinaryField(
        default=b"",
        help_text="hours since 1970-01-01 UTC, four bytes each, of the mails of the last 30 days, "
        "and of those that were put off to a coming hour",
    )
    never_write = models.BooleanField(default=False)


class Bounce(models.Model):
    """How many mails a provider refused on a day, by SMTP code; no address."""

    on = models.DateField()
    provider = models.CharField(max_length=32)
    answer = models.CharField(max_length=16, help_text="an SMTP code, or a word of outbox.states.Reason")
    batch = models.CharField(max_length=24, default="", help_text="the kind of the letters, when they were of a batch")
    letters = models.IntegerField(default=0)

    class Meta:
        """One line a day, provider, answer and batch."""

        constraints = (models.UniqueConstraint(fields=["on", "provider", "answer", "batch"], name="one_bounce_line"),)
