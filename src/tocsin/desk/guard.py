"""The one base of every view at the desk: who may come in, and what is kept when they may not.

A test walks all desk addresses and fails for a view that does not stand on this base.
"""

import dataclasses
from collections.abc import Callable
from http import HTTPMethod, HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from tocsin.campaigns.key_alarm import key_alarm
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.queries import by_slug
from tocsin.campaigns.rules import can_see
from tocsin.campaigns.states import State
from tocsin.desk.checklist import Step, next_step, steps
from tocsin.desk.navigation import ways_around
from tocsin.desk.undo import undoable
from tocsin.kit.zones import zone_of

Rule = Callable[[User, Campaign], bool]

# A refused form comes back to whoever typed it; these fields never do.
_SECRET_WORDS = ("password", "passphrase", "code", "csrf")


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """One field that was typed into a form which could not be taken."""

    name: str
    value: str


def kept_fields(request: HttpRequest) -> list[Kept]:
    """Return what was typed, but for secrets and files."""
    return [
        Kept(name, value)
        for name, values in request.POST.lists()
        for value in values
        if not any(word in name for word in _SECRET_WORDS)
    ]


class DeskView(View):
    """A page for people with an account."""

    user: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let nobody in who is not signed in; let nothing of the desk lie in a cache."""
        if not isinstance(request.user, User):
            return signed_out(request)
        self.user = request.user
        response = self.answer(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Hand on to the method's own function."""
        return super().dispatch(request, *args, **kwargs)

    def page(self, template: str, context: dict[str, Any], *, status: int = HTTPStatus.OK) -> HttpResponse:
        """Return the page made of `template`."""
        return render(self.request, f"desk/{template}", {**self.frame(), **context}, status=status)

    def frame(self) -> dict[str, Any]:
        """Return what the page's frame needs."""
        return {}

    def say(self, text: str) -> None:
        """Show `text` on the next page."""
        messages.success(self.request, text)

    def warn(self, text: str) -> None:
        """Show `text` on the next page as something that did not go as asked."""
        messages.warning(self.request, text)


class CampaignView(DeskView):
    """A page about one campaign, for its team only."""

    campaign: Campaign
    # Who may send the page's form; a page that only shows has no rule of its own.
    may: ClassVar[Rule | None] = None
    # Where one is, a name in desk/navigation.py.
    place: ClassVar[str] = ""

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let the campaign's team in; for everybody else there is no such page."""
        self.campaign = _campaign_seen_by(self.user, kwargs.pop("slug"))
        # Times on its pages are those of the campaign's own clock.
        with timezone.override(zone_of(self.campaign.timezone)):
            if request.method == HTTPMethod.POST and not self.is_allowed():
                return self.page("refused.html", {}, status=HTTPStatus.FORBIDDEN)
            return super().answer(request, *args, **kwargs)

    def is_allowed(self) -> bool:
        """Say whether this member may do what the page is for."""
        rule = type(self).may
        return rule is None or rule(self.user, self.campaign)

    def frame(self) -> dict[str, Any]:
        """Return the campaign, the ways around it, and whether this member may send the form."""
        ways = ways_around(self.campaign, self.place)
        return {
            "campaign": self.campaign,
            "campaign_title": in_first_language(self.campaign),
            "is_allowed": self.is_allowed(),
            "place": self.place,
            "public_address": f"/{self.campaign.languages[0]}/{self.campaign.slug}/",
            "ways": ways,
            "has_work": any(way.waiting for group in ways for way in group.ways),
            "key_alarm": key_alarm(self.campaign),
            "can_undo": undoable(self.request, self.campaign) is not None,
            "next_step": self._next_step(),
        }

    def _next_step(self) -> Step | None:
        """Return what a draft needs next, for the top of the page; nothing on the page where it is done."""
        if self.campaign.state != State.DRAFT or self.place in {"campaign", "opening"}:
            return None
        step = next_step(self.campaign, steps(self.campaign))
        return None if step.name == self.place else step

    def to(self, name: str, **parts: Any) -> HttpResponseRedirect:
        """Return a redirect to another page of this campaign."""
        return see_other(self.address(name, **parts))

    def address(self, name: str, **parts: Any) -> str:
        """Return the address of another page of this campaign."""
        return reverse(f"desk:{name}", kwargs={"slug": self.campaign.slug, **parts})


def _campaign_seen_by(user: User, slug: str) -> Campaign:
    # 404 for a campaign that is not there and for another team's alike: its name is nobody's business.
    campaign = by_slug(slug)
    if campaign is None or not can_see(user, campaign):
        raise Http404
    return campaign


def in_first_language(campaign: Campaign) -> str:
    """Return the campaign's title in its first language, or its slug."""
    return str(campaign.title.get(campaign.languages[0]) or campaign.slug)


def signed_out(request: HttpRequest) -> HttpResponseBase:
    """Send a reader to sign in; keep a writer's words on a page from which they can be sent again."""
    if request.method in {HTTPMethod.GET, HTTPMethod.HEAD}:
        return redirect_to_login(request.get_full_path())
    response = render(request, "desk/signed_out.html", {"fields": kept_fields(request)}, status=HTTPStatus.UNAUTHORIZED)
    response.headers["Cache-Control"] = "no-store"
    return response


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django's signature
    """Answer a form whose token is old: what was typed comes back with a fresh one.

    Only a page of our own may be asked to send again; a form from elsewhere gets a plain no.
    """
    fields = kept_fields(request) if _is_from_here(request) else []
    response = render(request, "desk/stale_form.html", {"fields": fields}, status=HTTPStatus.FORBIDDEN)
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_from_here(request: HttpRequest) -> bool:
    """Say whether no header tells of another site; browsers before Fetch Metadata tell by Origin alone."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


def to_campaign(campaign: Campaign) -> HttpResponseRedirect:
    """Return a redirect to a campaign's first page."""
    return see_other(reverse("desk:campaign", args=[campaign.slug]))


def see_other(address: str) -> HttpResponseRedirect:
    """Return a redirect that is always followed with GET (RFC 9110, section 15.4.4)."""
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
