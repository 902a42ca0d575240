"""rallies.public_place: of a private address the town alone, whatever its rows hold."""

import pytest

from tests.factories import rallies as factory
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.public_place import PublicPlace, own_place, public_place

pytestmark = pytest.mark.django_db(transaction=True)
MILL = {"place": "The old mill", "address": "Mill Lane 3", "latitude": 51.2127, "longitude": 9.3797}


def held_at_the_mill(rally: Rally) -> Occurrence:
    Occurrence.objects.filter(rally=rally).update(**MILL)
    return Occurrence.objects.get(rally=rally)


def test_a_date_is_where_its_rally_is_unless_it_has_a_place_of_its_own() -> None:
    rally = factory.rally()
    usual = PublicPlace("Königsplatz", "", (51.3167, 9.5))
    assert public_place(rally) == public_place(rally, Occurrence.objects.get(rally=rally)) == usual

    mill = PublicPlace("The old mill", "Mill Lane 3", (51.2127, 9.3797))
    date = held_at_the_mill(rally)
    assert public_place(rally, date) == own_place(rally, date) == mill


def test_a_date_held_elsewhere_has_not_the_pin_of_its_rally() -> None:
    rally = factory.rally()
    date = held_at_the_mill(rally)
    date.latitude = date.longitude = None

    assert public_place(rally, date) == PublicPlace("The old mill", "Mill Lane 3")


def test_of_a_private_rally_everybody_learns_about_where_its_town_is() -> None:
    rally = factory.rally(is_address_private=True)
    rally.place, rally.address, rally.latitude, rally.longitude = "A flat", "Mill Lane 4", 51.3127, 9.4797
    date = held_at_the_mill(rally)

    assert public_place(rally) == public_place(rally, date) == PublicPlace(pin=(51.3, 9.5))
    assert own_place(rally, date) == PublicPlace()
