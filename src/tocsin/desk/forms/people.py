"""The form that gives somebody an account."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.models import User
from tocsin.desk.forms.base import DeskForm


class AccountForm(DeskForm):
    """The e-mail address of somebody who organises."""

    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("They get a mail with a link under which they choose a password.")
    )

    def clean_email(self) -> str:
        """Return the address, which must be new."""
        email = str(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exists():
            raise ValidationError(_("There is an account with this address already."))
        return email
