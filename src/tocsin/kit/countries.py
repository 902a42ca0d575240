"""Countries: the codes of ISO 3166-1 and their names in a page's language (from Unicode's CLDR)."""

import unicodedata
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError

# The officially assigned codes, and XK, which everybody uses for Kosovo.
_ISO_3166_1 = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ"
    " CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO"
    " FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE"
    " JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO"
    " MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW"
    " PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM"
    " TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
CODES: Final = frozenset(_ISO_3166_1.split())
_FALLBACK = "en"


def is_known(code: str) -> bool:
    """Say whether `code` is a country's two capital letters."""
    return code in CODES


@lru_cache(maxsize=64)
def names(language: str) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of every country, in the order of the names in `language`."""
    known = _locale(language).territories
    spare = _locale(_FALLBACK).territories
    named = [(code, str(known.get(code) or spare[code])) for code in CODES]
    return tuple(sorted(named, key=lambda pair: _sort_key(pair[1])))


def name_of(code: str, language: str) -> str:
    """Return the name of one country in `language`; the code itself if there is no such country."""
    return dict(names(language)).get(code, code)


def _locale(language: str) -> Locale:
    """Return CLDR's data for a language tag, or for the part of it that is known (RFC 4647, section 3.4)."""
    tag = language
    while tag:
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            tag = tag.rpartition("-")[0]
    return Locale.parse(_FALLBACK)


def _sort_key(name: str) -> str:
    """Order without accents, so that Österreich stands beside Oman; the article al- does not count."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char)).casefold()
    return bare.removeprefix("ال")
