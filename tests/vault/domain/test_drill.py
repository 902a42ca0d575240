"""The drill: a campaign opens only after each keyholder has opened a test row."""

from datetime import UTC, datetime

import pytest

from tests.factories import vault as factories
from tocsin.seal.epoch import new_key_pair
from tocsin.vault import domain, queries
from tocsin.vault.drill_row import opens_drill_row, seal_drill_row
from tocsin.vault.models import CampaignKey, Keyholder

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def drill(passphrase: str = factories.PASSPHRASE) -> bool:
    (keyholder,) = queries.keyholders(7)
    return domain.drill(keyholder=keyholder, slug="demo", passphrase=passphrase, now=NOW)


def test_a_keyholder_who_opens_the_test_row_makes_the_campaign_ready() -> None:
    factories.campaign_key(7, drilled=False)
    assert not queries.is_ready(7)

    assert drill(f"  {factories.PASSPHRASE.replace(' ', '   ')}\n")

    assert queries.keyholders(7)[0].drilled_on == NOW.date()
    assert queries.is_ready(7)


def test_a_wrong_passphrase_proves_nothing() -> None:
    factories.campaign_key(7, drilled=False)

    assert not drill("another passphrase altogether")

    assert queries.keyholders(7)[0].drilled_on is None
    assert not queries.is_ready(7)


def test_a_test_row_of_another_key_proves_nothing() -> None:
    factories.campaign_key(7, drilled=False)
    row, epoch = seal_drill_row(new_key_pair()[1])
    Keyholder.objects.update(drill_row=row, drill_epoch=epoch)

    assert not drill()
    assert not queries.is_ready(7)


def test_a_public_half_that_was_exchanged_on_the_server_is_found_out() -> None:
    factories.campaign_key(7, drilled=False)
    CampaignKey.objects.update(public=new_key_pair()[1])

    assert not drill()
    assert not queries.is_ready(7)


def test_a_campaign_with_one_keyholder_who_has_not_drilled_is_not_ready() -> None:
    key = factories.campaign_key(7)
    first = queries.keyholders(7)[0]
    Keyholder.objects.create(
        key=key,
        label="Otto",
        age_file=first.age_file,
        drill_row=first.drill_row,
        drill_epoch=first.drill_epoch,
    )

    assert [keyholder.label for keyholder in queries.keyholders(7)] == ["Noor", "Otto"]
    assert not queries.is_ready(7)


def test_a_changed_drill_row_does_not_open() -> None:
    pair = factories.key_pair()
    row, epoch = seal_drill_row(pair.public)

    assert opens_drill_row(pair.private, row, epoch)
    assert not opens_drill_row(pair.private, row[:-1] + bytes([row[-1] ^ 1]), epoch)
    assert not opens_drill_row(pair.private, b"", epoch)
