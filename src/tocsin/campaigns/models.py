"""A campaign, its texts and its team. Texts in several languages are maps {language: text}."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from tocsin.campaigns.states import Role, State


class Accounts(BaseUserManager["User"]):
    """Makes accounts of organisers; the public has none."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new account; without a password it cannot sign in until one is set."""
        # In small letters, as the sign-in looks for it: few people remember how they once spelled theirs.
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account at the desk, known by their e-mail address."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[Accounts] = Accounts()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []


class Campaign(models.Model):
    """The cause: one appeal, the people behind it, and how signing works here."""

    slug = models.SlugField(max_length=60, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    languages = models.JSONField(help_text="language codes, the first is the fallback")
    title = models.JSONField(help_text="{language: text}")
    motto = models.JSONField(default=dict, blank=True)
    timezone = models.CharField(max_length=64, default="UTC")
    accent = models.CharField(max_length=7, default="#9a3412", help_text="#rrggbb")
    picture = models.ImageField(upload_to="campaigns/", blank=True)
    picture_text = models.JSONField(default=dict, blank=True, help_text="{language: what the picture shows}")
    goals = models.JSONField(
        default=list, blank=True, help_text="milestones, rising; a reached one gives way to the next"
    )
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    keep_until = models.DateField(
        null=True, blank=True, help_text="when what people signed with is erased; set when the campaign closes"
    )
    contact = models.EmailField(blank=True)
    imprint = models.JSONField(default=dict, blank=True)
    hashtags = models.JSONField(default=list, blank=True)
    shortcode_ids = models.JSONField(default=dict, blank=True, help_text="{a petition's id in shortcodes: a slug}")
    form = models.JSONField(default=dict, blank=True, help_text="campaigns.form_fields.FormFields as a map")
    carried = models.JSONField(default=dict, blank=True, help_text="what an imported file held for later features")
    revision = models.BigIntegerField(default=0, help_text="moves whenever a public page may have changed")

    class Meta:
        """States are the ones in states.py."""

        constraints = (models.CheckConstraint(condition=models.Q(state__in=State.values), name="campaign_state_known"),)

    def __str__(self) -> str:
        return self.slug


class Organisation(models.Model):
    """Who is behind the campaign, or endorses it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="organisations")
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=16, default="endorses", help_text="organiser or endorses")
    url = models.URLField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)


class Member(models.Model):
    """Somebody on a campaign's team."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="team")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role, default=Role.EDITOR)

    class Meta:
        """One role a person and campaign."""

        constraints = (models.UniqueConstraint(fields=["campaign", "user"], name="one_membership"),)


class Invitation(models.Model):
    """An address that was asked to join a team; it goes when it is used, taken back, or a week old."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=8, choices=Role)
    token_hash = models.BinaryField(
        max_length=32, unique=True, help_text="of the token in the mail, which is kept nowhere"
    )
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        """One for each address, however it is spelled."""

        constraints = (models.UniqueConstraint("campaign", Lower("email"), name="one_invitation_an_address"),)


class Version(models.Model):
    """What appeal and privacy versions share: a number, and a day it was published, once."""

    number = models.PositiveIntegerField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Holds no table of its own."""

        abstract = True


class AppealVersion(Version):
    """One version of the appeal; the one without `published_at` is the draft."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="versions")

    class Meta:
        """Numbers do not repeat, and there is one draft."""

        constraints = (
            models.UniqueConstraint(fields=["campaign", "number"], name="one_appeal_version_a_number"),
            models.UniqueConstraint(
                fields=["campaign"], condition=models.Q(published_at__isnull=True), name="one_appeal_draft"
            ),
        )


class AppealText(models.Model):
    """The words of one version in one language: frozen with its version, by a trigger."""

    version = models.ForeignKey(AppealVersion, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=300)
    source = models.TextField(help_text="Markdown, NFC, LF line ends, shortcodes unexpanded")
    text_hash = models.BinaryField(max_length=32, help_text="dh('text', title LF LF source)")

    class Meta:
        """One text a version and language."""

        constraints = (models.UniqueConstraint(fields=["version", "language"], name="one_text_a_language"),)


class PrivacyVersion(Version):
    """One version of the privacy text; each consent records which."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="privacy_versions")
    source = models.JSONField(help_text="{language: Markdown}")

    class Meta:
        """Numbers do not repeat, and there is one draft."""

        constraints = (
            models.UniqueConstraint(fields=["campaign", "number"], name="one_privacy_version_a_number"),
            models.UniqueConstraint(
                fields=["campaign"], condition=models.Q(published_at__isnull=True), name="one_privacy_draft"
            ),
        )
