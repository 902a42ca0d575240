"""The forms of one date of a rally: why it changes, and when and where it is instead."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tocsin.desk.forms.base import DeskForm
from tocsin.rallies.checks import MAX_MINUTES, MIN_MINUTES
from tocsin.rallies.domain.move_date import Move
from tocsin.rallies.domain.own_dates import MAX_NOTE
from tocsin.rallies.models import Occurrence


def _note() -> forms.CharField:
    return forms.CharField(
        label=_("Why, in a sentence"),
        required=False,
        help_text=_("Everybody reads it: on the page, in calendars, and whoever comes in their mail."),
        max_length=MAX_NOTE,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


class DateNoteForm(DeskForm):
    """Why a date is cancelled, postponed, or held after all."""

    note = _note()


class MoveForm(DeskForm):
    """When and where a date is held instead."""

    held_on = forms.DateField(
        label=_("Date"), widget=forms.DateInput(attrs={"type": "date", "dir": "ltr"}, format="%Y-%m-%d")
    )
    wall_time = forms.TimeField(
        label=_("It begins at"), widget=forms.TimeInput(attrs={"type": "time", "dir": "ltr"}, format="%H:%M")
    )
    minutes = forms.IntegerField(label=_("How many minutes it lasts"), min_value=MIN_MINUTES, max_value=MAX_MINUTES)
    place = forms.CharField(
        label=_("Place"),
        required=False,
        help_text=_("Empty: the rally's own."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    address = forms.CharField(
        label=_("Street and number"), required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    note = _note()

    def __init__(self, *args: Any, occurrence: Occurrence, is_address_private: bool, **kwargs: Any) -> None:
        """Make the form, filled in with the date as it is; a private place cannot be moved by the team."""
        names = ("held_on", "wall_time", "minutes", "place", "address")
        # Its own prefix: the page has two forms, and each has a note.
        super().__init__(*args, initial={name: getattr(occurrence, name) for name in names}, prefix="move", **kwargs)
        if is_address_private:
            del self.fields["place"], self.fields["address"]

    def field_of(self, named: str) -> str | None:
        """Return the form's field; the domain calls the day "date"."""
        return super().field_of("held_on" if named == "date" else named)

    def move(self) -> Move:
        """Return what was typed."""
        typed = self.cleaned_data
        return Move(
            held_on=typed["held_on"],
            wall_time=typed["wall_time"],
            minutes=typed["minutes"],
            place=typed.get("place", ""),
            address=typed.get("address", ""),
            note=typed["note"],
        )
