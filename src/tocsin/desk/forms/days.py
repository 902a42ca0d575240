"""The form of a day of action."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.models import Campaign
from tocsin.desk.forms.base import DeskForm, labelled, text_line
from tocsin.rallies.models import DayOfAction


class DayForm(DeskForm):
    """What it is called, when it is, and at which hour wherever people are."""

    def __init__(self, *args: Any, campaign: Campaign, day: DayOfAction | None = None, **kwargs: Any) -> None:
        """Make the form, filled in with the day as it is stored."""
        self.languages: list[str] = campaign.languages
        titles = {f"title.{code}": text for code, text in day.title.items()} if day else {}
        stored = titles | ({"held_on": day.held_on, "wall_time": day.wall_time} if day else {})
        super().__init__(*args, initial=stored, **kwargs)

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        """Return a title for each language, date and hour."""
        for code in self.languages:
            yield f"title.{code}", text_line(labelled(_("Name"), code), code, required=code == self.languages[0])
        widget = forms.DateInput(attrs={"type": "date", "dir": "ltr"}, format="%Y-%m-%d")
        yield "held_on", forms.DateField(label=_("Date"), widget=widget)
        hint = _("By the clock of each place: 17:00 in Lisbon and 17:00 in Kassel. Empty: each rally has its own hour.")
        time = forms.TimeInput(attrs={"type": "time", "dir": "ltr"}, format="%H:%M")
        yield "wall_time", forms.TimeField(label=_("Hour"), required=False, help_text=hint, widget=time)

    def title(self) -> dict[str, str]:
        """Return what was typed, {language: text}."""
        return self.texts("title", self.languages)
