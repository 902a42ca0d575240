"""A file that cannot stand gets an error that names the key and the mend."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.campaigns.campaign_file import read_campaign_file
from tocsin.campaigns.refusals import Refusal, RefusedError

FILES = Path(__file__).parent.parent / "files"
GOOD = """
[campaign]
slug = "clean-rivers"
languages = ["en", "es"]
title = { en = "Clean rivers" }
[appeal.en]
title = "Clean rivers"
text = "We ask for clean rivers."
"""


def refusals(text: str) -> list[tuple[str, Refusal]]:
    with pytest.raises(RefusedError) as caught:
        read_campaign_file(text.encode())
    assert all(one.mend for one in caught.value.refused)
    return [(one.field, one.refusal) for one in caught.value.refused]


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


@pytest.mark.parametrize(
    "text,field,refusal",
    [
        ("", "campaign", Refusal.EMPTY),
        ("campaign = 3", "campaign", Refusal.WRONG_KIND),
        ("[campaign", "file", Refusal.NOT_TOML),
        ("a = " + "[" * 5_000, "file", Refusal.NOT_TOML),
        ("#" * 10_000_001, "file", Refusal.TOO_LONG),
    ],
)
def test_what_is_no_campaign_file(text: str, field: str, refusal: Refusal) -> None:
    assert (field, refusal) in refusals(text)


def test_bytes_that_are_no_utf_8() -> None:
    with pytest.raises(RefusedError) as caught:
        read_campaign_file(b"\xff\xfe[campaign]")
    assert [one.refusal for one in caught.value.refused] == [Refusal.NOT_TOML]


def test_a_byte_order_mark_is_no_reason_to_refuse() -> None:
    assert read_campaign_file(b"\xef\xbb\xbf" + GOOD.encode()).details.slug == "clean-rivers"


@pytest.mark.parametrize(
    "line,field,refusal",
    [
        ("accent = 'red'", "campaign.accent", Refusal.ACCENT_SHAPE),
        ("accent = 3", "campaign.accent", Refusal.WRONG_KIND),
        ("closes_at = 'tomorrow'", "campaign.closes_at", Refusal.WRONG_KIND),
        ("closes_at = 12:00:00", "campaign.closes_at", Refusal.WRONG_KIND),
        ("contact = 'nobody'", "campaign.contact", Refusal.CONTACT_SHAPE),
        ("goals = [100, 50]", "campaign.goals", Refusal.GOALS_SHAPE),
        ("goals = [0]", "campaign.goals", Refusal.GOALS_SHAPE),
        ("goals = [10_000_000_001]", "campaign.goals", Refusal.GOALS_SHAPE),
        ("goals = [true]", "campaign.goals", Refusal.WRONG_KIND),
        ("goals = 100", "campaign.goals", Refusal.WRONG_KIND),
        ("hashtags = ['two words']", "campaign.hashtags", Refusal.HASHTAG_SHAPE),
        ("imprint = { fr = 'Paris' }", "campaign.imprint.fr", Refusal.LANGUAGE_UNLISTED),
        ("imprint = { en = 7 }", "campaign.imprint.en", Refusal.WRONG_KIND),
        ('motto = { en = "two\\nlines" }', "campaign.motto.en", Refusal.ONE_LINE),
        ('motto = { en = "bell \\u0007" }', "campaign.motto.en", Refusal.CONTROL_CHARACTER),
        (f"motto = {{ en = '{'x' * 301}' }}", "campaign.motto.en", Refusal.TOO_LONG),
        ("motto = ['x']", "campaign.motto", Refusal.WRONG_KIND),
        ("opens_at = 2026-01-02\ncloses_at = 2026-01-01", "campaign.closes_at", Refusal.OPENS_AFTER_CLOSING),
        ("opens_at = 0001-01-01T00:00:00+14:00", "campaign.opens_at", Refusal.WRONG_KIND),
        ("shortcode_ids = { x = 'clean-rivers' }", "campaign.shortcode_ids.x", Refusal.SHORTCODE_ID_SHAPE),
        ("timezone = 'Mars/Olympus'", "campaign.timezone", Refusal.TIMEZONE_UNKNOWN),
        ("timezone = '../../etc/passwd'", "campaign.timezone", Refusal.TIMEZONE_UNKNOWN),
        ("tilte = { en = 'x' }", "campaign.tilte", Refusal.UNKNOWN_KEY),
        ("hashtag = ['x']", "campaign.hashtag", Refusal.UNKNOWN_KEY),
    ],
)
def test_each_key_of_a_campaign(line: str, field: str, refusal: Refusal) -> None:
    text = changed("[appeal.en]", f"{line}\n[appeal.en]")
    assert refusals(text) == [(field, refusal)]


@pytest.mark.parametrize(
    "old,new,field,refusal",
    [
        ('slug = "clean-rivers"\n', "", "campaign.slug", Refusal.SLUG_SHAPE),
        ('"clean-rivers"', '"Clean Rivers"', "campaign.slug", Refusal.SLUG_SHAPE),
        ('"clean-rivers"', '"clean--rivers"', "campaign.slug", Refusal.SLUG_SHAPE),
        ('"clean-rivers"', '"../x"', "campaign.slug", Refusal.SLUG_SHAPE),
        ('"clean-rivers"', '"desk"', "campaign.slug", Refusal.SLUG_RESERVED),
        ('"clean-rivers"', '"es"', "campaign.slug", Refusal.SLUG_RESERVED),
        ('"clean-rivers"', "7", "campaign.slug", Refusal.WRONG_KIND),
        ('["en", "es"]', "[]", "campaign.languages", Refusal.EMPTY),
        ('["en", "es"]', '"en"', "campaign.languages", Refusal.WRONG_KIND),
        ('["en", "es"]', '["en", "en"]', "campaign.languages", Refusal.LANGUAGE_REPEATED),
        ('["en", "es"]', '["en", "klingon"]', "campaign.languages", Refusal.LANGUAGE_UNKNOWN),
        ('["en", "es"]', '["es", "en"]', "campaign.title.es", Refusal.EMPTY),
        ("[appeal.en]", "[appeal.fr]", "appeal.fr", Refusal.LANGUAGE_UNLISTED),
        ("[appeal.en]", "[appeal]", "appeal.title", Refusal.WRONG_KIND),
        ('text = "We ask for clean rivers."', "", "appeal.en.text", Refusal.EMPTY),
        ('text = "We ask for clean rivers."', 'txet = "We ask"', "appeal.en.txet", Refusal.UNKNOWN_KEY),
        ('"We ask for clean rivers."', f'"{"ä" * 30_000}"', "appeal.en.text", Refusal.TOO_LONG),
        ('"We ask for clean rivers."', '"a \\u0000 b"', "appeal.en.text", Refusal.CONTROL_CHARACTER),
        ("[appeal.en]", "[appeals.en]", "appeals", Refusal.UNKNOWN_KEY),
        ("[appeal.en]", "[form]\nplace = 'maybe'\n[appeal.en]", "form.place", Refusal.WRONG_CHOICE),
        ("[appeal.en]", "[form]\nshow_name = 1\n[appeal.en]", "form.show_name", Refusal.WRONG_CHOICE),
        ("[appeal.en]", "[form]\nreason = 'required'\n[appeal.en]", "form.reason", Refusal.WRONG_CHOICE),
        ("[appeal.en]", "[form]\nage = 'required'\n[appeal.en]", "form.age", Refusal.WRONG_CHOICE),
        ("[appeal.en]", "[privacy.de]\ntext = 'x'\n[appeal.en]", "privacy.de.text", Refusal.LANGUAGE_UNLISTED),
        ("[appeal.en]", "[organisations]\nname = 'A'\n[appeal.en]", "organisations", Refusal.WRONG_KIND),
        ("[appeal.en]", '[extra]\nx = ["a", "b\\u0000"]\n[appeal.en]', "extra.x[2]", Refusal.CONTROL_CHARACTER),
        ("[appeal.en]", '[extra]\n"a\\u0000" = 1\n[appeal.en]', "extra'a\\x00'", Refusal.CONTROL_CHARACTER),
    ],
)  # fmt: skip
def test_each_part_of_a_file(old: str, new: str, field: str, refusal: Refusal) -> None:
    assert (field, refusal) in refusals(changed(old, new))


@pytest.mark.parametrize(
    "line,field,refusal",
    [
        ("role = 'endorses'", "organisations[1].name", Refusal.EMPTY),
        ("name = 'A'\nrole = 'boss'", "organisations[1].role", Refusal.ROLE_UNKNOWN),
        ("name = 'A'\nurl = 'javascript:x'", "organisations[1].url", Refusal.URL_SHAPE),
        ("name = 'A'\nnmae = 'B'", "organisations[1].nmae", Refusal.UNKNOWN_KEY),
    ],
)
def test_each_key_of_an_organisation(line: str, field: str, refusal: Refusal) -> None:
    assert refusals(f"{GOOD}[[organisations]]\n{line}") == [(field, refusal)]


def test_an_organisation_named_twice() -> None:
    twice = "[[organisations]]\nname = 'A'\n" * 2
    assert refusals(GOOD + twice) == [("organisations", Refusal.NAME_REPEATED)]


def test_everything_wrong_is_named_at_once() -> None:
    text = changed('"clean-rivers"', '"desk"').replace("[appeal.en]", "accent = 'red'\n[appeal.fr]")
    assert [field for field, _ in refusals(text)] == ["campaign.slug", "campaign.accent", "appeal.fr"]


def test_the_mend_of_a_slip_names_the_key_that_was_meant() -> None:
    with pytest.raises(RefusedError) as caught:
        read_campaign_file(changed("[appeal.en]", "hashtag = []\n[appeal.en]").encode())
    assert [one.mend for one in caught.value.refused] == ["There is no such key; did you mean hashtags?"]


def test_a_single_text_is_in_the_first_language() -> None:
    file = read_campaign_file(changed('{ en = "Clean rivers" }', '"Clean rivers"').encode())
    assert file.details.title == {"en": "Clean rivers"}


def test_a_local_time_is_in_the_campaigns_zone() -> None:
    text = changed(
        "[appeal.en]", "timezone = 'Asia/Tokyo'\nopens_at = 2026-05-01T12:00:00\ncloses_at = 2026-06-01\n[appeal.en]"
    )
    details = read_campaign_file(text.encode()).details
    assert details.opens_at == datetime(2026, 5, 1, 3, 0, tzinfo=UTC)
    assert details.closes_at == datetime(2026, 5, 31, 15, 0, tzinfo=UTC)


def test_a_text_of_60_000_bytes_passes() -> None:
    room = 60_000 - len(b"Clean rivers\n\n")
    file = read_campaign_file(changed('"We ask for clean rivers."', f'"{"x" * room}"').encode())
    assert len(file.appeal["en"][1]) == room
    assert refusals(changed('"We ask for clean rivers."', f'"{"x" * (room + 1)}"')) == [
        ("appeal.en.text", Refusal.TOO_LONG)
    ]


@pytest.mark.parametrize("shape", ["rally", "worldwide", "open-letter"])
def test_half_a_file_is_a_sentence_not_a_traceback(shape: str) -> None:
    content = (FILES / f"{shape}.toml").read_bytes()
    for length in range(0, len(content), 7):
        with contextlib.suppress(RefusedError):
            read_campaign_file(content[:length])
