"""The one base of every view at the desk: who may come in, and what is kept when they may not.

A test walks all desk addresses and fails for a view that does not stand on this base.
"""

import dataclasses
from collections.abc import Callable
from http import HTTPMethod, HTTPStatus
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.generic import View

from tocsin.campaigns.models import Campaign, Member, User
from tocsin.campaigns.states import Role, State

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
    member: Member
    # Who may change something here, beyond being on the team; a page that only shows has none.
    may: ClassVar[Rule | None] = None
    # What the page shows as the place one is at, a name in desk/navigation.py.
    place: ClassVar[str] = ""

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let the campaign's team in; for everybody else there is no such page."""
        self.member = _membership(self.user, kwargs.pop("slug"))
        self.campaign = self.member.campaign
        if request.method == HTTPMethod.POST and not self.is_allowed():
            return self.page("refused.html", {}, status=HTTPStatus.FORBIDDEN)
        return super().answer(request, *args, **kwargs)

    def is_allowed(self) -> bool:
        """Say whether this member may do what the page is for."""
        rule = type(self).may
        return rule is None or rule(self.user, self.campaign)

    def frame(self) -> dict[str, Any]:
        """Return the campaign, and what this member may do with it."""
        return {
            "campaign": self.campaign,
            "title": in_first_language(self.campaign),
            "place": self.place,
            "is_allowed": self.is_allowed(),
            "is_owner": self.member.role == Role.OWNER,
            "is_draft": self.campaign.state == State.DRAFT,
            "is_open": self.campaign.state == State.OPEN,
            "is_closed": self.campaign.state == State.CLOSED,
        }


def _membership(user: User, slug: str) -> Member:
    # 404 for a campaign that is not there and for one of another team alike: its name is nobody's business.
    try:
        return Member.objects.select_related("campaign").get(user=user, campaign__slug=slug)
    except Member.DoesNotExist as error:
        raise Http404 from error


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
    is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    fields = kept_fields(request) if is_ours else []
    response = render(request, "desk/stale_form.html", {"fields": fields}, status=HTTPStatus.FORBIDDEN)
    response.headers["Cache-Control"] = "no-store"
    return response


def see_other(address: str) -> HttpResponseRedirect:
    """Return a redirect that is always followed with GET (RFC 9110, section 15.4.4)."""
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
