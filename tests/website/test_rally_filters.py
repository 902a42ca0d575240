"""The filters of the list of rallies, from an address and back into one."""

import pytest
from django.http import QueryDict

from tests import factories
from tests.factories import rallies as factory
from tests.factories.rallies import LISBON
from tocsin.rallies.queries.shown import Filters, choices
from tocsin.rallies.states import Access, Attendance
from tocsin.website.rally_filters import (
    NAMES,
    BadFilterError,
    access_words,
    duty_words,
    filter_form,
    query_of,
    read_filters,
)

FULL = Filters(
    country="US",
    region="US-CT",
    access=frozenset(Access),
    attendance=Attendance.ONLINE,
    language="es",
    day_of_action="june-6",
)


@pytest.mark.parametrize("filters", [Filters(), Filters(country="DE"), FULL], ids=["none", "one", "all"])
def test_what_is_written_into_an_address_is_read_from_it(filters: Filters) -> None:
    assert read_filters(QueryDict(query_of(filters).removeprefix("?"))) == filters


def test_every_name_in_an_address_is_known_to_the_lane() -> None:
    assert set(QueryDict(query_of(FULL).removeprefix("?"))) == NAMES


def test_a_region_of_another_country_is_left_out() -> None:
    """As when somebody chooses another country, and the form still sends the region."""
    assert read_filters({"country": "PT", "region": "US-CT"}) == Filters(country="PT")


@pytest.mark.parametrize(
    "query",
    [{"country": "XX"}, {"region": "US CT"}, {"language": "nope"}, {"how": "x"}, {"day": "a b"}, {"toilets": "no"}],
    ids=str,
)
def test_what_can_name_nothing_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(BadFilterError):
        read_filters(query)


@pytest.mark.django_db
def test_the_form_offers_what_finds_something_and_names_what_is_chosen() -> None:
    campaign = factories.CampaignFactory.create()
    factory.rally(campaign=campaign, access=(Access.TOILETS,))
    factory.rally(campaign=campaign, where=LISBON, languages=("pt",))
    chosen = Filters(country="PT", access=frozenset({Access.SEATING}))
    form = filter_form(campaign, "en", chosen, choices(campaign))

    assert [(one.value, one.words, one.is_chosen) for one in form.countries] == [
        ("DE", "Germany", False),
        ("PT", "Portugal", True),
    ]
    assert [(one.value, one.is_chosen) for one in form.access] == [("seating", True), ("toilets", False)]
    assert [(chip.words, chip.query) for chip in form.chips] == [
        ("Portugal", "?seating=yes"),
        ("Places to sit", "?country=PT"),
    ]
    assert form.how == ()


def test_every_access_and_every_duty_has_words() -> None:
    assert len({access_words(value) for value in Access.values}) == len(Access)
    assert duty_words("marshal", 1) == "Marshal"
    assert duty_words("marshal", 2) == "Marshals"
