"""lane.template: rendered bytes, cut at their slots and filled."""

from django.utils.safestring import mark_safe

from tocsin.lane.template import Template


def test_slots_are_filled_as_often_as_wanted() -> None:
    template = Template(b"<b>@@slot:count@@</b> of @@slot:goal@@, @@slot:count@@ so far")

    assert template.names == {"count", "goal"}
    assert template.fill({"count": "12", "goal": "100"}) == b"<b>12</b> of 100, 12 so far"
    assert template.fill({"count": "13", "goal": "100"}) == b"<b>13</b> of 100, 13 so far"


def test_a_slot_may_say_whose_number_and_in_which_language() -> None:
    template = Template(b"@@slot:count:7:zh-hans@@ @@slot:count:x:es@@")

    assert template.names == {"count:7:zh-hans"}
    assert template.fill({"count:7:zh-hans": "12"}) == b"12 @@slot:count:x:es@@"


def test_what_fills_a_slot_is_escaped_unless_it_is_marked_safe() -> None:
    template = Template(b"@@slot:path@@ @@slot:fields@@")

    filled = template.fill({"path": '"><script>', "fields": mark_safe("<input>")})

    assert filled == b"&quot;&gt;&lt;script&gt; <input>"


def test_a_slot_that_nobody_fills_stays_empty() -> None:
    assert Template(b"<b>@@slot:size@@</b>").fill({}) == b"<b></b>"


def test_a_value_that_looks_like_a_slot_is_not_one() -> None:
    assert Template(b"@@slot:path@@").fill({"path": "@@slot:path@@"}) == b"@@slot:path@@"


def test_bytes_taken_whole_have_no_slots_whatever_they_look_like() -> None:
    picture = b"\x89PNG @@slot:count@@"

    template = Template.whole(picture)

    assert template.names == frozenset()
    assert template.fill({"count": "12"}) == picture
