"""The sign form as a template shows it: each field with what was typed and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

from tocsin.campaigns.form_fields import Asked, FormFields
from tocsin.kit import countries
from tocsin.kit.edits import is_one_edit
from tocsin.kit.mail_domains import OFTEN_MISTYPED, PROVIDER_OF, REAL_NEIGHBOURS, SLIPPED_ENDINGS
from tocsin.website.poster import Poster

_TEXT_FIELDS = ("name", "email", "country", "place", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its ids are unique on the page, its name is what the lane reads."""

    name: str
    id: str
    value: str
    error: str
    is_required: bool

    @property
    def wrong_id(self) -> str:
        """The id of the sentence that says what is wrong."""
        return f"{self.id}-wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailForm:
    """A form that asks for an e-mail address, and about likely slips in it."""

    suggestion: str = ""
    """The address that was probably meant."""

    @property
    def suggestion_marked(self) -> SafeString:
        """The address that was probably meant, marked for the script that asks about slips."""
        return format_html('<bdi dir="ltr"><strong data-slip-meant>{}</strong></bdi>', self.suggestion)

    @property
    def mail_domains(self) -> str:
        """The domains that a slip is measured against, for the script."""
        return " ".join(OFTEN_MISTYPED)

    @property
    def right_domains(self) -> str:
        """The domains that look like a slip and are none."""
        return right_domains()

    @property
    def slipped_endings(self) -> str:
        """The endings that no domain has, each with the one that is meant."""
        return " ".join(f"{slipped}:{meant}" for slipped, meant in SLIPPED_ENDINGS.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class SignForm(MailForm):
    """One form on a page; a page can hold several (shortcodes), told apart by `prefix`."""

    poster: Poster
    prefix: str
    name: Field
    email: Field
    country: Field | None
    place: Field | None
    reason: Field | None
    offers_show_name: bool
    offers_keep_informed: bool
    shows_name: bool
    keeps_informed: bool
    notice: str

    @property
    def countries(self) -> tuple[tuple[str, str], ...]:
        """Code and name of every country, in the order of the page's language."""
        return countries.names(self.poster.language)

    @property
    def wrong_fields(self) -> list[Field]:
        """The fields to mend, in the order of the form."""
        fields = (self.name, self.email, self.country, self.place, self.reason)
        return [field for field in fields if field is not None and field.error]


def sign_form(
    poster: Poster,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    notice: str = "",
    prefix: str = "",
) -> SignForm:
    """Return the form of a campaign, filled in with `values`, `errors` beside their fields."""
    values, errors = values or {}, errors or {}
    asked = FormFields.from_map(poster.campaign.form)
    demands = {
        "name": Asked.REQUIRED,
        "email": Asked.REQUIRED,
        "country": asked.country,
        "place": asked.place,
        "reason": asked.reason,
    }
    fields = {
        name: Field(
            name=name,
            id=f"{prefix}{name}",
            value=values.get(name, ""),
            error=str(errors.get(name, "")),
            is_required=demands[name] == Asked.REQUIRED,
        )
        for name in _TEXT_FIELDS
    }
    return SignForm(
        poster=poster,
        prefix=prefix,
        name=fields["name"],
        email=fields["email"],
        country=fields["country"] if asked.country != Asked.OFF else None,
        place=fields["place"] if asked.place != Asked.OFF else None,
        reason=fields["reason"] if asked.reason != Asked.OFF else None,
        offers_show_name=asked.show_name,
        offers_keep_informed=asked.keep_informed,
        shows_name=bool(values.get("show_name")),
        keeps_informed=bool(values.get("keep_informed")),
        suggestion=values.get("suggestion", ""),
        notice=notice,
    )


@cache
def right_domains() -> str:
    """Return the domains that look like a slip and are none, for the script that asks about slips."""
    known = set(PROVIDER_OF) | set(REAL_NEIGHBOURS)
    return " ".join(sorted(one for one in known if any(is_one_edit(one, often) for often in OFTEN_MISTYPED)))
