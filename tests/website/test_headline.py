"""A headline breaks between its words, and within one only when it must."""

import pytest

from tocsin.website.headline import unbroken


def whole(word: str) -> str:
    return f'<span class="whole">{word}</span>'


@pytest.mark.parametrize(
    "title, shown",
    [
        ("Bring back the night trains", "Bring back the night trains"),
        ("Night-trains for everybody", f"{whole('Night-trains')} for everybody"),
        ("Bürgerversammlung jetzt", f"{whole('Bürgerversammlung')} jetzt"),
        ("Yes - now", "Yes - now"),
        ("Keep cafés/libraries", f"Keep {whole('cafés/libraries')}"),
        ("السكة-الحديد لنا", f"{whole('السكة-الحديد')} لنا"),
        ("A <b>-trick", f"A {whole('&lt;b&gt;-trick')}"),
        ("<script>", "&lt;script&gt;"),
    ],
)
def test_words_that_might_break_needlessly_are_kept_whole(title: str, shown: str) -> None:
    assert unbroken(title) == shown


@pytest.mark.parametrize(
    "title",
    [
        "لا لمشروع Nord-Süd Trans-Europa",
        "夜行列車を取り戻そう今すぐ全国でもう一度",
        "นำรถไฟกลางคืนกลับมาเดี๋ยวนี้",
    ],
)
def test_a_title_that_runs_both_ways_or_has_no_spaces_is_left_as_it_is(title: str) -> None:
    assert unbroken(title) == title
