"""What a title suggests as a campaign's address."""

import pytest

from tocsin.campaigns.slugs import is_slug, slug_from


@pytest.mark.parametrize(
    "title, slug",
    [
        ("Clean Rivers, Now!", "clean-rivers-now"),
        ("Łódź & Zürich", "lodz-zurich"),
        ("Straße frei für Ærø", "strasse-frei-fur-aero"),
        ("İstanbul ılıca", "istanbul-ilica"),
        ("x" * 59 + " and more", "x" * 59),
        ("أنهار نظيفة", ""),
        ("Чистые реки 2030", "2030"),
    ],
)
def test_a_title_gives_its_letters(title: str, slug: str) -> None:
    assert slug_from(title) == slug
    assert is_slug(slug) is bool(slug)
