"""The usual privacy text says the same in each language."""

import pytest

from tocsin.campaigns.privacy_default import WRITTEN_IN, default_privacy
from tocsin.campaigns.rendering import render


@pytest.mark.parametrize("code", WRITTEN_IN)
def test_each_language_has_the_same_parts(code: str) -> None:
    html = render(default_privacy([code])[code], lambda _: "")
    assert (html.count("<h3>"), html.count("<li>")) == (5, 7)


def test_languages_without_one_begin_with_english() -> None:
    assert list(default_privacy(["uk", "fr"])) == ["en"]
    assert list(default_privacy(["uk", "es", "ar-dz"])) == ["es", "ar-dz"]
