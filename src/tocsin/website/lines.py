"""Lines of the public list as a page shows them."""

from dataclasses import dataclass
from datetime import date

from tocsin.kit import countries
from tocsin.signing.models import Listing
from tocsin.signing.queries import Cursor, cursor_of, public_list

LATEST = 18
PAGE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One signatory who shows their name, or a reason that stands alone."""

    name: str
    place: str
    country: str
    reason: str
    signed_on: date
    cursor: str


def lines_of(campaign: int, language: str, *, after: Cursor | None = None, limit: int = LATEST) -> list[Line]:
    """Return lines of the public list for a page in `language`, newest day first."""
    return [_line(listing, language) for listing in public_list(campaign, after=after, limit=limit)]


def _line(listing: Listing, language: str) -> Line:
    return Line(
        name=listing.name,
        place=listing.place if listing.name else "",  # a place beside a nameless reason could name somebody
        country=countries.name_of(listing.country, language) if listing.country else "",
        reason=listing.reason,
        signed_on=listing.signed_on,
        cursor=str(cursor_of(listing)),
    )
