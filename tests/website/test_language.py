"""The path says which language a page is in, and nothing else does."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from tocsin.website.language import (
    LanguageFromPathMiddleware,
    direction,
    is_language,
    language_of_path,
    own_name,
)


@pytest.mark.parametrize(
    "path, language",
    [
        ("/ar/night-trains/", "ar"),
        ("/pt-br/night-trains/", "pt-br"),
        ("/", "en"),
        ("/desk/", "en"),
        ("/xx/night-trains/", "en"),
        ("/night-trains/theme.css", "en"),
    ],
)
def test_language_of_path(path: str, language: str) -> None:
    assert language_of_path(path) == language


def test_a_visitor_cannot_invent_languages() -> None:
    assert [code for code in ("en", "ar", "xx", "en-xx", "../en", "") if is_language(code)] == ["en", "ar"]


def test_direction() -> None:
    assert [direction(code) for code in ("en", "ar", "he", "fa", "uk")] == ["ltr", "rtl", "rtl", "rtl", "ltr"]


def test_languages_are_named_in_themselves() -> None:
    assert [own_name(code) for code in ("en", "es", "ar")] == ["English", "español", "العربيّة"]


def test_what_the_browser_prefers_changes_nothing() -> None:
    spoken = []

    def speak(_request: HttpRequest) -> HttpResponse:
        spoken.append(translation.get_language())
        return HttpResponse()

    request = HttpRequest()
    request.path = "/es/night-trains/"
    request.META["HTTP_ACCEPT_LANGUAGE"] = "ar"
    answer = LanguageFromPathMiddleware(speak)(request)
    assert spoken == ["es"]
    assert answer.headers["Content-Language"] == "es"
    assert "Vary" not in answer.headers
