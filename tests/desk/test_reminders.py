"""Every 90 days owners are asked whether the paper is still there."""

from datetime import timedelta

import pytest

from tests.desk.mails import account_mails
from tests.factories import signing as factories
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.states import Role, State
from tocsin.desk.reminders import remind_of_drills
from tocsin.vault.models import Keyholder

pytestmark = pytest.mark.django_db(transaction=True)
NOW = factories.NOW


@pytest.fixture
def night_trains() -> Campaign:
    """Return an open campaign of two owners and an editor, whose keyholder did the drill today."""
    campaign = factories.open_campaign()
    for name, role in (("noor", Role.OWNER), ("olga", Role.OWNER), ("edith", Role.EDITOR)):
        user = User.objects.create_user(f"{name}@example.org")
        campaign.team.create(user=user, role=role)
    Keyholder.objects.update(drilled_on=NOW.date())
    return campaign


def test_owners_are_reminded_after_90_days_and_once_a_month_until_it_is_done(night_trains: Campaign) -> None:
    assert remind_of_drills(now=NOW + timedelta(days=90)) == 0
    assert remind_of_drills(now=NOW + timedelta(days=91)) == 2
    assert remind_of_drills(now=NOW + timedelta(days=92)) == 0
    assert remind_of_drills(now=NOW + timedelta(days=121)) == 2
    Keyholder.objects.update(drilled_on=(NOW + timedelta(days=122)).date())
    assert remind_of_drills(now=NOW + timedelta(days=160)) == 0
    night_trains.refresh_from_db()
    assert night_trains.state == State.OPEN


def test_the_mail_says_whose_paper_and_where(night_trains: Campaign) -> None:
    remind_of_drills(now=NOW + timedelta(days=91))
    letters = account_mails()
    assert sorted(letter["to"] for letter in letters) == ["noor@example.org", "olga@example.org"]
    for letter in letters:
        assert "opened by: Noor." in letter["text"]
        assert f"/desk/campaign/{night_trains.slug}/key/" in letter["text"]


def test_a_closed_campaign_is_left_alone(night_trains: Campaign) -> None:
    Campaign.objects.filter(pk=night_trains.pk).update(state=State.CLOSED)
    assert remind_of_drills(now=NOW + timedelta(days=91)) == 0
