"""The overview: the number, and what stops it."""

from django.test import Client
from django.urls import reverse

from tests.cast import MAYA
from tests.factories import signing
from tocsin.campaigns.models import Campaign
from tocsin.tally.domain import refuse_to_sign, sign_again
from tocsin.tally.refusals import LogRefusal


def test_it_says_that_nothing_is_counted_while_the_log_must_not_be_signed(open_one: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA])
    overview = reverse("desk:campaign", args=[open_one.slug])
    stands_still = "Nothing is being counted at present"

    assert stands_still not in desk.get(overview).content.decode()
    assert refuse_to_sign(LogRefusal.TILE_DIFFERS)
    page = desk.get(overview).content.decode()
    assert (stands_still in page, "<code>tile-differs</code>" in page) == (True, True)
    assert sign_again()
    assert stands_still not in desk.get(overview).content.decode()
