"""Names: what people are called is taken, what is none is refused by a named rule."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hanging import no_hang
from tocsin.kit import names
from tocsin.kit.names import NameRefusal, fold, refusal, text_refusal, tidy


@pytest.mark.parametrize(
    "name",
    [
        "Maya Lindqvist",
        "Pilar Ocaña",
        "Dr. Otto J. Brandt",
        "Otto Brandt jr.",
        "O'Brien",
        "Siobhán Ní Dhuibhne",
        "Jean-Luc d’Ormesson",
        "Łukasz Żółć",
        "Нина Петровна",
        "Ελένη Παπαδοπούλου",
        "محمد علي",
        "علی\u200cرضا",
        "שָׁלוֹם כהן",
        "山田 太郎",
        "김민준",
        "श्रीमती लक्ष्मी",
        "க்\u200dஷ",
        "Nguyễn Thị Hoa",
        "X Æ A-12",
        "Anna & Bela",
        "Maya (Malmö)",
        "Maya 🌍",
        "Smith, John",
        "J. R. R. Tolkien",
        "St.Clair",
        "Ph.D. Ruiz",
        "محمد\u200f (Ali)",
        "A",
        "a" * 100,
    ],
)
def test_a_name_is_taken(name: str) -> None:
    assert refusal(tidy(name)) is None


@pytest.mark.parametrize(
    "name, why",
    [
        ("", NameRefusal.EMPTY),
        ("   \u00a0", NameRefusal.EMPTY),
        ("a" * 101, NameRefusal.TOO_LONG),
        ("é" * 10_000, NameRefusal.TOO_LONG),
        ("Ma\x00ya", NameRefusal.CONTROL),
        ("Ma\nya", NameRefusal.CONTROL),
        ("Ma\tya", NameRefusal.CONTROL),
        ("Ma\x7fya", NameRefusal.CONTROL),
        ("Ma\x85ya", NameRefusal.CONTROL),
        ("Maya \u202etxt.exe", NameRefusal.CONTROL),
        ("Maya \u2066x\u2069", NameRefusal.CONTROL),
        ("Ma\u200bya", NameRefusal.CONTROL),
        ("Ma\ufeffya", NameRefusal.CONTROL),
        ("Ma\u00adya", NameRefusal.CONTROL),
        ("Ma\u200dya", NameRefusal.CONTROL),
        ("علی\u200c", NameRefusal.CONTROL),
        ("\u200cعلی", NameRefusal.CONTROL),
        ("Ma\u2028ya", NameRefusal.CONTROL),
        ("Ma\ud800ya", NameRefusal.CONTROL),
        ("Ma\ue000ya", NameRefusal.CONTROL),
        ("Maya\U000e0041", NameRefusal.CONTROL),
        ("=HYPERLINK(A1)", NameRefusal.FORMULA),
        ("+491234", NameRefusal.FORMULA),
        ("-Maya", NameRefusal.FORMULA),
        ("@maya", NameRefusal.FORMULA),
        ("＝cmd", NameRefusal.FORMULA),
        ("＠maya", NameRefusal.FORMULA),
        ("|calc", NameRefusal.FORMULA),
        ("%x", NameRefusal.FORMULA),
        ("https://example.org", NameRefusal.LINK),
        ("Maya http://x", NameRefusal.LINK),
        ("see www.example.org", NameRefusal.LINK),
        ("example.com", NameRefusal.LINK),
        ("Buy at EXAMPLE.COM now", NameRefusal.LINK),
        ("ｅｘａｍｐｌｅ．ｃｏｍ", NameRefusal.LINK),
        ("t.me/maya", NameRefusal.LINK),
        ("example.fr/x", NameRefusal.LINK),
        ("maya@example.org", NameRefusal.LINK),
        ("mailto:maya", NameRefusal.LINK),
        ("123", NameRefusal.NO_LETTER),
        ("🌍🌍", NameRefusal.NO_LETTER),
        ("...", NameRefusal.NO_LETTER),
        ("Z" + "\u0335" * 5 + "algo", NameRefusal.TOO_MANY_MARKS),
        ("\u3164", NameRefusal.CONTROL),
        ("\u115f\u1160", NameRefusal.CONTROL),
        ("\uffa0 Maya", NameRefusal.CONTROL),
        ("Ma\u034fya", NameRefusal.CONTROL),
        ("\u2800", NameRefusal.CONTROL),
    ],
)
def test_what_is_no_name_is_refused_by_name(name: str, why: NameRefusal) -> None:
    assert refusal(tidy(name)) is why


def test_every_refusal_has_its_rule() -> None:
    assert {reason for reason, _ in names._RULES} == set(NameRefusal)  # noqa: SLF001  the list under test


@pytest.mark.parametrize(
    "text, why",
    [
        ("I sleep well on trains.\nAnd my children do: every night!", None),
        ("=1+1 is a start", None),
        ("12:30, every day", None),
        ("", None),
        ("🚂🚂🚂", None),
        ("آرام می\u200cخوابم", None),
        ("see http://example.org", NameRefusal.LINK),
        ("first line\nthen example.com", NameRefusal.LINK),
        ("write to maya@example.org", NameRefusal.LINK),
        ("bell\x07", NameRefusal.CONTROL),
        ("tab\there", NameRefusal.CONTROL),
        ("turned \u202e round", NameRefusal.CONTROL),
        ("Z" + "\u0335" * 5, NameRefusal.TOO_MANY_MARKS),
    ],
)
def test_a_longer_text_may_have_lines_but_nothing_hidden(text: str, why: NameRefusal | None) -> None:
    assert text_refusal(text) is why


@pytest.mark.parametrize(
    "text",
    [
        "Pay at evil.de now",
        "(evil.ch)",
        "evil.de, or later",
        "Not here: EVIL.DE.",
        "evil.co.uk",
        "evil.com.br",
        "t3n.de",
        "777evil.nl",
        "my-own.at",
        "evil.in:8080",
        "ｅｖｉｌ．ｄｅ",
        "evil。com",
        "evil｡de",
        "см. пример.рф",
        "пример.рф/страница",
        "xn--e1afmkfd.рф",
        "例子.中国",
        "Pay at evil.live, please",
        "evil.vip",
        "evil.pro",
        "EVIL.NEWS",
        "evil.news?q=1",
        "evil.group#x",
        "evil。live",
        "my-evil.versicherung.",
        "evil.vermögensberatung",
        "пример.онлайн",
        "موقع.شبكة",
        "evil.भारतम्",
        "evil.சிங்கப்பூர்",
        "evil.ไทย",
    ],
)
def test_a_host_is_a_link_without_its_scheme_too(text: str) -> None:
    assert text_refusal(text) is NameRefusal.LINK


@pytest.mark.parametrize(
    "text",
    [
        "e.g. trains, i.e. us",
        "z.B. im Zug, u.s.w.",
        "Am 12.11. um 18.30 Uhr, 12.de, 18h.am Markt",
        "Wir sind der Verein e.V.in Kassel",
        "Kommt zum Markt.Es gibt Kaffee",
        "St. Pauli.in der Mitte",
        "We meet at the square.In case of rain we are inside",
        "Warte...es kommt",
        "Dr.in Müller, eine Aktivist.in und jede.r andere",
        "les militant.es, chaque citoyen.ne, un.e chercheur.se, actif.ve",
        "Rendez-vous à la gare.Il y a du café",
        "Nos vemos en la plaza.La marcha es a las 5",
        "Ci vediamo in piazza.Si parte alle 9",
        "приходите.Мы ждём",
        "نلتقي غدا.في الساحة",
        "我爱。中国很大",
        "集合は駅前。雨天中止。",
        "at 6 p.m.at the gate",
        "J.R.R.Tolkien",
        "ver.di",
        "and/or",
        "at 6 p.m.",
        "At 6 p.m.live music",
        "St.Gallen, St.Clair, Mt.Everest",
        "Banners and so on.Then we walk",
        "We meet at the square.Live music, free food",
        "Prof.Dr.med. Brandt, Dipl.ing. Weber",
        "Plakate, Kreide usw.mit Kindern",
        "Treffpunkt: Hbf.Jetzt geht es los",
        "Kommt alle.Berlin ist dabei",
        "Bürger.innen, Kolleg.innen und Student.inn.en",
        "tou.te.s, nombreux.ses, organisateur.rices",
        "On part à 9h.Paris nous attend",
        "Salimos a las 5.Gratis para todos",
        "Marcha en la plaza.Madrid no duerme",
        "Ci vediamo in piazza.Casa per tutti",
        "Spotykamy się na rynku.Radio gra",
        "Приходите.Дети бесплатно",
        "Ελάτε όλοι.Το πάρκο μένει",
        "نلتقي غدا.المدينة لنا",
        "ساحة الحرية.تونس",
        "نلتقي في القاهرة.مصر",
        "الحرية.فلسطين حرة",
        "נפגשים בכיכר.כולם באים",
        "明天见.大家都来",
        "駅前に集合.みんなで歩こう",
        "व्हाट.हम मिलेंगे",
        "1.Mai, 2.Stock, 3.Platz",
        "Version 2.live",
    ],
)
def test_ordinary_writing_is_no_link(text: str) -> None:
    assert text_refusal(text) is None


@pytest.mark.parametrize(
    "raw, tidied",
    [
        ("  Maya   Lindqvist ", "Maya Lindqvist"),
        ("Jose\u0301", "José"),
        ("Maya\u00a0\u3000L", "Maya L"),
        ("Maya\n", "Maya"),
    ],
)
def test_a_name_is_kept_in_one_form_with_single_spaces(raw: str, tidied: str) -> None:
    assert tidy(raw) == tidied


@pytest.mark.parametrize(
    "one, other",
    [
        ("Ana López", "ana lopez"),
        ("Ana López", "  ANA   LOPEZ "),
        ("Ana López", "Ana Lo\u0301pez"),
        ("O'Brien", "OBrien"),
        ("Jean-Luc", "Jean Luc"),
        ("Ａｎａ", "ana"),
        ("Straße", "STRASSE"),
        ("مُحَمَّد", "محمد"),
        ("Ann\u200dA", "Anna"),
    ],
)
def test_one_person_cannot_be_two_by_spelling(one: str, other: str) -> None:
    assert fold(tidy(one)) == fold(tidy(other))


@pytest.mark.parametrize("one, other", [("Ana López", "Eva López"), ("रमा", "रेमा"), ("山田", "山口"), ("Jo", "Joe")])
def test_two_people_of_one_mailbox_stay_two(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=120))
def test_no_text_breaks_the_rules_and_tidying_and_folding_settle(raw: str) -> None:
    name = tidy(raw)

    assert tidy(name) == name
    assert fold(fold(name)) == fold(name)
    if refusal(name) is None:
        assert fold(name)
        assert name.encode()
        assert unicodedata.is_normalized("NFC", name)
        assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in name)


@pytest.mark.parametrize("raw", ["a" * 100_000, "a." * 50_000, "a' " * 33_000, "\u0301" * 100_000, "a@" * 50_000])
def test_no_hostile_text_makes_it_hang(raw: str) -> None:
    with no_hang():
        assert refusal(raw) is NameRefusal.TOO_LONG
        refusal(raw[:100])


@pytest.mark.parametrize("piece", ["a", "a.", "-.", "a@", ".de ", "aaa.de.", "eu", "。a", "."])
@pytest.mark.parametrize("end", [".", ".de"])
def test_no_long_text_makes_it_hang(piece: str, end: str) -> None:
    with no_hang():
        text_refusal(piece * (60_000 // len(piece)) + end)
