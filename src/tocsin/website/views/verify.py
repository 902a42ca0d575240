"""The offline checker of receipts, as this server hands it out."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tocsin.website.answers import public
from tocsin.website.log import vkeys
from tocsin.website.verify import checker


def verify(_request: HttpRequest) -> HttpResponse:
    """Hand out the checker with this log's key in it, under a policy that lets it ask nobody anything."""
    made = checker(origin=settings.LOG_ORIGIN, vkeys=vkeys())
    answer = public(made.html)
    answer["Content-Security-Policy"] = made.policy
    return answer
