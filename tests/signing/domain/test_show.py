"""signing.domain.show_name and hide_name: with the link in one's mail, and only with it."""

import pytest

from tests.cast import MAYA
from tests.factories.signing import NOW, counted, open_campaign
from tocsin.seal.tokens import manage_token, new_token
from tocsin.signing import domain as signing
from tocsin.signing import queries
from tocsin.signing.models import Listing, Signature
from tocsin.tally.queries import count_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_hide_takes_the_line_away_and_the_signature_counts_as_before() -> None:
    campaign = open_campaign()
    (token,) = counted(campaign, [MAYA], shows_name=True)
    assert signing.hide_name(token=token, now=NOW)
    assert queries.public_list(campaign.pk) == []
    assert (Listing.objects.count(), count_of(campaign.pk).number) == (0, 1)
    assert not Signature.objects.get().shows_name


def test_show_brings_it_with_m_as_well_as_with_t() -> None:
    campaign = open_campaign()
    (token,) = counted(campaign, [MAYA])
    assert signing.show_name(token=manage_token(token), now=NOW)
    assert signing.show_name(token=token, now=NOW)
    (line,) = queries.public_list(campaign.pk)
    assert line.name == MAYA.name


def test_a_foreign_token_shows_and_hides_nothing() -> None:
    campaign = open_campaign()
    counted(campaign, [MAYA], shows_name=True)
    assert not signing.hide_name(token=new_token(), now=NOW)
    assert not signing.show_name(token=new_token(), now=NOW)
    assert len(queries.public_list(campaign.pk)) == 1


def test_both_drop_the_cached_pages() -> None:
    campaign = open_campaign()
    (token,) = counted(campaign, [MAYA], shows_name=True)
    before = campaign.revision
    signing.hide_name(token=token, now=NOW)
    campaign.refresh_from_db()
    assert campaign.revision == before + 1
