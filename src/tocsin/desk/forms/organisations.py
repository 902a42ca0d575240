"""The form of who is behind a campaign, one row an organisation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.details import Behind, Details
from tocsin.desk.forms.base import DeskForm

SPARE_ROWS = 3
_ROLES = (("organiser", _("organises the campaign")), ("endorses", _("endorses it")))
_NAMED = re.compile(r"organisations\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one organisation."""

    number: int
    fields: list[BoundField]


class OrganisationsForm(DeskForm):
    """Rows of organisations, the spare ones empty; a row whose name is cleared is taken off."""

    def __init__(self, *args: Any, details: Details, **kwargs: Any) -> None:
        """Make the form, filled in with the organisations as they are stored."""
        self.before = details
        self.rows = len(details.organisations) + SPARE_ROWS
        if kwargs.get("data") is not None:
            # Somebody else may have taken one off meanwhile: what was typed still has its row.
            numbers = [int(found[1]) for name in kwargs["data"] if (found := _NAMED.match(name))]
            self.rows = min(max([self.rows, *numbers]), 200)
        super().__init__(*args, initial=_filled_in(details), **kwargs)

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        """Return name, part, link and place of each row."""
        for number in range(1, self.rows + 1):
            row = f"organisations[{number}]"
            yield (
                f"{row}.name",
                forms.CharField(label=_("Name"), required=False, widget=forms.TextInput(attrs={"dir": "auto"})),
            )
            yield f"{row}.role", forms.ChoiceField(label=_("Part"), choices=_ROLES, required=False)
            yield (
                f"{row}.url",
                forms.CharField(
                    label=_("Web address"),
                    required=False,
                    widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "url"}),
                ),
            )
            yield (
                f"{row}.place",
                forms.IntegerField(
                    label=_("Position"),
                    required=False,
                    widget=forms.TextInput(attrs={"inputmode": "numeric"}),
                ),
            )

    def table(self) -> Iterator[Row]:
        """Return the rows to draw."""
        for number in range(1, self.rows + 1):
            row = f"organisations[{number}]"
            yield Row(number, [self[f"{row}.{part}"] for part in ("name", "role", "url", "place")])

    def details(self) -> Details:
        """Return the details with the organisations as typed, in the order of their places."""
        typed = self.cleaned_data
        return replace(
            self.before,
            organisations=tuple(
                Behind(typed[f"{row}.name"], typed[f"{row}.role"] or "endorses", typed[f"{row}.url"])
                for row in self._kept_rows()
            ),
        )

    def field_of(self, named: str) -> str | None:
        """Return the field a refusal is about: the domain counts the organisations that were kept."""
        found = _NAMED.match(named)
        if found is None:
            return super().field_of(named)
        row = self._kept_rows()[int(found[1]) - 1]
        return super().field_of(f"{row}{named[found.end() :]}")

    def _kept_rows(self) -> list[str]:
        """Return the rows that say anything, in the order of their places."""
        typed = self.cleaned_data
        rows = [f"organisations[{number}]" for number in range(1, self.rows + 1)]
        kept = [row for row in rows if typed.get(f"{row}.name") or typed.get(f"{row}.url")]
        # Sorting is stable: rows without a place stay behind those that have one, in their own order.
        return sorted(kept, key=lambda row: typed.get(f"{row}.place") or len(rows) + 1)


def _filled_in(details: Details) -> dict[str, Any]:
    return {
        f"organisations[{number}].{part}": value
        for number, one in enumerate(details.organisations, start=1)
        for part, value in (("name", one.name), ("role", one.role), ("url", one.url), ("place", number))
    } | {
        # The first one of all is mostly who begins the campaign.
        f"organisations[{len(details.organisations) + n}].role": "endorses"
        if n > 1 or details.organisations
        else "organiser"
        for n in range(1, SPARE_ROWS + 1)
    }
