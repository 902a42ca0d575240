import pytest

from tests import factories
from tests.factories import rallies as factory
from tocsin.rallies.domain.report_abuse import report_abuse
from tocsin.rallies.models import Rally
from tocsin.rallies.states import State

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "state, is_counted",
    [
        (State.ASKED, False),
        (State.ANNOUNCED, True),
        (State.APPROVED, True),
        (State.RETURNED, True),
        (State.MERGED, False),
        (State.REFUSED, False),
        (State.ENDED, True),
    ],
)
def test_a_report_counts_where_there_is_a_page(state: State, *, is_counted: bool) -> None:
    rally = factory.rally(state=state)

    assert report_abuse(campaign=rally.campaign, slug=rally.slug) == is_counted
    rally.refresh_from_db()
    assert rally.reports == int(is_counted)


def test_the_number_stays_small() -> None:
    rally = factory.rally()
    Rally.objects.update(reports=999)

    assert not report_abuse(campaign=rally.campaign, slug=rally.slug)
    rally.refresh_from_db()
    assert rally.reports == 999


def test_quinns_campaign_reports_no_rally_of_another_one() -> None:
    rally = factory.rally()

    assert not report_abuse(campaign=factories.CampaignFactory.create(), slug=rally.slug)
