"""The small forms: make the key, prove it, close, decide about signatures, invite somebody to the team."""

from collections.abc import Sequence
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.models import User
from tocsin.campaigns.states import Role
from tocsin.desk.forms.base import DeskForm, labelled
from tocsin.signing.queries import Cursor, read_held_key

_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "dir": "auto"}


class GraveForm(DeskForm):
    """A form for what cannot be undone: whoever sends it types their own password once more."""

    own_password = forms.CharField(
        label=_("Your own password, the one you sign in with"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "auto"}),
        strip=False,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Make the form for whoever is signed in."""
        self.user = user
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "own_password"])

    def clean_own_password(self) -> None:
        """Check the password; allauth counts wrong ones and says when there were too many."""
        if not get_adapter().reauthenticate(self.user, self.cleaned_data["own_password"]):
            raise ValidationError(_("That is not your password."))


class MakeKeyForm(GraveForm):
    """Who holds the key, and the passphrase that opens it."""

    label = forms.CharField(
        label=_("Keyholder"),
        help_text=_(
            "Who keeps the passphrase: a name or an office, as in \u201cNoor\u201d or \u201coffice safe\u201d."
        ),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    # In clear while it is made: it must be written down, and nobody can write down dots.
    passphrase = forms.CharField(
        label=_("Passphrase"),
        help_text=_("Six words drawn for you. Take them, or type a passphrase of your own that nobody else uses."),
        widget=forms.Textarea(attrs={**_PLAIN, "class": "passphrase", "rows": 2, "dir": "ltr"}),
        strip=False,
    )


class PassphraseForm(DeskForm):
    """A passphrase typed again."""

    passphrase = forms.CharField(
        label=_("Passphrase"), widget=forms.PasswordInput(attrs={**_PLAIN, "class": "passphrase"}), strip=False
    )


class CloseForm(GraveForm):
    """The campaign's address typed by hand: nobody closes a campaign by a slip of the finger."""

    typed = forms.CharField(label=_("Type the campaign's address"), widget=forms.TextInput(attrs=_PLAIN))

    def __init__(self, *args: Any, slug: str, **kwargs: Any) -> None:
        """Make the form for one campaign."""
        self.slug = slug
        super().__init__(*args, **kwargs)

    def clean_typed(self) -> str:
        """Return the address, which must be this campaign's."""
        typed = str(self.cleaned_data["typed"]).strip()
        if typed != self.slug:
            raise ValidationError(_("That is not this campaign's address: type %(slug)s."), params={"slug": self.slug})
        return typed


class HeldKeysField(forms.MultipleChoiceField):
    """The held signatures that were ticked; which of them are still held is the domain's to say."""

    def validate(self, value: Sequence[str]) -> None:
        """Take any number of well-formed keys."""
        if not value:
            raise ValidationError(_("Tick at least one signature."))

    def clean(self, value: Any) -> list[tuple[bytes, int]]:
        """Return tag and seat of each."""
        try:
            return [read_held_key(one) for one in super().clean(value)]
        except ValueError as error:
            raise ValidationError(_("Open the page again: this list is not one of ours.")) from error


class HeldForm(DeskForm):
    """Which held signatures, and what becomes of them."""

    keys = HeldKeysField(required=False)
    act = forms.ChoiceField(choices=[("release", ""), ("strike", ""), ("strike-sure", "")])


class StrikeReasonForm(DeskForm):
    """Why signatures are struck, in words that everybody may read."""

    reason = forms.CharField(
        label=_("Public reason"),
        help_text=_("Everybody can read it on the numbers page, and whoever is struck behind their own link."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        """Make the form; the reason is written in `language`, the campaign's first."""
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = labelled(_("Public reason"), language)
        self.fields["reason"].widget.attrs["lang"] = language


class InviteForm(DeskForm):
    """The address of somebody to invite, and the part they are to have on the team."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_(
            "They get a mail with a link that works once, for seven days. Who has no account yet makes one there."
        ),
    )
    role = forms.ChoiceField(
        label=_("Part"),
        choices=[
            (Role.EDITOR, _("Editor: writes drafts, changes settings, looks after signatures and reasons")),
            (Role.OWNER, _("Owner: also publishes, makes the key, opens, closes and changes the team")),
        ],
        initial=Role.EDITOR,
        widget=forms.RadioSelect,
    )


class NewAccountForm(DeskForm):
    """The password of an account that an invitation makes."""

    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least twelve characters; a sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "auto"}),
        strip=False,
    )
    password_again = forms.CharField(
        label=_("The same password again"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "auto"}),
        strip=False,
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        """Make the form for whoever the invitation went to."""
        self.email = email
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        """Return the password, if it is long enough and not one that everybody guesses."""
        password = str(self.cleaned_data["password"])
        validate_password(password, User(email=self.email))
        return password

    def clean_password_again(self) -> str:
        """Return the password, which must be the same both times."""
        again = str(self.cleaned_data["password_again"])
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise ValidationError(_("These are two different passwords: type the same one twice."))
        return again


def read_line(text: str) -> Cursor | None:
    """Return the line of the public list that a form names, or None for anything else."""
    return Cursor.read(text)
