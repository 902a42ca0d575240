"""The form with which the team enters what somebody says of how many came."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tocsin.desk.forms.base import DeskForm
from tocsin.rallies.domain.headcounts import (
    MOST_CAPTION,
    MOST_CREDIT,
    MOST_NAME,
    MOST_NOTE,
    MOST_PEOPLE,
    Reported,
)
from tocsin.rallies.headcount_words import SAY_METHOD, WHO


def _people(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_PEOPLE, localize=True)


class HeadcountForm(DeskForm):
    """A range, who says so, how they know, and where it can be read."""

    date = forms.ChoiceField(label=_("Date"))
    low = _people(_("At least"))
    high = _people(_("At most"))
    source = forms.ChoiceField(label=_("Who says so?"), choices=list(WHO.items()), widget=forms.RadioSelect)
    source_name = forms.CharField(
        label=_("Which newspaper, which office"),
        required=False,
        max_length=MOST_NAME,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    method = forms.ChoiceField(label=_("How do they know?"), choices=list(SAY_METHOD.items()), widget=forms.RadioSelect)
    url = forms.CharField(
        label=_("Where it can be read"),
        required=False,
        max_length=500,
        widget=forms.URLInput(attrs={"dir": "ltr", "placeholder": "https://"}),
    )
    note = forms.CharField(
        label=_("Anything else, for everybody to read"),
        required=False,
        max_length=MOST_NOTE,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    # Not an ImageField: that would open the picture in the process that answers people.
    photo = forms.FileField(
        label=_("A photo that shows it"),
        required=False,
        help_text=_("JPEG, PNG or WebP, up to 12 MB. It is made afresh: where and when it was taken is left out."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    photo_caption = forms.CharField(
        label=_("What it shows, in a few words"),
        required=False,
        max_length=MOST_CAPTION,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    photo_credit = forms.CharField(
        label=_("Who took it, if they want to be named"),
        required=False,
        max_length=MOST_CREDIT,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    def __init__(self, *args: Any, dates: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Make the form for a rally whose `dates` (number, words) have begun."""
        super().__init__(*args, **kwargs)
        field = self.fields["date"]
        if isinstance(field, forms.ChoiceField):
            field.choices = dates

    def reported(self) -> Reported:
        """Return what was typed."""
        names = ("low", "high", "method", "source", "source_name", "url", "note", "photo_caption", "photo_credit")
        return Reported(**{name: self.cleaned_data[name] for name in names})
