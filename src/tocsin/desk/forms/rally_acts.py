"""The small forms around rallies: what was ticked and what becomes of it, and a note."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tocsin.desk.forms.base import DeskForm
from tocsin.rallies.domain.return_ import MAX_NOTE

_MOST_DIGITS = 18
_ACTS = ("approve", "trust", "distrust", "return", "return-sure", "refuse", "back")


class NumbersField(forms.MultipleChoiceField):
    """The rallies that were ticked; which of them are this campaign's is the domain's to say."""

    def validate(self, value: Sequence[str]) -> None:
        """Take any number of numbers."""
        if not value:
            raise ValidationError(_("Tick at least one rally."))

    def clean(self, value: Any) -> list[int]:
        """Return them as numbers."""
        texts = super().clean(value)
        if not all(map(_is_number, texts)):
            raise ValidationError(_("Open the page again: this list is not one of ours."))
        return [int(text) for text in texts]


class RalliesForm(DeskForm):
    """Which rallies, and what becomes of them."""

    rallies = NumbersField(required=False)
    act = forms.ChoiceField(choices=[(one, "") for one in _ACTS])


class NoteForm(DeskForm):
    """What a host is asked to change."""

    note = forms.CharField(
        label=_("What should the host change?"),
        help_text=_("It goes to them by mail, and stands above their form until they send it again."),
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


def read_numbers(text: str) -> list[int]:
    """Return the numbers in a part of an address, as in "12.15"; none for anything else."""
    texts = text.split(".")
    return [int(one) for one in texts] if all(map(_is_number, texts)) else []


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
