"""The privacy text has versions too, since each consent names one."""

from datetime import UTC, datetime

import pytest

from tocsin.campaigns import domain, queries
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.refusals import Refusal, RefusedError

NOW = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)


def test_publishing_twice_gives_two_versions(campaign: Campaign) -> None:
    domain.draft_privacy(campaign=campaign, source={"en": "First.\r\n"})
    first = domain.publish_privacy(campaign=campaign, now=NOW)
    domain.draft_privacy(campaign=campaign, source={"en": "Second.", "es": "Segunda.", "ar": "  "})
    second = domain.publish_privacy(campaign=campaign, now=NOW)
    assert [version.number for version in queries.privacy_versions(campaign)] == [2, 1]
    assert first.source == {"en": "First.\n"}
    assert second.source == {"en": "Second.", "es": "Segunda."}
    assert queries.current_privacy(campaign) == second
    assert queries.privacy_in(second, "es") == "Segunda."
    assert queries.privacy_in(second, "ar") == "Second."
    campaign.refresh_from_db()
    assert campaign.revision == 2


@pytest.mark.parametrize(
    "source,field,refusal",
    [
        ({}, "privacy", Refusal.EMPTY),
        ({"en": " \n"}, "privacy", Refusal.EMPTY),
        ({"de": "x"}, "privacy.de.text", Refusal.LANGUAGE_UNLISTED),
        ({"en": "x" * 60_001}, "privacy.en.text", Refusal.TOO_LONG),
        ({"en": "\x00"}, "privacy.en.text", Refusal.CONTROL_CHARACTER),
    ],
)
def test_what_cannot_stand(campaign: Campaign, source: dict[str, str], field: str, refusal: Refusal) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.draft_privacy(campaign=campaign, source=source)
    assert [(one.field, one.refusal) for one in caught.value.refused] == [(field, refusal)]
    assert queries.draft_privacy_version(campaign) is None


def test_no_draft_and_nothing_changed(campaign: Campaign) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.publish_privacy(campaign=campaign, now=NOW)
    assert [one.refusal for one in caught.value.refused] == [Refusal.NO_DRAFT]
    for text in ("Words.", "Words."):
        domain.draft_privacy(campaign=campaign, source={"en": text})
        if queries.current_privacy(campaign) is None:
            domain.publish_privacy(campaign=campaign, now=NOW)
    with pytest.raises(RefusedError) as caught:
        domain.publish_privacy(campaign=campaign, now=NOW)
    assert [one.refusal for one in caught.value.refused] == [Refusal.NOTHING_CHANGED]
