"""Who holds a rally, and where it is when that is private: what lies sealed under the rally's key."""

from dataclasses import dataclass
from typing import NamedTuple

from tocsin.kit.addresses import Address
from tocsin.rallies import keys
from tocsin.seal.box import BoxBrokenError
from tocsin.seal.tokens import to_text

_HOST = "host"
_PLACE = "place"


class Person(NamedTuple):
    """Somebody who holds a rally, or helps to: as they typed it."""

    name: str
    address: Address
    language: str


class Known(NamedTuple):
    """A person as their row holds them."""

    name: str
    email: str
    language: str
    takes_over: bool = False
    """Whether they become the host, in place of the one who asked them, once they press the button."""
    token: str = ""
    """What their link holds (docs/decisions/0039); empty in a row sealed before links were kept."""


@dataclass(frozen=True, slots=True)
class PrivatePlace:
    """Where exactly a rally is, for those alone who have said that they come."""

    place: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None

    def __bool__(self) -> bool:
        return bool(self.place or self.address or self.latitude is not None)


def seal_person(rally: int, person: Person, *, token: bytes, takes_over: bool = False) -> bytes:
    """Return what Host.sealed holds of a person, and of the token of their link."""
    known = Known(person.name, person.address.typed, person.language, takes_over, to_text(token))
    return seal_known(rally, known)


def seal_known(rally: int, known: Known) -> bytes:
    """Return what Host.sealed holds, of somebody who was read from a row."""
    content = known._asdict()
    return keys.seal(rally, _HOST, {name: value for name, value in content.items() if value is not False})


def person_in(rally: int, sealed: bytes | memoryview) -> Known | None:
    """Return who a host's row is about, or None when the rally's key is gone: a fortnight after its last date."""
    try:
        content = keys.unseal(rally, _HOST, bytes(sealed))
    except (keys.RallyKeyGoneError, BoxBrokenError):
        return None
    name, email, language = (str(content[key]) for key in ("name", "email", "language"))
    return Known(name, email, language, bool(content.get("takes_over")), str(content.get("token", "")))


def seal_place(rally: int, private: PrivatePlace) -> bytes:
    """Return what Rally.sealed_place holds."""
    content = {"place": private.place, "address": private.address}
    return keys.seal(rally, _PLACE, content | {"latitude": private.latitude, "longitude": private.longitude})


def place_in(rally: int, sealed: bytes | memoryview | None) -> PrivatePlace | None:
    """Return a rally's private place; None when it has none, or its key is gone."""
    if sealed is None:
        return None
    try:
        content = keys.unseal(rally, _PLACE, bytes(sealed))
    except (keys.RallyKeyGoneError, BoxBrokenError):
        return None
    pin = content.get("latitude"), content.get("longitude")
    return PrivatePlace(str(content.get("place", "")), str(content.get("address", "")), *pin)
