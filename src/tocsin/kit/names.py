"""People's names: tidy them, refuse what is none, fold them to tell two people of one mailbox apart."""

import re
import unicodedata
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Final

import idna

MAX_CHARS = 100
_MAX_MARKS_IN_A_ROW = 4  # Hebrew with points has three; towers of marks break the lines around them


class NameRefusal(Enum):
    """Why a text cannot stand as a name; the names are also metrics and test ids."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    CONTROL = "control"
    FORMULA = "formula"
    LINK = "link"
    NO_LETTER = "no_letter"
    TOO_MANY_MARKS = "too_many_marks"


# Nearly every name: letters of the Latin, Greek and Cyrillic blocks with single separators between them.
_WORD = "[A-Za-zÀ-ÖØ-öø-ʯΆ-ώА-ӿḀ-ỿ]+"
_ORDINARY: Final = re.compile(rf"{_WORD}(?:(?:\. |[ '’-]){_WORD})*\.?")
_SPACES: Final = re.compile(r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
# What a spreadsheet takes for a formula; full-width forms work in some of them too.
_FORMULA_STARTS: Final = tuple("=+-@＝＋－＠﹢﹣﹦﹫−|%")
# The endings that stand here are no words: after a full stop without its space, too, they are a host's.
# Each alternative reads a bounded stretch: a longer one would be read again from each of its letters.
_LINK: Final = re.compile(
    r"://|\bwww\.|\bmailto:|[^\s@]@[^\s@]+\.[^\s@]|\bxn--[a-z0-9]"
    r"|[^\W_]{2}\.(?:com|org|net|info|biz|io|me|co|ru|xyz|top|site|online|shop|club|link|app|dev|page|tk|cc|tv|ly|gl|gg"
    r"|click|cloud|icu|store|website"
    r"|рф|рус|укр|бел|бг|срб|мкд|мон|қаз|орг|ком|ευ|ελ|भारत|ไทย|คอม|中国|中國|香港|台湾|台灣|公司|网络|在线)\b(?!\.\w)"
    r"|[^\W_]\.[^\W\d_]{2,24}/",
    re.IGNORECASE,
)


def _endings() -> frozenset[str]:
    """Return every ending that a host's name can have, in lower case and its own script.

    They stand in the file as IANA publishes them (data.iana.org/TLD/tlds-alpha-by-domain.txt); its first line
    says of when.
    """
    lines = Path(__file__).with_name("top_level_domains.txt").read_text(encoding="ascii").lower().splitlines()
    return frozenset(idna.decode(line) if line.startswith("xn--") else line for line in lines if line[:1] != "#")


_ENDINGS: Final = _endings()
_COUNTRY_CHARS = 2
# What may be a host's name, whole: read once, from wherever it begins; with the vowel signs of endings.
_SIGNS: Final = "".join(sorted({sign for ending in _ENDINGS for sign in ending if not sign.isalnum() and sign != "-"}))
_RUN: Final = re.compile(rf"[\w.{_SIGNS}-]+")
_SHORTEST_LABEL = 3
# "at the square.In case of rain": a full stop without its space, before a word that is a country's code too.
_WORDS: Final = "Al Am As At Be By De Do Es Et Id Il Im In Is It La Li Ma Me My Na Ne No Po Sa Se Si So To Us Va Za"
# Arabic has no capitals, and these endings are countries as every text names them: "ساحة الحرية.تونس".
_ARABIC_COUNTRY: Final = re.compile(
    "الاردن|البحرين|الجزائر|السعودية|المغرب|امارات|ایران|بارت|بھارت|ڀارت|پاکستان|تونس|سودان|سورية|عراق|عمان|فلسطين|قطر"
    "|مصر|مليسيا|موريتانيا"
)
# What is followed by a full stop, not seldom without its space: Prof.Dr.med., etc.mit.
_ABBREVIATION: Final = re.compile(
    "dr|prof|dipl|mag|stud|cand|univ|etc|usw|bzw|inkl|incl|evtl|ggf|vgl|sog|str|approx|aprox", re.IGNORECASE
)
# How German and French write all genders in one word: Aktivist.in, militant.es, chercheur.se, actif.ve, citoyen.ne.
_ALL_GENDERS: Final = re.compile(
    r"[A-ZÄÖÜ][a-zäöüß-]+\.in|[A-Za-zÀ-ÿœ]{2,}\.es|[A-Za-zÀ-ÿœ]+(?:(?<=eu[rx])\.se|(?<=if)\.ve|(?<=n)\.ne)"
)
# Full stops of Chinese and Japanese stand for a dot in an address (UTS 46, section 4): before letters that are neither.
_IDEOGRAPHIC_STOP: Final = re.compile("。(?=[a-zа-я])", re.IGNORECASE)
# Nothing to see, though Unicode counts them as letters, marks or signs: fillers of Hangul, the joiner of graphemes,
# two vowels of Khmer that are inherent, the empty Braille cell.
_UNSEEN: Final = frozenset("\u3164\u115f\u1160\uffa0\u034f\u17b4\u17b5\u2800")
# Joiners spell Persian and Indic names; the two marks keep mixed scripts in order.
_JOINERS: Final = frozenset("\u200c\u200d")
_ORDER_MARKS: Final = frozenset("\u200e\u200f\u061c")
# Accents and vowel points, with which and without which people write the same name.
_POINTS: Final = dict.fromkeys([*range(0x300, 0x370), *range(0x591, 0x5C8), *range(0x64B, 0x660), 0x670, 0x640])


def tidy(raw: str) -> str:
    """Return a name in NFC with single spaces, as it is kept and shown."""
    if raw.isascii() and "  " not in raw:  # nearly every name: nothing to do, at a tenth of the cost
        return raw.strip()
    return _SPACES.sub(" ", unicodedata.normalize("NFC", raw)).strip()


def refusal(name: str) -> NameRefusal | None:
    """Return why `name` (tidied) cannot stand as a name, or None when it can."""
    if len(name) <= MAX_CHARS and _ORDINARY.fullmatch(name):
        return None
    return next((reason for reason, applies in _RULES if applies(name)), None)


def fold(name: str) -> str:
    """Return a name without case, accents, spaces and punctuation: for the second tag alone."""
    bare = name.lower() if name.isascii() else _without_points(name)
    if bare.isascii():
        joined = bare.replace(" ", "")
        return joined if joined.isalnum() else "".join(filter(str.isalnum, bare))
    return unicodedata.normalize("NFC", "".join(char for char in bare if unicodedata.category(char)[0] in "LMN"))


def text_refusal(text: str) -> NameRefusal | None:
    """Return why a longer text of several lines cannot be shown beside a name, or None when it can."""
    if any(_has_control(line) for line in text.split("\n")):
        return NameRefusal.CONTROL
    if _has_link(text):
        return NameRefusal.LINK
    return NameRefusal.TOO_MANY_MARKS if _has_tower(text) else None


def _without_points(name: str) -> str:
    """Return a name in lower case, taken apart, without accents and vowel points."""
    apart = unicodedata.normalize("NFKD", name).casefold()
    return unicodedata.normalize("NFKD", apart).translate(_POINTS)


def _has_link(name: str) -> bool:
    # A link needs one of these; most names and many reasons have none.
    if name.isascii() and not any(sign in name for sign in "./@:"):
        return False
    folded = _IDEOGRAPHIC_STOP.sub(".", unicodedata.normalize("NFKC", name))
    return _LINK.search(folded) is not None or any(map(_is_host, _RUN.findall(folded)))


def _is_host(run: str) -> bool:
    """Say whether a run of letters, digits, hyphens and dots is a host's name."""
    *labels, end = run.rstrip(".-").rpartition("..")[2].split(".")
    if not labels or end.lower() not in _ENDINGS or _begins_sentence(end, run):
        return False
    is_long = any(len(one) >= _SHORTEST_LABEL and sum(map(str.isalpha, one)) > 1 for one in labels)
    is_written_so = len(labels) == 1 and _ALL_GENDERS.fullmatch(f"{labels[0]}.{end}")
    return is_long and not is_written_so and not all(map(_ABBREVIATION.fullmatch, labels))


def _begins_sentence(end: str, run: str) -> bool:
    """Say whether what stands behind the last dot of `run` is rather a sentence's first word.

    Of the long endings half are words (live, here, now), so the capital decides: "at the square.Live music".
    """
    if len(end) == _COUNTRY_CHARS:
        return end in _WORDS
    if _ARABIC_COUNTRY.fullmatch(end):
        return True
    return end != end.lower() and not run.isupper()


def _has_control(name: str) -> bool:
    """Say whether a name holds what no one sees: controls, overrides of direction, zero widths, surrogates, fillers."""
    if not _UNSEEN.isdisjoint(name):
        return True
    return not name.isprintable() and any(_is_control(name, place, char) for place, char in enumerate(name))


def _is_control(name: str, place: int, char: str) -> bool:
    if char.isprintable():
        return False
    if char in _JOINERS:
        return not (_takes_joiner(name[place - 1 : place]) and _takes_joiner(name[place + 1 : place + 2]))
    if char in _ORDER_MARKS:
        return False
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def _takes_joiner(neighbour: str) -> bool:
    return neighbour != "" and not neighbour.isascii() and unicodedata.category(neighbour)[0] in "LMS"


def _has_tower(name: str) -> bool:
    if name.isascii():
        return False
    marks = 0
    for char in unicodedata.normalize("NFD", name):
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > _MAX_MARKS_IN_A_ROW:
            return True
    return False


# Cheapest first; the length comes before everything that reads each character.
_RULES: Final[tuple[tuple[NameRefusal, Callable[[str], bool]], ...]] = (
    (NameRefusal.EMPTY, lambda name: not name),
    (NameRefusal.TOO_LONG, lambda name: len(name) > MAX_CHARS),
    (NameRefusal.CONTROL, _has_control),
    (NameRefusal.FORMULA, lambda name: name.startswith(_FORMULA_STARTS)),
    (NameRefusal.LINK, _has_link),
    (NameRefusal.NO_LETTER, lambda name: not any(char.isalpha() for char in name)),
    (NameRefusal.TOO_MANY_MARKS, _has_tower),
)
