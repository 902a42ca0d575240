"""Languages that a campaign can speak: those that Django has a name for."""

from django.conf.locale import LANG_INFO

_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})


def is_known(code: str) -> bool:
    """Say whether `code` is a language a campaign can speak, written as in an address: "en", "pt-br"."""
    return code in LANG_INFO


def language_of_text_direction(code: str) -> str:
    """Return "rtl" or "ltr", which way a text in the language `code` runs."""
    return "rtl" if code.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"
