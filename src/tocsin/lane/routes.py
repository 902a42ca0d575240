"""Which address leads where: the one table of what the lane answers itself."""

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from tocsin.lane import announce, confirm, headcount, manage, report, report_rally, resend, rsvp, sign
from tocsin.lane.copies import Copy
from tocsin.lane.doors import Door
from tocsin.lane.engine import Engine
from tocsin.lane.http import Request, Response
from tocsin.website.pages import TokenPage
from tocsin.website.rally_filters import NAMES

CampaignPost = Callable[[Engine, Request, str, Door], Awaitable[Response | Copy]]
RallyPost = Callable[[Engine, Request, str, Door, str], Awaitable[Response | Copy]]
TokenOutcome = TokenPage | confirm.Shown | HTTPStatus | Response
TokenPost = Callable[[Engine, Request, bytes], Awaitable[TokenOutcome]]

_LANGUAGE = r"(?P<language>[a-z]{2,3}(?:-[a-z]{2,4})?)"
_SLUG = r"(?P<slug>[a-z0-9][a-z0-9-]{0,59})"
_RALLY = r"(?P<rally>[a-z0-9][a-z0-9-]{0,79})"

CAMPAIGN_PATH = re.compile(rf"/{_LANGUAGE}/{_SLUG}/(?P<verb>sign|lost/|signatures/report|host/(?:lost/)?)")
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
RALLY_PATH = re.compile(rf"/{_LANGUAGE}/{_SLUG}/rallies/{_RALLY}/(?:{_DATE}/)?(?P<verb>count|report|rsvp)")
# Whose form may bring a photo: it may be large, and comes in parts.
PHOTO_PATH = re.compile(rf"/{_LANGUAGE}/{_SLUG}/rallies/{_RALLY}/{_DATE}/count|/h/[\w-]{{43}}/date/[0-9]{{1,18}}/count")
TOKEN_PATH = re.compile(r"/(?P<door>[cm])/(?P<token>[^/]{1,100})(?:/(?P<verb>[a-z-]{1,20}))?")
BY_LINK_PATH = re.compile(r"/[hr]/(?P<token>[\w-]{43})(?:/[a-z0-9./-]{0,100})?", re.ASCII)
RECEIPT_PATH = re.compile(rf"/{_LANGUAGE}/withdraw/")
COUNT_PATH = re.compile(rf"/{_SLUG}/count\.json")
CHALLENGE_PATH = re.compile(rf"/{_SLUG}/challenge")

CAMPAIGN_POSTS: dict[str, CampaignPost] = {
    "sign": sign.sign,
    "lost/": resend.resend,
    "host/": announce.announce,
    "host/lost/": announce.lost_host_link,
    "signatures/report": report.report,
}
RALLY_POSTS: dict[str, RallyPost] = {
    "count": headcount.take_headcount,
    "report": report_rally.report_rally,
    "rsvp": rsvp.take_rsvp,
}
# Of these there is nothing to get; of the others there is a page.
POST_ONLY = frozenset({"sign", "signatures/report"})

TOKEN_POSTS: dict[tuple[str, str | None], TokenPost] = {
    ("c", None): confirm.confirm,
    ("c", "not-me"): lambda engine, _request, token: confirm.disown(engine, token),
    ("m", "name"): manage.name,
    ("m", "stop"): manage.stop,
    ("m", "withdraw"): manage.withdraw,
    ("m", "mine"): manage.mine,
}

# What else there is to get behind a link: the receipt as a file, and whether there is one yet.
RECEIPT, COUNTED = "receipt", "counted"
TOKEN_GETS = frozenset((door, verb) for door in "cm" for verb in (RECEIPT, COUNTED))

# Passed on to Django as they come, cookies and all; nothing of theirs is kept.
PRIVATE = frozenset({"desk", "mailbox"})
# Passed on to Django without cookies: the pages of hosts (/h/) and of those who come (/r/).
BY_LINK = frozenset({"h", "r"})
# No log, no cache, no referrer: the address is the secret.
SECRET = frozenset({"c", "m"}) | BY_LINK

# What a page reads from its query; anything else is dropped, so that it cannot fill the memory.
_QUERY = {
    "rallies": NAMES | {"after", "when"},
    "signatures": frozenset({"after", "reported"}),
    "report": frozenset({"after"}),
    "thanks": frozenset({"for"}),
    "places": frozenset({"q", "country"}),
}
# What some of these can say; the page would be the same for anything else, and kept as often as somebody asks.
_SAID = {"for": "lost", "reported": "yes"}
_RALLY_QUERY = frozenset({"reported"})
_RALLY_PAGE = re.compile(rf"/{_LANGUAGE}/{_SLUG}/rallies/{_RALLY}/(?:[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}/)?")
_LONGEST_QUERY = 200
_LONGER_QUERY = {"rallies": 280}  # every filter at once


def first_part(path: str) -> str:
    """Return what stands before the second slash: "desk" of /desk/campaigns/."""
    return path[1:].partition("/")[0]


def known_query(path: str, query: bytes) -> bytes:
    """Return the part of a query that the page at `path` reads, in one spelling."""
    page = path.rstrip("/").rpartition("/")[2]
    known = _QUERY.get(page, frozenset())
    if _RALLY_PAGE.fullmatch(path):
        known |= _RALLY_QUERY
    if not known or len(query) > _LONGER_QUERY.get(page, _LONGEST_QUERY):
        return b""
    read = {name: value for name, value in parse_qsl(query.decode("latin-1"), errors="replace") if name in known}
    if page == "rallies" and not read.get("region", "").startswith(f"{read.get('country')}-"):
        read.pop("region", None)  # left over from another country: the page is the same without it
    return urlencode(sorted((name, value) for name, value in read.items() if _SAID.get(name, value) == value)).encode()
