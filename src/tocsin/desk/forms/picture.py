"""The form of the campaign's picture and of what it shows."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.details import Details
from tocsin.desk.forms.base import DeskForm, labelled, text_line


class PictureForm(DeskForm):
    """A picture, and a sentence on what it shows in each language."""

    # Not an ImageField: that would open the picture in the process that answers people.
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("JPEG, PNG or WebP, up to 15 MB. It is made afresh: where and when it was taken is left out."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def __init__(self, *args: Any, details: Details, **kwargs: Any) -> None:
        """Make the form, filled in with the descriptions as they are stored."""
        self.before = details
        initial = {f"picture_text.{code}": text for code, text in details.picture_text.items()}
        super().__init__(*args, initial=initial, **kwargs)

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        """Return a description for each language."""
        hint = _("For people who do not see it, and for search engines.")
        for code in self.before.languages:
            yield f"picture_text.{code}", text_line(labelled(_("What it shows"), code), code, hint=hint)

    def details(self) -> Details:
        """Return the details with the descriptions as typed."""
        return replace(self.before, picture_text=self.texts("picture_text", self.before.languages))
