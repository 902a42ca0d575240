"""The languages that a visitor's browser asks for, where an address names none.

Only for answers that nobody keeps: a page that may be kept is in the language of its address
(website.language). A mail's link names no language, and once its signature is gone nothing else does.
"""

from collections.abc import Container, Mapping, Sequence

from django.conf import settings
from django.utils.translation.trans_real import parse_accept_lang_header

_LONGEST = 200


def wishes(headers: Mapping[str, str]) -> Sequence[str]:
    """Return the languages of Accept-Language, the dearest first (RFC 9110, section 12.5.4); none if it is odd.

    >>> wishes({"accept-language": "ar-EG,ar;q=0.9,en;q=0.5"})
    ['ar-eg', 'ar', 'en']
    """
    line = headers.get("accept-language", "")
    if not line or len(line) > _LONGEST:
        return []
    return [code for code, weight in parse_accept_lang_header(line.lower()) if weight > 0]


def first_of(wished: Sequence[str], offered: Container[str]) -> str | None:
    """Return the first of the languages `wished` for that is `offered`; "ar-eg" is content with "ar"."""
    for code in wished:
        for known in (code, code.partition("-")[0]):
            if known in offered:
                return known
    return None


def spoken_to(headers: Mapping[str, str]) -> str:
    """Return the language for a page without a campaign: one that this program speaks."""
    return of_ours(wishes(headers))


def of_ours(wished: Sequence[str]) -> str:
    """Return the first of the languages `wished` for that this program speaks, or its own."""
    return first_of(wished, {code for code, _name in settings.LANGUAGES}) or settings.LANGUAGE_CODE
