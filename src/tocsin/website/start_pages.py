"""The server's own pages: open campaigns, and what it promises."""

from collections.abc import Sequence

from django.conf import settings

from tocsin.campaigns import queries
from tocsin.campaigns.models import Campaign
from tocsin.website.slots import render


def start_page(campaigns: Sequence[Campaign]) -> str:
    """Return the open campaigns, each under its title in its own first language."""
    shown = [(one, queries.in_language(one.title, one.languages[0], one)) for one in campaigns]
    language = settings.LANGUAGE_CODE
    return render("website/start.html", {"campaigns": shown, "language": language}, language=language)


def trust_page(language: str) -> str:
    """Return both halves of our claims: what we promise, and what we do not."""
    context = {"language": language, "languages": [code for code, _ in settings.LANGUAGES]}
    return render("website/trust.html", context, language=language)
