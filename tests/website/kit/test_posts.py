"""What a host posts: short enough for any network, and with everything that somebody who comes needs."""

from tests.website.kit.made import facts
from tocsin.website.kit.posts import SHORT_CHARS, long_alert, press_note, short_alert

LINK = "http://testserver/en/night-trains/rallies/kassel/"


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


def test_the_short_alert_says_what_date_time_with_zone_place_and_link() -> None:
    assert plain(short_alert(facts())).split("\n") == [
        "Bring back the night trains",
        "📅 Saturday, June 6, 2026",
        "⏰ 6:00 PM (Europe/Berlin, UTC+2)",
        "📍 Königsplatz, Kassel, Germany",
        LINK,
        "#NightTrains",
    ]


def test_it_needs_no_word_of_ours_in_any_language() -> None:
    assert plain(short_alert(facts("uk", title="Поверніть нічні потяги"))).split("\n")[:4] == [
        "Поверніть нічні потяги",
        "📅 субота, 6 червня 2026 р.",
        "⏰ 18:00 (Europe/Berlin, UTC+2)",
        "📍 Königsplatz, Kassel, Німеччина",
    ]


def test_what_is_too_long_gives_way_the_title_last() -> None:
    without_tags = short_alert(facts(place="P" * 120))
    without_street = short_alert(facts(place="P" * 200))
    cut = short_alert(facts(own="Night " * 100, place="P" * 200))
    assert max(map(len, (without_tags, without_street, cut))) <= SHORT_CHARS
    assert ("#NightTrains" in without_tags, "P" * 120 in without_tags) == (False, True)
    assert "📍 Kassel" in without_street
    assert cut.startswith("Night Night Night")
    assert "Night…\n📅" in cut
    assert cut.endswith(LINK)
    assert len(cut) > SHORT_CHARS - 8


def test_the_long_one_has_the_rest_too() -> None:
    said = plain(
        long_alert(
            facts(
                own="Pyjamas on the platform",
                about={"en": "Bring a pillow."},
                until_note={"en": "Every week until it runs"},
                held_by="Friends of the night train",
            )
        )
    )
    assert said.startswith("Bring back the night trains: Pyjamas on the platform\n📅")
    assert "⏰ 6:00 PM – 8:00 PM (Europe/Berlin, UTC+2)" in said
    for part in ("Bring a pillow.", "Every week until it runs", "Friends of the night train", LINK, "#NightTrains"):
        assert part in said


def test_the_press_note_says_who_answers_and_where_the_number_can_be_checked() -> None:
    said = plain(press_note(facts(held_by="Friends of the night train")))
    assert "When: Saturday, June 6, 2026, 6:00 PM – 8:00 PM (local time)" in said
    assert "Held by: Friends of the night train" in said
    assert "Questions: office@night-trains.example" in said
    assert "http://testserver/en/night-trains/\n" in said


def test_a_private_address_is_in_none_of_them() -> None:
    hidden = facts(is_address_private=True, place="The blue door")
    assert not any("blue door" in text for text in (short_alert(hidden), long_alert(hidden), press_note(hidden)))


def test_what_is_only_online_has_no_place_but_its_page() -> None:
    online = facts(attendance=2, city="", country="", place="", online_url="https://meet.example/secret")
    said = short_alert(online)
    assert "📍 testserver" in said
    assert "meet.example" not in said
