"""Every version of the appeal and of the privacy text at its own address."""

from django.http import Http404, HttpRequest, HttpResponse

from tocsin.campaigns import queries
from tocsin.campaigns.texts import whole
from tocsin.website import text_pages
from tocsin.website.answers import SETTLED, public
from tocsin.website.found import campaign_in


def appeal_versions(_request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """List the versions of the appeal."""
    found = campaign_in(lang, slug)
    return public(text_pages.appeal_versions_page(found, lang), campaign=found)


def appeal_version(_request: HttpRequest, lang: str, slug: str, number: int) -> HttpResponse:
    """Show one version of the appeal and what changed in it."""
    found = campaign_in(lang, slug)
    version = queries.version_numbered(found, number)
    if version is None:
        raise Http404
    return public(text_pages.appeal_version_page(version, lang), campaign=found, cache=SETTLED)


def appeal_source(_request: HttpRequest, lang: str, slug: str, number: int) -> HttpResponse:
    """Give one version's text byte for byte as it is signed and hashed: title, an empty line, Markdown source."""
    found = campaign_in(lang, slug)
    version = queries.version_numbered(found, number)
    text = queries.text_in(version, lang) if version is not None else None
    if text is None:
        raise Http404
    answer = public(whole(text.title, text.source), campaign=found, kind="text/plain; charset=utf-8", cache=SETTLED)
    answer["Content-Disposition"] = f'attachment; filename="{slug}-{number}-{text.language}.txt"'
    return answer


def privacy(_request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Show the privacy text that consent is given to now."""
    found = campaign_in(lang, slug)
    version = queries.current_privacy(found)
    if version is None:
        raise Http404
    return public(text_pages.privacy_page(version, lang), campaign=found)


def privacy_version(_request: HttpRequest, lang: str, slug: str, number: int) -> HttpResponse:
    """Show one version of the privacy text."""
    found = campaign_in(lang, slug)
    version = next((one for one in queries.privacy_versions(found) if one.number == number), None)
    if version is None:
        raise Http404
    return public(text_pages.privacy_page(version, lang), campaign=found)
