"""signing.queries: the public list, the figures by country, what stands behind a token."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.cast import MAYA, OTTO, PILAR, RUI
from tests.factories.signing import NOW, confirm, counted, open_campaign, sign
from tocsin.campaigns.models import AppealText, Campaign
from tocsin.campaigns.states import State as CampaignState
from tocsin.seal.tokens import manage_token, new_token
from tocsin.signing import domain as signing
from tocsin.signing import queries
from tocsin.signing.models import CountryCount
from tocsin.signing.queries import CountryFigures, Cursor
from tocsin.signing.states import State

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_list_is_newest_day_first_and_its_cursor_loses_and_repeats_nobody() -> None:
    campaign = open_campaign()
    for day, person in enumerate((MAYA, OTTO, PILAR, RUI)):
        token = sign(campaign, person, shows_name=True).token
        confirm(token, now=NOW + timedelta(days=day // 2))
    names, after = [], None
    while page := queries.public_list(campaign.pk, after=after, limit=1):
        names.append(page[0].name)
        after = Cursor.read(str(queries.cursor_of(page[0])))
    assert set(names[:2]) == {PILAR.name, RUI.name}
    assert set(names[2:]) == {MAYA.name, OTTO.name}


def test_within_a_day_the_order_says_nothing_of_who_came_first() -> None:
    campaign = open_campaign()
    people = [replace(MAYA, name=f"Maya {n:02}", address=f"maya{n}@example.org") for n in range(30)]
    counted(campaign, people, shows_name=True)
    names = [line.name for line in queries.public_list(campaign.pk)]
    assert sorted(names) == [person.name for person in people]
    assert names not in (sorted(names), sorted(names, reverse=True))


@pytest.mark.parametrize(
    "text", ["", "x", "2026-04-02", "2026-04-02.", "2026-04-02.-1", "2026-13-02.1", "2026-04-02.01"]
)
def test_what_is_no_cursor_is_none(text: str) -> None:
    assert Cursor.read(text) is None


def test_one_more_signature_moves_no_published_figure() -> None:
    campaign = open_campaign()

    def figures(**countries: int) -> CountryFigures:
        CountryCount.objects.all().delete()
        CountryCount.objects.bulk_create(
            CountryCount(campaign_id=campaign.pk, country=code, signatures=n) for code, n in countries.items()
        )
        return queries.country_figures(campaign.pk)

    assert figures(SE=104, DE=17) == figures(SE=105, DE=18) == CountryFigures([("SE", 100), ("DE", 10)], None)
    assert figures(SE=100, MT=9).rest is None, "a remainder over one country alone would tell on it"
    assert figures(SE=100, MT=8, LU=7) == CountryFigures([("SE", 100)], 10)


def test_figures_are_refreshed_from_what_is_counted() -> None:
    campaign = open_campaign()
    counted(campaign, [replace(MAYA, address=f"maya{n}@example.org") for n in range(12)])
    confirm(sign(campaign, RUI).token)
    assert signing.refresh_country_counts(now=NOW) == 1
    assert queries.country_figures(campaign.pk) == CountryFigures([("SE", 10)], None)


def test_texts_are_counted_by_version_in_all_their_languages() -> None:
    campaign = open_campaign()
    tokens = counted(campaign, [MAYA, OTTO])
    text = AppealText.objects.get()
    confirm(sign(campaign, RUI).token)  # not counted yet
    assert queries.text_figures(campaign.pk) == {}
    assert signing.refresh_text_counts(now=NOW) == 1
    assert queries.text_figures(campaign.pk) == {text.version_id: 2}
    signing.withdraw(token=tokens[0], now=NOW)
    Campaign.objects.update(state=CampaignState.CLOSED)  # a closed one's signatures can still be withdrawn
    signing.refresh_text_counts(now=NOW)
    assert queries.text_figures(campaign.pk) == {text.version_id: 1}


def test_status_follows_a_signature_with_t_and_with_m() -> None:
    campaign = open_campaign()
    token = sign(campaign).token
    assert queries.status_of(token).is_pending
    assert queries.status_of(new_token()) == queries.UNKNOWN
    confirm(token)
    assert queries.status_of(token).state == queries.status_of(manage_token(token)).state == State.CONFIRMED
    signing.withdraw(token=token, now=NOW)
    assert queries.status_of(manage_token(token)).state == State.WITHDRAWN
