"""The server's own pages: open campaigns, and what it promises."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings

from tocsin.campaigns.languages import spoken
from tocsin.campaigns.models import Campaign
from tocsin.vault.sealed import Mode, mode_of
from tocsin.website.poster import poster_of
from tocsin.website.slots import render


def start_page(campaigns: Sequence[Campaign], *, now: datetime) -> str:
    """Return the open campaigns as posters, each in its own first language."""
    bills = [poster_of(one, one.languages[0], now=now) for one in campaigns]
    language = settings.LANGUAGE_CODE
    return render("website/start.html", {"bills": bills, "language": language}, language=language)


def trust_page(language: str) -> str:
    """Return both halves of our claims: what we promise, and what we do not."""
    context = {
        "language": language,
        "languages": [code for code, _ in settings.LANGUAGES],
        "checker": f"/verify/#{spoken(language)}",
        # How the server really runs, not how somebody meant it to.
        "is_sealed": mode_of(Path(settings.KEYS_DIR)) is Mode.SEALED,
    }
    return render("website/trust.html", context, language=language)
