"""What is stored of signatures. No column here holds a name or an address, but for the public list.

Tokens are stored as hashes, addresses as tags, the payload sealed. The commitments (`pc`,
`bind`, `commitment`) are what the public log is about; see docs/spec/entries.md.
"""

from django.db import models

from tocsin.campaigns.models import AppealText, Campaign, PrivacyVersion, User
from tocsin.signing.states import ALIVE, GONE, Hold, ReasonState, State


class Commitments(models.Model):
    """The columns that a pending row and a signature share, moved over as they are."""

    campaign = models.ForeignKey(Campaign, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False)
    text = models.ForeignKey(AppealText, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False)
    privacy = models.ForeignKey(
        PrivacyVersion, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False, null=True
    )
    language = models.CharField(max_length=12, help_text="of the page, for mails")
    country = models.CharField(max_length=2)
    tag = models.BinaryField(max_length=16)
    name_tag = models.BinaryField(max_length=16)
    pc = models.BinaryField(max_length=32)
    bind = models.BinaryField(max_length=32)
    commitment = models.BinaryField(max_length=32, help_text="C")
    sealed = models.BinaryField(help_text="the payload under its epoch key")
    own_copy = models.BinaryField(help_text="the payload in a box that m opens")
    public_part = models.BinaryField(
        null=True, help_text="name and reason to show, sealed under the campaign's display key until they are public"
    )
    shows_name = models.BooleanField()
    keep_informed = models.BooleanField()
    hold = models.SmallIntegerField(choices=Hold, null=True)

    class Meta:
        """Holds no table of its own. No foreign-key checks: they would double the cost of taking."""

        abstract = True


class PendingSignature(Commitments):
    """Taken, not yet confirmed. One key only, so taking costs the same at any number stored."""

    token_hash = models.BinaryField(primary_key=True, max_length=32)
    manage_hash = models.BinaryField(max_length=32)
    taken_on = models.DateField()


class Signature(Commitments):
    """One person's signing of one appeal version, confirmed.

    The primary key holds the tag, as every unique key here does: Citus can distribute by it.
    """

    pk = models.CompositePrimaryKey("campaign_id", "tag", "seat")
    seat = models.SmallIntegerField(help_text="0 or 1: two people may share a mailbox")
    state = models.SmallIntegerField(choices=State)
    token_hash = models.BinaryField(max_length=32)
    # Found by m's hash alone: who presents T has m too.
    manage_hash = models.BinaryField(max_length=32, db_index=True)
    signed_on = models.DateField()
    index = models.BigIntegerField(null=True, help_text="in the log, once COUNTED")
    listing = models.BigIntegerField(null=True, help_text="its line on the public list")

    class Meta:
        """The invariants of states.py."""

        constraints = (
            models.UniqueConstraint(fields=["campaign", "tag", "name_tag"], name="one_signature_a_person"),
            models.CheckConstraint(condition=models.Q(seat__in=(0, 1)), name="two_seats"),
            models.CheckConstraint(condition=models.Q(state__in=ALIVE), name="signature_alive"),
            models.CheckConstraint(
                condition=~models.Q(state=State.HELD) | models.Q(hold__isnull=False), name="held_has_reason"
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.COUNTED, index__isnull=False)
                | (~models.Q(state=State.COUNTED) & models.Q(index__isnull=True)),
                name="counted_has_index",
            ),
        )
        indexes = (
            models.Index(
                fields=["campaign", "signed_on"], condition=models.Q(state=State.HELD), name="held_signatures"
            ),
        )


# How long the public reason of a strike may be.
STRIKE_REASON_LIMIT = 500


class StrikeWords(models.Model):
    """What a strike and the proposal of one share: which campaign's, why, and who asked."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE)
    reason = models.CharField(max_length=STRIKE_REASON_LIMIT, help_text="public")
    language = models.CharField(max_length=12, help_text="of the reason")
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        """Holds no table of its own."""

        abstract = True


class Strike(StrikeWords):
    """Signatures that organisers removed together. Day, numbers and reason are public; who did it is not."""

    struck_on = models.DateField()
    number = models.IntegerField(default=0)
    counted = models.IntegerField(default=0, help_text="how many of them had an index, and left the public number")
    agreed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")


class StrikeProposal(StrikeWords):
    """A strike of more than one person may do alone; it waits for a second one of the team, or is gone."""

    proposed_at = models.DateTimeField()
    only_held = models.BooleanField(help_text="leave alone what was released meanwhile")
    number = models.IntegerField()
    keys = models.BinaryField(help_text="the manage hashes, 32 bytes each: what was chosen, and no other")


class Tombstone(models.Model):
    """All that stays of a signature that was withdrawn or struck; of a struck one also which strike it was."""

    manage_hash = models.BinaryField(primary_key=True, max_length=32)
    token_hash = models.BinaryField(max_length=32)
    campaign = models.ForeignKey(Campaign, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False)
    state = models.SmallIntegerField(choices=State)
    index = models.BigIntegerField(null=True)
    commitment = models.BinaryField(max_length=32)
    strike = models.ForeignKey(Strike, on_delete=models.DO_NOTHING, null=True, db_index=False, db_constraint=False)

    class Meta:
        """Only the gone have one."""

        constraints = (models.CheckConstraint(condition=models.Q(state__in=GONE), name="tombstone_gone"),)


class Listing(models.Model):
    """One line of the public list: what somebody chose to show, readable because it is public."""

    pk = models.CompositePrimaryKey("campaign_id", "signed_on", "id")
    campaign = models.ForeignKey(Campaign, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False)
    signed_on = models.DateField()
    id = models.BigIntegerField(help_text="random: within a day the order says nothing")
    name = models.CharField(max_length=120, blank=True, help_text="empty: only a reason is shown")
    place = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=12)
    reason = models.CharField(max_length=500, blank=True, help_text="only once a moderator said yes")
    # Until then sealed under the campaign's display key, which lies outside the database.
    reason_sealed = models.BinaryField(null=True)
    reason_state = models.SmallIntegerField(choices=ReasonState, default=ReasonState.NONE)
    reports = models.SmallIntegerField(default=0)
    is_hidden = models.BooleanField(default=False)

    class Meta:
        """Moderators ask for what waits and what was reported."""

        indexes = (
            models.Index(
                fields=["campaign"], condition=models.Q(reason_state=ReasonState.WAITING), name="reasons_waiting"
            ),
            models.Index(fields=["campaign"], condition=models.Q(reports__gt=0), name="lines_reported"),
        )


class WithdrawalToken(models.Model):
    """A fresh token mailed to somebody who had signed before: it can only withdraw and stop mails."""

    token_hash = models.BinaryField(primary_key=True, max_length=32)
    manage_hash = models.BinaryField(max_length=32, help_text="of the signature it may withdraw")
    # In a box that the token opens: in clear it would say that two campaigns wrote to one address.
    cap = models.BinaryField(help_text="the address's row in the mail caps, to stop mails")
    made_on = models.DateField()


class SpentProof(models.Model):
    """A proof of work that was used; it works once. Ordered by expiry, so that inserts append."""

    pk = models.CompositePrimaryKey("expires_at", "nonce")
    expires_at = models.BigIntegerField(help_text="seconds since 1970-01-01 UTC")
    nonce = models.BinaryField(max_length=16)


class TextCount(models.Model):
    """Counted signatures of one text, refreshed daily: the log does not show which text an entry is about."""

    pk = models.CompositePrimaryKey("campaign_id", "text_id")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, db_index=False)
    text = models.ForeignKey(AppealText, on_delete=models.CASCADE, db_index=False)
    signatures = models.BigIntegerField()


class CountryCount(models.Model):
    """Counted signatures of one country, refreshed daily and shown rounded down to tens."""

    pk = models.CompositePrimaryKey("campaign_id", "country")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, db_index=False)
    country = models.CharField(max_length=2)
    signatures = models.BigIntegerField()


# Django looks for tables here; these have a folder of their own.
from tocsin.signing.opened import models as opened_models  # noqa: E402, F401  below what they refer to


class RetentionDay(models.Model):
    """What retention erased on one day, by kind and in numbers only; shown at the desk."""

    on = models.DateField(primary_key=True)
    runs = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    erased = models.JSONField(default=dict, help_text="{kind: how many}")
