"""The server's own pages: the way in, and what it promises."""

from django.http import HttpRequest, HttpResponse

from tocsin.campaigns import queries
from tocsin.website.answers import FRESH, public
from tocsin.website.clock import clock
from tocsin.website.receipt_pages import withdraw_page
from tocsin.website.start_pages import start_page, trust_page


def start(_request: HttpRequest) -> HttpResponse:
    """Show the open campaigns; with one alone, go straight to it."""
    now = clock()
    found = queries.open_campaigns(now)
    if len(found) == 1:
        [one] = found
        answer = HttpResponse(status=302, headers={"Location": f"/{one.languages[0]}/{one.slug}/"})
        answer["Cache-Control"] = FRESH
        return answer
    return public(start_page(found, now=now))


def trust(_request: HttpRequest, lang: str) -> HttpResponse:
    """Say what this server promises, and what it does not."""
    return public(trust_page(lang))


def withdraw(_request: HttpRequest, lang: str) -> HttpResponse:
    """Ask for receipt, link and address of a signature whose link leads nowhere any more."""
    return public(withdraw_page(lang))
