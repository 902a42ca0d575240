"""Check what a person typed into the sign form. Every door that takes signatures reads with this.

Problems depend on what was typed alone, never on what is stored. They are named here and worded
in problems.py, so that a test and a metric can speak of them.
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from tocsin.campaigns.form_fields import Asked, FormFields
from tocsin.kit import addresses, countries, names
from tocsin.signing.domain.take import Filled
from tocsin.signing.intake import ShownText

PLACE_LIMIT = 80
REASON_LIMIT = 500


class Problem(Enum):
    """What is wrong with a field."""

    NAME_MISSING = "name_missing"
    NAME_NOT_A_NAME = "name_not_a_name"
    EMAIL_MISSING = "email_missing"
    EMAIL_UNREADABLE = "email_unreadable"
    EMAIL_LIKELY_SLIP = "email_likely_slip"
    COUNTRY_MISSING = "country_missing"
    COUNTRY_UNKNOWN = "country_unknown"
    PLACE_MISSING = "place_missing"
    PLACE_NOT_A_PLACE = "place_not_a_place"
    REASON_TOO_LONG = "reason_too_long"
    REASON_NOT_PLAIN = "reason_not_plain"


class Problems(NamedTuple):
    """The problems of a form by field, and the address that was probably meant."""

    by_field: dict[str, Problem]
    suggested_email: str = ""


def read_sign_form(
    values: Mapping[str, str], *, fields: FormFields, text: ShownText, language: str
) -> Filled | Problems:
    """Return the form as Filled, or all of its problems at once."""
    problems: dict[str, Problem] = {}
    suggestion = ""
    name = names.tidy(values.get("name", ""))
    if problem := _name_problem(name):
        problems["name"] = problem
    typed = values.get("email", "").strip()
    address = addresses.parse(typed)
    if address is None:
        problems["email"] = Problem.EMAIL_UNREADABLE if typed else Problem.EMAIL_MISSING
    elif values.get("email_as_typed", "") != address.typed and (slip := addresses.likely_slip(address)):
        problems["email"], suggestion = Problem.EMAIL_LIKELY_SLIP, slip
    country = values.get("country", "").upper()
    if problem := _country_problem(country, fields):
        problems["country"] = problem
    place = names.tidy(values.get("place", "")) if fields.place is not Asked.OFF else ""
    if problem := _place_problem(place, fields):
        problems["place"] = problem
    reason = values.get("reason", "").replace("\r\n", "\n").strip() if fields.reason is not Asked.OFF else ""
    if problem := _reason_problem(reason):
        problems["reason"] = problem
    if problems or address is None:
        return Problems(problems, suggestion)
    return Filled(
        name=name,
        address=address,
        text=text,
        language=language,
        country=country if fields.country is not Asked.OFF else "",
        place=place,
        reason=reason,
        shows_name=fields.show_name and bool(values.get("show_name")),
        keep_informed=fields.keep_informed and bool(values.get("keep_informed")),
    )


def _name_problem(name: str) -> Problem | None:
    if not name:
        return Problem.NAME_MISSING
    return Problem.NAME_NOT_A_NAME if names.refusal(name) is not None else None


def _country_problem(country: str, fields: FormFields) -> Problem | None:
    if fields.country is Asked.OFF:
        return None
    if not country:
        return Problem.COUNTRY_MISSING if fields.country is Asked.REQUIRED else None
    return None if countries.is_known(country) else Problem.COUNTRY_UNKNOWN


def _place_problem(place: str, fields: FormFields) -> Problem | None:
    if not place:
        return Problem.PLACE_MISSING if fields.place is Asked.REQUIRED else None
    if len(place) > PLACE_LIMIT or names.refusal(place) is not None:
        return Problem.PLACE_NOT_A_PLACE
    return None


def _reason_problem(reason: str) -> Problem | None:
    if not reason:
        return None
    if len(reason) > REASON_LIMIT:
        return Problem.REASON_TOO_LONG
    return Problem.REASON_NOT_PLAIN if names.text_refusal(reason) is not None else None
