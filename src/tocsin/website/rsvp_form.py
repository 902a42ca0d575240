"""The form of who comes to a date of a rally, as a template shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tocsin.rallies.domain.rsvp import MOST_GUESTS, takes_rsvps
from tocsin.rallies.models import Occurrence
from tocsin.rallies.rsvp_fields import NEEDS_LIMIT
from tocsin.rallies.states import Duty
from tocsin.website.form import Field, MailForm
from tocsin.website.rally_filters import duty_words

_FIELDS = ("email", "name", "guests", "duty", "needs")
_REQUIRED = frozenset({"email"})
_PREFIX = "come-"


class Choice(NamedTuple):
    """One thing to choose."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RsvpForm(MailForm):
    """The form, filled in with what was typed, and what to mend beside each field."""

    occurrence: Occurrence
    action: str
    shown: str
    email: Field
    name: Field
    guests: Field
    duty: Field
    needs: Field
    duties: tuple[Choice, ...]
    notice: str = ""

    needs_limit = NEEDS_LIMIT

    @property
    def challenge_path(self) -> str:
        """Where the sum against robots is handed out."""
        return f"/{self.occurrence.rally.campaign.slug}/challenge"

    @property
    def is_full(self) -> bool:
        """Whether whoever comes now waits in line."""
        capacity = self.occurrence.rally.capacity
        return capacity is not None and (self.occurrence.waiting > 0 or self.occurrence.coming >= capacity)

    @property
    def numbers(self) -> list[Choice]:
        """How many people one can bring."""
        typed = self.guests.value or "0"
        return [Choice(str(count), str(count), str(count) == typed) for count in range(MOST_GUESTS + 1)]

    @property
    def wrong_fields(self) -> list[Field]:
        """The fields to mend, in the order of the form."""
        return [field for field in (self.email, self.name, self.guests, self.duty, self.needs) if field.error]

    @property
    def has_more(self) -> bool:
        """Whether what few people fill in is filled in."""
        return any(field.value or field.error for field in (self.name, self.duty, self.needs))


def rsvp_form(
    occurrence: Occurrence,
    language: str,
    *,
    now: datetime,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    notice: str = "",
) -> RsvpForm | None:
    """Return the form for a date with its rally and campaign, in the language that is active; None if it takes none.

    `values` are the posted fields, and `suggestion` when a likely slip in the address is asked about.
    """
    rally = occurrence.rally
    if not takes_rsvps(rally, occurrence, now):
        return None
    values = values or {}
    fields = fields_of(values, errors or {})
    return RsvpForm(
        occurrence=occurrence,
        action=rsvp_path(occurrence, language),
        shown=shown_of(occurrence),
        **fields,
        duties=duties_of(occurrence, fields["duty"].value),
        suggestion=values.get("suggestion", ""),
        notice=notice,
    )


def fields_of(values: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, Field]:
    """Return the form's fields by name."""
    return {
        name: Field(
            name=name,
            id=f"{_PREFIX}{name}",
            value=values.get(name, ""),
            error=str(errors.get(name, "")),
            is_required=name in _REQUIRED,
        )
        for name in _FIELDS
    }


def duties_of(occurrence: Occurrence, chosen: str) -> tuple[Choice, ...]:
    """Return what one can offer to do at a date: what its host needs, and what was offered already."""
    needed = occurrence.rally.duties
    names = [name for name in Duty.values if name in needed or name == chosen]
    return tuple(Choice(name, duty_words(name, 1), name == chosen) for name in names)


def date_path(occurrence: Occurrence, language: str) -> str:
    """Return the path below which the posts and answers of one date are."""
    rally = occurrence.rally
    return f"/{language}/{rally.campaign.slug}/rallies/{rally.slug}/{occurrence.original_on.isoformat()}/"


def rsvp_path(occurrence: Occurrence, language: str) -> str:
    """Return where the form is posted to."""
    return f"{date_path(occurrence, language)}rsvp"


def shown_of(occurrence: Occurrence) -> str:
    """Return what the form says of when it is, so that nobody comes to another hour than they were shown."""
    return f"{int(occurrence.starts_at.timestamp()):x}"
