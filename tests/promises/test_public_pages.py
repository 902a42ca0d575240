"""Public pages set no cookie and call nobody, and every answer carries the strict headers."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Page

from tests.cast import Person
from tests.running.mailbox import Mailbox, link_in
from tests.running.server import SLUG, Server
from tests.running.visitor import Answer, Visitor

# Everything that a browser fetches by itself; `href` of plain links is not among them.
FETCHED = {
    "img": ("src", "srcset"),
    "script": ("src",),
    "link": ("href",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "iframe": ("src",),
    "object": ("data",),
    "embed": ("src",),
    "form": ("action",),
    "input": ("src",),
    "use": ("href",),
}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# One page must still work when it is opened from a disk, so its script and style stand inside it,
# named in the policy by their hashes. Nothing else is allowed it, least of all to ask anybody anything.
CHECKER = "/verify/"
CHECKER_CSP = re.compile(
    r"default-src 'none'; script-src 'sha256-[A-Za-z0-9+/]{43}='; style-src 'sha256-[A-Za-z0-9+/]{43}='; "
    r"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "content-security-policy": CSP,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
FEATURES = ("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics")


class Links(HTMLParser):
    """Collects what a page fetches, what it links to, and what stands inline."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.linked: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.inline += [f"<{tag} {name}>" for name in given if name == "style" or name.startswith("on")]
        # A block of data is no script: a browser does not run it, and the policy has no say in it.
        is_data = given.get("type") == "application/ld+json"
        if tag == "style" or (tag == "script" and "src" not in given and not is_data):
            self.inline.append(f"<{tag}>")
        if tag == "link" and given.get("rel") in {"canonical", "alternate"}:
            return
        for name in FETCHED.get(tag, ()):
            self.fetched += [one.split()[0] for one in given.get(name, "").split(",") if one.strip()]
        if tag == "a":
            self.linked.append(given.get("href", ""))


@pytest.fixture(scope="session")
def site(running_server: Server) -> dict[str, Answer]:
    """Return every public page, picture, style and script that can be reached, by path."""
    visitor = Visitor(running_server)
    seen: dict[str, Answer] = {}
    waiting = [
        "/",
        f"/en/{SLUG}/",
        f"/{SLUG}/count.json",
        f"/{SLUG}/challenge",
        "/en/trust/",
        "/nowhere/",
        "/en/nobody/",
    ]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen[path] = visitor.get(path)
        waiting += [one for one in _leads_to(path, seen[path], running_server.url) if one not in seen]
    return seen


def _leads_to(path: str, answer: Answer, base: str) -> Iterator[str]:
    kind = answer.header("content-type") or ""
    found: list[str] = [answer.header("location") or ""]
    if kind.startswith("text/html"):
        links = Links()
        links.feed(answer.text)
        found += links.fetched + links.linked
    elif kind.startswith("text/css"):
        found += re.findall(r"url\([\"']?([^)\"']+)", answer.text)
    for one in filter(None, found):
        parts = urlsplit(urljoin(f"{base}{path}", one))
        if f"{parts.scheme}://{parts.netloc}" == base and not parts.path.endswith("/sign"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def test_the_walk_reached_the_whole_site(site: dict[str, Answer]) -> None:
    for path in (
        "/es/night-trains/",
        "/ar/night-trains/",
        "/en/night-trains/signatures/",
        "/en/night-trains/organisations/",
        "/en/night-trains/privacy/",
        "/en/night-trains/appeal/",
        "/en/trust/",
        "/en/night-trains/qr.svg",
    ):
        assert site[path].status == HTTPStatus.OK, path
    assert len(site) > 40


def test_no_public_answer_sets_a_cookie(site: dict[str, Answer]) -> None:
    assert [path for path, answer in site.items() if answer.header("set-cookie")] == []


def test_no_public_page_fetches_from_another_host(site: dict[str, Answer], running_server: Server) -> None:
    host = urlsplit(running_server.url).netloc
    foreign = []
    for path, answer in site.items():
        kind = answer.header("content-type") or ""
        fetched = []
        if kind.startswith("text/html"):
            links = Links()
            links.feed(answer.text)
            fetched = links.fetched
        elif kind.startswith("text/css"):
            fetched = re.findall(r"url\([\"']?([^)\"']+)|@import\s+[\"']([^\"']+)", answer.text)
            fetched = [one for pair in fetched for one in pair if one]
        foreign += [f"{path}: {one}" for one in fetched if urlsplit(urljoin(running_server.url, one)).netloc != host]
    assert [one for one in foreign if not one.split(": ")[1].startswith("data:")] == []


def test_nothing_stands_inline_in_a_page(site: dict[str, Answer]) -> None:
    inline = {}
    for path, answer in site.items():
        if (answer.header("content-type") or "").startswith("text/html"):
            links = Links()
            links.feed(answer.text)
            inline[path] = links.inline
    assert {path: found for path, found in inline.items() if found} == {CHECKER: ["<style>", "<script>"]}


def flaws(answer: Answer, referrer: str = "no-referrer") -> list[str]:
    """Return which of the strict headers an answer lacks."""
    missing = [name for name, value in ALWAYS.items() if answer.header(name) != value]
    missing += [f"referrer-policy {referrer}"] if answer.header("referrer-policy") != referrer else []
    policy = answer.header("permissions-policy") or ""
    return missing + [feature for feature in FEATURES if f"{feature}=()" not in policy]


def test_every_public_answer_has_the_strict_headers(site: dict[str, Answer]) -> None:
    assert {path: flaws(answer) for path, answer in site.items() if flaws(answer)} == {
        CHECKER: ["content-security-policy"],
        "/tally/checkpoint": ["cross-origin-resource-policy"],  # the log's files may be read from anywhere
    }


def test_the_offline_checker_may_ask_nobody_anything(site: dict[str, Answer]) -> None:
    policy = site[CHECKER].header("content-security-policy") or ""
    assert CHECKER_CSP.fullmatch(policy)
    # Saved to a disk the page has no headers left: the same stands in it.
    assert policy.removesuffix("; frame-ancestors 'none'") in site[CHECKER].text


@pytest.mark.parametrize(
    "method, path, status",
    [
        ("GET", "/en/night-trains/sign", 405),
        ("DELETE", "/en/night-trains/", 405),
        ("POST", "/en/night-trains/", 405),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/%00", 400),
        ("GET", "/en/../../etc/passwd", 404),
        ("GET", "/xx/night-trains/", 404),
        ("POST", "/en/nobody/sign", 404),
        ("OPTIONS", "/en/night-trains/", 405),
    ],
)
def test_an_error_has_the_strict_headers_too(visitor: Visitor, method: str, path: str, status: int) -> None:
    answer = visitor.ask(method, path, {"name": "Maya"} if method == "POST" else None)
    assert (answer.status, flaws(answer), answer.header("set-cookie")) == (status, [], None)


def test_a_body_that_is_too_large_is_refused_with_them(visitor: Visitor) -> None:
    answer = visitor.ask("POST", "/en/night-trains/sign", {"name": "x" * 100_000})
    assert (answer.status, flaws(answer)) == (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, [])


def test_an_unknown_host_is_refused(visitor: Visitor) -> None:
    answer = visitor.get("/en/night-trains/", Host="evil.example")
    assert (answer.status, flaws(answer)) == (HTTPStatus.BAD_REQUEST, [])


def test_pages_behind_a_token_are_kept_by_nobody(
    visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person]
) -> None:
    maya = newcomer()
    visitor.sign(maya)
    mail = mailbox.wait_for(maya.address)
    confirm, manage = link_in(mail, "c"), link_in(mail, "m")
    answers = {
        "confirm": visitor.get(confirm),
        "unticked": visitor.ask("POST", confirm, {}),
        "manage": visitor.get(manage),
        "unsure": visitor.ask("POST", f"{manage}/withdraw", {}),
        "mine": visitor.ask("POST", f"{manage}/mine", {}),
        "confirmed": visitor.ask("POST", confirm, {"consent": "yes"}),
        "already": visitor.get(confirm),
        "unknown": visitor.get(f"/c/{'A' * 43}"),
    }
    assert {
        name: (answer.header("cache-control"), flaws(answer, "strict-origin"), answer.header("set-cookie"))
        for name, answer in answers.items()
    } == dict.fromkeys(answers, ("no-store", [], None))


def test_pages_vary_by_encoding_only(site: dict[str, Answer]) -> None:
    varying = {path: answer.header("vary") or "" for path, answer in site.items()}
    assert {path: vary for path, vary in varying.items() if vary.lower() not in {"", "accept-encoding"}} == {}


def test_the_desk_is_closed_to_strangers_and_to_caches(visitor: Visitor) -> None:
    answer = visitor.get("/desk/")
    assert answer.status == HTTPStatus.FOUND
    login = visitor.get(answer.header("location") or "")
    assert login.status == HTTPStatus.OK
    assert (flaws(login, "same-origin"), "no-store" in (login.header("cache-control") or "")) == ([], True)


@pytest.mark.browser
def test_a_browser_reports_no_breach_of_the_policy(open_page: Callable[..., Page], site: dict[str, Answer]) -> None:
    page = open_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    for path, answer in site.items():
        if answer.status == HTTPStatus.OK and (answer.header("content-type") or "").startswith("text/html"):
            page.goto(path, wait_until="load")
    assert said == []
    assert page.context.cookies() == []
