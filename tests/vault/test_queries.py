"""What the vault says without being opened."""

from datetime import date

import pytest

from tests.factories import vault as factories
from tocsin.seal.box import BoxBrokenError
from tocsin.vault import queries
from tocsin.vault.keyring import display_path, pepper_path

pytestmark = pytest.mark.django_db


def test_a_campaign_without_a_key_has_nothing() -> None:
    assert queries.key_in_use(7) is None
    assert queries.keyholders(7) == []
    assert not queries.is_ready(7)
    with pytest.raises(queries.PepperMissingError, match="campaign 7"):
        queries.pepper(7)
    with pytest.raises(queries.DisplayKeyMissingError, match="campaign 7"):
        queries.display_box(7)


def test_a_campaigns_keys_are_its_own() -> None:
    factories.campaign_key(7)
    factories.campaign_key(8)
    sealed = queries.display_box(7).seal(b"public-part", b"{}")

    assert queries.pepper(7) != queries.pepper(8)
    with pytest.raises(BoxBrokenError):
        queries.display_box(8).open(b"public-part", sealed)


def test_a_retired_key_is_not_in_use() -> None:
    old = factories.campaign_key(7)
    old.retired_on = date(2026, 4, 1)
    old.save()
    assert queries.key_in_use(7) is None
    assert not queries.is_ready(7)

    new = factories.campaign_key(7)

    assert queries.key_in_use(7) == new
    assert [keyholder.key for keyholder in queries.keyholders(7)] == [new]


def test_a_cut_key_file_closes_the_form_and_is_not_replaced() -> None:
    factories.campaign_key(7)
    pepper_path(7).write_bytes(b"cut")
    display_path(7).write_bytes(b"cut")

    with pytest.raises(queries.PepperMissingError):
        queries.pepper(7)
    with pytest.raises(queries.DisplayKeyMissingError):
        queries.display_box(7)
    assert pepper_path(7).read_bytes() == b"cut"
