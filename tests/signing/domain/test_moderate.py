"""signing.domain.moderate: a reason is shown after a yes, a line is hidden; nothing is edited."""

import pytest

from tests.cast import MAYA
from tests.factories.signing import counted, open_campaign
from tocsin.campaigns.models import Campaign
from tocsin.signing import domain as signing
from tocsin.signing import queries
from tocsin.signing.domain.moderate import read_reason
from tocsin.signing.models import Listing
from tocsin.signing.queries import Cursor, cursor_of
from tocsin.signing.states import ReasonState

pytestmark = pytest.mark.django_db(transaction=True)
REASON = "I wake up where I want to be."


def listed() -> tuple[Campaign, Cursor]:
    """Return a campaign with one line whose reason waits, and its cursor."""
    campaign = open_campaign()
    counted(campaign, [MAYA], shows_name=True, reason=REASON)
    return campaign, cursor_of(queries.waiting_reasons(campaign.pk).get())


def test_a_waiting_reason_is_sealed_and_readable_to_moderators_alone() -> None:
    listed()
    line = Listing.objects.get()
    assert line.reason == ""
    assert REASON.encode() not in bytes(line.reason_sealed or b"")
    assert read_reason(line) == REASON


def test_yes_shows_it_as_it_was_written() -> None:
    campaign, line = listed()
    assert signing.show_reason(campaign=campaign, line=line)
    assert [shown.reason for shown in queries.public_list(campaign.pk)] == [REASON]
    assert not signing.show_reason(campaign=campaign, line=line)


def test_no_erases_it_and_the_name_stays() -> None:
    campaign, line = listed()
    assert signing.refuse_reason(campaign=campaign, line=line)
    shown = Listing.objects.get()
    assert (shown.reason, shown.reason_sealed, shown.reason_state) == ("", None, ReasonState.REFUSED)
    assert shown.name == MAYA.name


def test_a_reported_line_is_hidden_or_kept() -> None:
    campaign, line = listed()
    assert signing.report_line(campaign=campaign, line=line)
    assert [row.reports for row in queries.reported_lines(campaign.pk)] == [1]
    assert signing.hide_line(campaign=campaign, line=line)
    assert queries.public_list(campaign.pk) == []
    assert signing.show_line(campaign=campaign, line=line)
    assert len(queries.public_list(campaign.pk)) == 1
    assert list(queries.reported_lines(campaign.pk)) == []


def test_quinn_moderates_nothing_here() -> None:
    _, line = listed()
    other = open_campaign("open-libraries")
    verbs = (signing.show_reason, signing.refuse_reason, signing.hide_line, signing.report_line)
    assert [verb(campaign=other, line=line) for verb in verbs] == [False] * 4
