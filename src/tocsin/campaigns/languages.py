"""Languages that a campaign can speak: those that Django has a name for."""

from django.conf import settings
from django.conf.locale import LANG_INFO

_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})


def is_known(code: str) -> bool:
    """Say whether `code` is a language a campaign can speak, written as in an address: "en", "pt-br"."""
    return code in LANG_INFO


def spoken(code: str) -> str:
    """Return the language of the program's own words on a page in `code`: English where nobody translated them.

    A campaign may be in any language. Words must be said to be in the language they are in, or a
    screen reader reads English with a Ukrainian voice.
    """
    translated = {known for known, _ in settings.LANGUAGES}
    return code if translated & {code, code.partition("-")[0]} else settings.LANGUAGE_CODE


def language_of_text_direction(code: str) -> str:
    """Return "rtl" or "ltr", which way a text in the language `code` runs."""
    return "rtl" if code.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"
