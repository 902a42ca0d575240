"""Each refusal has a mend, and no mend breaks over its limit."""

import pytest

from tocsin.campaigns.refusals import MENDS, Refusal, Refused, RefusedError


@pytest.mark.parametrize("refusal", list(Refusal))
def test_each_refusal_says_how_to_mend_it(refusal: Refusal) -> None:
    assert refusal in MENDS
    mend = Refused("slug", refusal, "100 %").mend
    assert mend
    assert "%(" not in mend


def test_an_error_names_fields_and_refusals() -> None:
    assert str(RefusedError.of(Refusal.SLUG_TAKEN, "slug")) == "slug: slug_taken"
