"""What is stored of work with the opened vault: who did what when, never what they saw.

Results lie sealed under keys that only the keeper holds; when those are gone, the rows are noise.
"""

from django.db import models

from tocsin.campaigns.models import Campaign, User


class Act(models.IntegerChoices):
    """What somebody did; the owners of the campaign read the list."""

    UNLOCKED = 1
    LOCKED = 2
    WRONG_PASSPHRASE = 3
    LISTED = 4
    SEARCHED = 5
    LOOKED_UP = 6
    EXPORTED = 7
    WROTE = 8
    AUDITED = 9
    STRUCK = 10


class VaultAct(models.Model):
    """One line of the list: who, when, what; without content."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    act = models.SmallIntegerField(choices=Act)
    at = models.DateTimeField()

    class Meta:
        """Read newest first, campaign by campaign."""

        indexes = (models.Index(fields=["campaign", "-at"], name="vault_acts"),)


class JobKind(models.IntegerChoices):
    """What a job makes of the rows it opens."""

    SEARCH = 1
    CSV = 2
    JSON = 3


class JobState(models.IntegerChoices):
    """WAITING → RUNNING → DONE; cancelled or locked at any time, and then gone."""

    WAITING = 1
    RUNNING = 2
    DONE = 3


class VaultJob(models.Model):
    """A search or an export: runs through all rows in the worker while the vault is unlocked."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    door = models.CharField(max_length=120, help_text="the keeper's name for the unlocking it lives by")
    kind = models.SmallIntegerField(choices=JobKind)
    state = models.SmallIntegerField(choices=JobState, default=JobState.WAITING)
    # A worker that dies leaves its lease to run out; the next one begins from the first row.
    lease_until = models.BigIntegerField(default=0, help_text="seconds since 1970-01-01 UTC")
    read = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    found = models.BigIntegerField(default=0)
    closed = models.BigIntegerField(default=0, help_text="rows that did not open")
    ends_at = models.DateTimeField(help_text="when the unlocking ends, and the results with it")


class JobPart(models.Model):
    """A piece of what a job found, sealed under the job's key, which only the keeper holds."""

    job = models.ForeignKey(VaultJob, on_delete=models.CASCADE, related_name="parts")
    number = models.IntegerField()
    rows = models.IntegerField()
    sealed = models.BinaryField()

    class Meta:
        """Parts are numbered from nought."""

        constraints = (models.UniqueConstraint(fields=["job", "number"], name="one_part_a_number"),)


class CircularState(models.TextChoices):
    """DRAFT → SENDING ⇄ PAUSED → SENT; CANCELLED from SENDING and PAUSED."""

    DRAFT = "draft"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"


class Circular(models.Model):
    """A letter of the organisers to those signatories who want to be kept informed."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    state = models.CharField(max_length=9, choices=CircularState, default=CircularState.DRAFT)
    subject = models.JSONField(help_text="{language: text}")
    body = models.JSONField(help_text="{language: Markdown}")
    countries = models.JSONField(default=list, help_text="only these; none means all")
    languages = models.JSONField(default=list, help_text="only these; none means all")
    tested = models.BinaryField(default=b"", help_text="hash of the words that were sent as a test")
    door = models.CharField(max_length=120, default="", help_text="the keeper's name for the unlocking it is sent by")
    ends_at = models.DateTimeField(null=True, help_text="when that unlocking ends")
    is_locked = models.BooleanField(default=False, help_text="paused because the vault locked")
    # Where the run stands: past this tag and seat. Moved in the transaction that posts the letters.
    after = models.BinaryField(default=b"")
    is_posted = models.BooleanField(default=False, help_text="all letters are in the outbox, or gone from it")
    mark_row = models.BinaryField(default=b"", help_text="the key of the marks, sealed to the campaign")
    mark_epoch = models.BinaryField(default=b"", help_text="the wrapped epoch key of that")
    run_closed = models.BooleanField(default=False, help_text="whether the campaign was closed when this run began")
    read = models.BigIntegerField(default=0)
    chosen = models.BigIntegerField(default=0)
    repeated = models.BigIntegerField(default=0, help_text="addresses that had their letter already")
    never = models.BigIntegerField(default=0, help_text="never want to be written to")
    closed = models.BigIntegerField(default=0, help_text="rows that did not open, or hold no address or no consent")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        """States are the ones above."""

        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=CircularState.values), name="circular_state_known"),
        )


class CircularAddress(models.Model):
    """That an address has its letter: a hash keyed with the campaign's private key, gone when all is sent."""

    circular = models.ForeignKey(Circular, on_delete=models.CASCADE)
    mark = models.BinaryField(max_length=16)

    class Meta:
        """Each address once, whatever happens to the process that sends."""

        constraints = (models.UniqueConstraint(fields=["circular", "mark"], name="one_circular_an_address"),)


class CircularCount(models.Model):
    """How many letters of a circular went to the outbox, by mail provider."""

    circular = models.ForeignKey(Circular, on_delete=models.CASCADE, related_name="counts")
    provider = models.CharField(max_length=32)
    posted = models.BigIntegerField(default=0)
    taken_back = models.BigIntegerField(default=0, help_text="removed from the outbox when it was cancelled")

    class Meta:
        """One line a provider."""

        constraints = (models.UniqueConstraint(fields=["circular", "provider"], name="one_line_a_provider"),)


class SampleAudit(models.Model):
    """A sample audit: which entries the seed named, and how they fared. No name, no address."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    log = models.TextField(help_text="its origin; empty when nobody can tell any more")
    size = models.BigIntegerField(help_text="of the log, fixed before the seed was known")
    root = models.BinaryField(max_length=32)
    samples = models.IntegerField()
    source = models.CharField(max_length=200, help_text="where the seed comes from, said before it was known")
    seed = models.CharField(max_length=200, default="")
    began_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    population = models.BigIntegerField(default=0)
    report = models.JSONField(default=dict)
    published_at = models.DateTimeField(null=True, help_text="since when everybody may read it, on the numbers page")
