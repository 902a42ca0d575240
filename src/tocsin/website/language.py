"""Which language a page is in: the path says so, and nothing else does.

No cookie and no Accept-Language: one address is one page, so that any cache can keep it.
"""

from collections.abc import Callable

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from tocsin.campaigns.languages import is_known, language_of_text_direction


def is_language(code: str) -> bool:
    """Say whether `code` names a language that a page can be in."""
    # Only names from Django's list: each one activated stays in memory, so a visitor may not invent any.
    return is_known(code)


def direction(code: str) -> str:
    """Return "rtl" or "ltr", as HTML's `dir` has it."""
    return language_of_text_direction(code)


def own_name(code: str) -> str:
    """Return a language's name in that language, as in "español"."""
    info = LANG_INFO.get(code) or LANG_INFO.get(code.split("-", maxsplit=1)[0]) or {}
    return str(info.get("name_local", code))


def named_language(path: str) -> str | None:
    """Return the language that the path's first part names, if it names one."""
    first = path.lstrip("/").partition("/")[0]
    return first if is_language(first) else None


def language_of_path(path: str) -> str:
    """Return the language that the path's first part names, or the server's own."""
    return named_language(path) or settings.LANGUAGE_CODE


class LanguageFromPathMiddleware:
    """Speaks the language that the path names, for this request only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the path's language."""
        language = language_of_path(request.path)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
