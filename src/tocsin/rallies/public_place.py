"""Where a rally and each of its dates is, as far as everybody may know: what every page, file, mail and map asks.

Of a private address that is the town, and its pin to one decimal, whatever is stored; nothing of a date's own.
"""

from typing import NamedTuple

from tocsin.kit.places import rounded
from tocsin.rallies.models import Occurrence, Rally

Pin = tuple[float | None, float | None]
NOWHERE: Pin = (None, None)


class PublicPlace(NamedTuple):
    """A place within the rally's town: its name, its address, and its pin in degrees."""

    place: str = ""
    address: str = ""
    pin: Pin = NOWHERE


def public_place(rally: Rally, date: Occurrence | None = None) -> PublicPlace:
    """Return where a rally is, or one of its dates.

    A date that is held elsewhere has no pin but its own: the rally's would lead to another place.
    """
    usual = public_pin(NOWHERE, (rally.latitude, rally.longitude), is_private=rally.is_address_private)
    if rally.is_address_private:
        return PublicPlace(pin=usual)
    own = own_place(rally, date)
    if own.place or own.address:
        return own
    return PublicPlace(rally.place, rally.address, usual if own.pin == NOWHERE else own.pin)


def own_place(rally: Rally, date: Occurrence | None) -> PublicPlace:
    """Return what a date has of its own, empty for one that is held where the rally is, or in private."""
    if date is None or rally.is_address_private:
        return PublicPlace()
    pin = public_pin((date.latitude, date.longitude), NOWHERE, is_private=False)
    return PublicPlace(date.place, date.address, pin)


def public_pin(date: Pin, rally: Pin, *, is_private: bool) -> Pin:
    """Return the pin of a date, or else its rally's, from their columns: for those who read thousands of them."""
    for latitude, longitude in (rally,) if is_private else (date, rally):
        if latitude is not None and longitude is not None:
            return rounded(latitude, longitude) if is_private else (latitude, longitude)
    return NOWHERE
