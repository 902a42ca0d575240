"""A campaign file comes back as it went in, for each of the three shapes."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests import factories
from tocsin.campaigns import domain, queries
from tocsin.campaigns.campaign_file import CampaignFile, read_campaign_file
from tocsin.campaigns.details import details_of
from tocsin.campaigns.models import Campaign

NOW = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)
FILES = Path(__file__).parent.parent / "files"
SHAPES = ("rally", "worldwide", "open-letter")
pytestmark = pytest.mark.django_db


def put_up(shape: str) -> tuple[CampaignFile, Campaign]:
    file = read_campaign_file((FILES / f"{shape}.toml").read_bytes())
    return file, domain.import_campaign(file=file, owner=None, now=NOW)


def holds_all_of(written: Any, given: Any) -> bool:
    """Say whether everything in `given` is in `written`, of the same kind and in the same order."""
    if isinstance(given, dict):
        return all(key in written and holds_all_of(written[key], given[key]) for key in given)
    if isinstance(given, list):
        return len(written) == len(given) and all(map(holds_all_of, written, given))
    return type(written) is type(given) and bool(written == given)


@pytest.mark.parametrize("shape", SHAPES)
def test_an_export_holds_everything_of_the_file(shape: str) -> None:
    _, campaign = put_up(shape)
    written = tomllib.loads(domain.export_campaign(campaign=campaign))
    given = tomllib.loads((FILES / f"{shape}.toml").read_text(encoding="utf-8"))
    for key in ("opens_at", "closes_at"):  # written with their offset, so that no zone has to be guessed
        if key in given["campaign"]:
            assert written["campaign"].pop(key).replace(tzinfo=None) == given["campaign"].pop(key)
    assert holds_all_of(written, given)


@pytest.mark.parametrize("shape", SHAPES)
def test_an_export_reads_back_as_the_same_campaign(shape: str) -> None:
    file, campaign = put_up(shape)
    again = read_campaign_file(domain.export_campaign(campaign=campaign).encode())
    assert again.details == details_of(campaign)
    assert again.appeal == file.appeal
    assert again.carried == file.carried == campaign.carried
    campaign.delete()
    twin = domain.import_campaign(file=again, owner=None, now=NOW)
    assert domain.export_campaign(campaign=twin) == domain.export_campaign(campaign=campaign_like(twin))


def campaign_like(twin: Campaign) -> Campaign:
    """Return the campaign afresh from the database, so that nothing is compared with itself in memory."""
    found = queries.by_slug(twin.slug)
    assert found is not None
    return found


def test_what_later_features_carry_is_named() -> None:
    file, _ = put_up("worldwide")
    assert file.carried_keys == [
        "appeal.es",
        "campaign.reprint",
        "campaign.support",
        "days_of_action (1)",
        "marathons (1)",
        "paper (1)",
        "photo_credits (1)",
        "polls (1)",
        "rallies (2)",
        "timeline (1)",
    ]


def test_an_organisations_own_keys_go_back_to_it() -> None:
    _, campaign = put_up("rally")
    written = tomllib.loads(domain.export_campaign(campaign=campaign))
    assert [one.get("logo") for one in written["organisations"]] == [None, "bakers.png", None]


def test_once_published_the_published_text_is_written(campaign: Campaign) -> None:
    factories.published_appeal(campaign, en=("Out", "The published words."))
    domain.draft_appeal(campaign=campaign, texts={"en": ("In", "The words in the drawer.")})
    written = tomllib.loads(domain.export_campaign(campaign=campaign))
    assert written["appeal"]["en"] == {"title": "Out", "text": "The published words."}


def test_text_with_every_kind_of_line_and_quote_survives(campaign: Campaign) -> None:
    source = 'Quotes " and """ and \\ and \\n.\n\n\ttab\n  spaces  \n\nأهلا 🛤\n'
    domain.draft_appeal(campaign=campaign, texts={"en": ("T", source)})
    again = read_campaign_file(domain.export_campaign(campaign=campaign).encode())
    assert again.appeal["en"] == ("T", source)
