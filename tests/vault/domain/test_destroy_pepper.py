"""Destroying the pepper: afterwards nobody tests an address against the tags."""

import pytest

from tests.factories import vault as factories
from tocsin.vault import domain, queries
from tocsin.vault.keyring import pepper_path

pytestmark = pytest.mark.django_db


def test_a_destroyed_pepper_is_gone_and_the_form_knows() -> None:
    factories.campaign_key(7)
    factories.campaign_key(8)
    before = queries.pepper(8)

    assert domain.destroy_pepper(campaign=7)

    assert not pepper_path(7).exists()
    with pytest.raises(queries.PepperMissingError):
        queries.pepper(7)
    assert queries.pepper(8) == before


def test_moderators_still_read_what_waits_to_be_shown() -> None:
    factories.campaign_key(7)
    sealed = queries.display_box(7).seal(b"public-part", b"{}")

    domain.destroy_pepper(campaign=7)

    assert queries.display_box(7).open(b"public-part", sealed) == b"{}"


def test_destroying_twice_is_no_error() -> None:
    factories.campaign_key(7)

    assert domain.destroy_pepper(campaign=7)
    assert not domain.destroy_pepper(campaign=7)
