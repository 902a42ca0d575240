"""The page /mailbox/ of the demo."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.cli.demo.mailbox import newest_mails

_SHOWN = 50


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show the mails that this demo has sent, newest first."""
    mails = newest_mails(Path(settings.DATA_DIR) / "mailbox", _SHOWN)
    answer = render(request, "demo/mailbox.html", {"mails": mails, "limit": _SHOWN, "language": "en"})
    answer["Cache-Control"] = "no-store"
    return answer
