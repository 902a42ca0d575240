"""What a campaign's form asks for beside name and e-mail address."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from tocsin.campaigns.refusals import Refusal, Refused, RefusedError


class Asked(StrEnum):
    """Whether a field is there, and whether it may stay empty."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFields:
    """The fields of one campaign's form; name and e-mail address are always asked for."""

    country: Asked = Asked.REQUIRED
    place: Asked = Asked.OPTIONAL
    reason: Asked = Asked.OPTIONAL  # REQUIRED is refused: a signature needs no reason
    show_name: bool = True  # offer "show my name"; without it no name is ever public
    keep_informed: bool = True  # offer "keep me informed"
    household: bool = True  # two people may sign from one mailbox when their names differ
    neutral_subject: bool = False  # mails name the campaign nowhere: a glance at a mailbox tells nobody

    @classmethod
    def from_map(cls, given: Mapping[str, Any]) -> "FormFields":
        """Return the fields that `given` describes; what it leaves out is as usual.

        Raises RefusedError naming each key that is unknown or has a value it cannot have.
        """
        refused = [
            Refused(f"form.{key}", Refusal.WRONG_CHOICE, ", ".join(_NAMES)) for key in given if key not in _NAMES
        ]
        values: dict[str, Any] = {}
        for key in _NAMES & given.keys():
            choices = _CHOICES[key]
            if given[key] in choices and type(given[key]) in {str, bool, Asked}:
                values[key] = given[key] if isinstance(given[key], bool) else Asked(given[key])
            else:
                refused.append(Refused(f"form.{key}", Refusal.WRONG_CHOICE, ", ".join(map(_as_toml, choices))))
        if refused:
            raise RefusedError(refused)
        return cls(**values)

    def to_map(self) -> dict[str, Any]:
        """Return the fields as a map of plain strings and booleans, each one named."""
        return {name: value if isinstance(value, bool) else str(value) for name, value in asdict(self).items()}


def _as_toml(choice: object) -> str:
    return str(choice).lower()


_NAMES = {field.name: None for field in fields(FormFields)}.keys()
_CHOICES: dict[str, tuple[object, ...]] = {
    "country": tuple(Asked),
    "place": tuple(Asked),
    "reason": (Asked.OFF, Asked.OPTIONAL),
    "show_name": (True, False),
    "keep_informed": (True, False),
    "household": (True, False),
    "neutral_subject": (True, False),
}
