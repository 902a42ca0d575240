"""signing.domain.count: each confirmed row learns the index that its own entry has, however many there are."""

from dataclasses import replace

import pytest

from tests.cast import MAYA
from tests.factories.signing import confirm, count, open_campaign, sign
from tocsin.signing.models import Signature
from tocsin.signing.states import State
from tocsin.tally.models import Entry
from tocsin.tlog import entry

pytestmark = pytest.mark.django_db(transaction=True)


def test_more_rows_than_one_statement_takes_and_of_two_campaigns() -> None:
    campaigns = [open_campaign(), open_campaign("rivers")]
    people = [replace(MAYA, address=f"maya{number}@example.org") for number in range(70)]
    confirm(*[sign(campaign, person).token for campaign in campaigns for person in people])
    count()
    rows = Signature.objects.filter(state=State.COUNTED).values_list("index", "campaign__slug", "commitment")
    found = {index: entry.sign(slug, bytes(commitment)) for index, slug, commitment in rows}
    entries = {index: bytes(data) for index, data in Entry.objects.values_list("index", "entry")}
    assert len(found) == len(campaigns) * len(people)
    assert found == {index: data for index, data in entries.items() if index in found}
