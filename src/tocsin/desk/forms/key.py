"""The forms around a key that is there: share it, take it from somebody, make the next one, prove one from a laptop."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tocsin.desk.forms.acts import GraveForm, MakeKeyForm
from tocsin.desk.forms.base import DeskForm
from tocsin.vault.laptop import BadPublicFileError, PublicFile, read_public_file

_HIDDEN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "class": "passphrase"}
_MOST_BYTES = 20_000


class ShareKeyForm(MakeKeyForm):
    """A new keyholder and their passphrase, with the passphrase of somebody who holds the key."""

    holder_passphrase = forms.CharField(
        label=_("The passphrase of somebody who holds the key"),
        widget=forms.PasswordInput(attrs={**_HIDDEN, "dir": "auto"}),
        strip=False,
    )


class NextKeyForm(MakeKeyForm):
    """The next key's first keyholder and passphrase; with the old passphrase the new one opens old data too."""

    old_passphrase = forms.CharField(
        label=_("The passphrase until now"),
        help_text=_("Then the new passphrase opens what was signed before, too; else keep the old one for that."),
        widget=forms.PasswordInput(attrs={**_HIDDEN, "dir": "auto"}),
        strip=False,
        required=False,
    )


class RemoveKeyholderForm(GraveForm):
    """Whose files go."""

    label = forms.CharField(label=_("Keyholder"), max_length=80, widget=forms.TextInput(attrs={"dir": "auto"}))


class PublicFileForm(GraveForm):
    """The public file of a key that was made on a laptop."""

    public = forms.FileField(label=_("The public file"), help_text=_("Its name ends in .public.json."))

    def clean_public(self) -> PublicFile:
        """Return what the file says."""
        upload: UploadedFile[Any] = self.cleaned_data["public"]
        if (upload.size or 0) > _MOST_BYTES:
            raise ValidationError(_("This is not the public file of a key."))
        try:
            return read_public_file(upload.read())
        except BadPublicFileError as error:
            raise ValidationError(_("This is not the public file of a key.")) from error


class CodeForm(DeskForm):
    """The code that opening a test row on a laptop gave."""

    code = forms.CharField(label=_("The code"), max_length=60, widget=forms.TextInput(attrs={**_HIDDEN, "dir": "ltr"}))


class SureForm(GraveForm):
    """Nothing to fill in but one's own password."""


class KeepForm(DeskForm):
    """The day on which what people signed with is erased."""

    keep_until = forms.DateField(
        label=_("Erase what is sealed after"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
