"""Read what somebody typed who comes: what is wrong depends on that alone, never on what is stored."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tocsin.kit import addresses, names
from tocsin.rallies.domain.rsvp import MOST_GUESTS, ToCome
from tocsin.rallies.states import Duty

NEEDS_LIMIT = 300


class Problem(StrEnum):
    """What is wrong with a field; the name is also the test's id."""

    EMAIL_MISSING = "email_missing"
    EMAIL_UNREADABLE = "email_unreadable"
    EMAIL_LIKELY_SLIP = "email_likely_slip"
    NAME_NOT_A_NAME = "name_not_a_name"
    GUESTS_SHAPE = "guests_shape"
    DUTY_UNKNOWN = "duty_unknown"
    NEEDS_TOO_LONG = "needs_too_long"
    NEEDS_NOT_PLAIN = "needs_not_plain"


WORDS: dict[Problem, str | Promise] = {
    Problem.EMAIL_MISSING: _("Please enter your e-mail address: we send you one mail to confirm."),
    Problem.EMAIL_UNREADABLE: _("This does not look like an e-mail address. It needs the form name@example.org."),
    Problem.EMAIL_LIKELY_SLIP: _("Is this address spelled right? Correct it, or say that it is right as it stands."),
    Problem.NAME_NOT_A_NAME: _("Please enter a name without links or special signs, at most 100 characters."),
    Problem.GUESTS_SHAPE: format_lazy(
        _("Please choose how many people you bring, at most {limit}: more of you say so one by one."), limit=MOST_GUESTS
    ),
    Problem.DUTY_UNKNOWN: _("Please choose one of those offered."),
    Problem.NEEDS_TOO_LONG: format_lazy(_("Please shorten this to {limit} characters."), limit=NEEDS_LIMIT),
    Problem.NEEDS_NOT_PLAIN: _("Please leave links and special signs out of this."),
}


class Problems(NamedTuple):
    """The problems of a form by field, and the address that was probably meant."""

    by_field: dict[str, Problem]
    suggested_email: str = ""


class Extras(NamedTuple):
    """What can be changed after confirming."""

    guests: int
    duty: str
    needs: str


def read_rsvp(values: Mapping[str, str], *, language: str) -> ToCome | Problems:
    """Return the form of somebody who comes, or all of its problems at once."""
    extras, problems = _extras(values)
    suggestion = ""
    name = names.tidy(values.get("name", ""))
    if name and names.refusal(name) is not None:
        problems["name"] = Problem.NAME_NOT_A_NAME
    typed = values.get("email", "").strip()
    address = addresses.parse(typed)
    if address is None:
        problems["email"] = Problem.EMAIL_UNREADABLE if typed else Problem.EMAIL_MISSING
    elif values.get("email_as_typed", "") != address.typed and (slip := addresses.likely_slip(address)):
        problems["email"], suggestion = Problem.EMAIL_LIKELY_SLIP, slip
    if problems or address is None:
        return Problems(problems, suggestion)
    return ToCome(address=address, language=language, name=name, **extras._asdict())


def read_extras(values: Mapping[str, str]) -> Extras | Problems:
    """Return what somebody changes, or all that is wrong with it at once."""
    extras, problems = _extras(values)
    return Problems(problems) if problems else extras


def _extras(values: Mapping[str, str]) -> tuple[Extras, dict[str, Problem]]:
    problems: dict[str, Problem] = {}
    guests = values.get("guests", "").strip() or "0"
    if not (guests.isascii() and guests.isdigit() and len(guests) == 1):
        problems["guests"], guests = Problem.GUESTS_SHAPE, "0"
    duty = values.get("duty", "")
    if duty and duty not in Duty.values:
        problems["duty"] = Problem.DUTY_UNKNOWN
    needs = values.get("needs", "").replace("\r\n", "\n").strip()
    if len(needs) > NEEDS_LIMIT:
        problems["needs"] = Problem.NEEDS_TOO_LONG
    elif names.text_refusal(needs) is not None:
        problems["needs"] = Problem.NEEDS_NOT_PLAIN
    return Extras(int(guests), duty, needs), problems
