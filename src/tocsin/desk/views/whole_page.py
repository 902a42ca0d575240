"""The whole campaign page as visitors would see it with the draft of the appeal, for the team alone."""

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tocsin.campaigns import queries
from tocsin.campaigns.models import AppealVersion, Campaign
from tocsin.desk.guard import CampaignView


@dataclass(frozen=True, slots=True)
class Notice:
    """What stands on top of a preview, in the language of the desk."""

    name: str
    words: str
    back: str
    address: str
    language: str


class DraftPages(Protocol):
    """What draws a campaign's public page; the website's, which the desk does not know."""

    def page(self, campaign: Campaign, version: AppealVersion, *, language: str, path: str, notice: Notice) -> str:
        """Return the page, from which nobody can sign."""

    def part(self, campaign: Campaign, *, language: str, name: str) -> tuple[str, bytes] | None:
        """Return kind and bytes of what the page asks for below its address, or None."""


class WholePageView(CampaignView):
    """Shows the campaign page with the draft, or, where there is none, with the text that is published."""

    place = "appeal"

    def get(self, request: HttpRequest, language: str) -> HttpResponse:
        """Return the page, marked as a preview."""
        version = queries.draft_version(self.campaign) or queries.current_version(self.campaign)
        if version is None or language not in self.campaign.languages:
            raise Http404
        notice = Notice(
            name=_("Preview"),
            words=_("The page with version %(number)s of the appeal. Only the team sees it, and nobody can sign here.")
            % {"number": version.number},
            back=_("Back to the desk"),
            address=reverse("desk:appeal", args=[self.campaign.slug]),
            language=get_language() or settings.LANGUAGE_CODE,
        )
        page = _pages().page(self.campaign, version, language=language, path=request.path, notice=notice)
        return HttpResponse(page, headers={"Content-Language": language})


class WholePagePartView(CampaignView):
    """Hands out what that page asks for: before opening, its colours and its code lie nowhere else."""

    place = "appeal"

    def get(self, request: HttpRequest, language: str, part: str) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Return it."""
        found = _pages().part(self.campaign, language=language, name=part)
        if found is None or language not in self.campaign.languages:
            raise Http404
        kind, content = found
        return HttpResponse(content, content_type=kind)


def _pages() -> DraftPages:
    return cast("DraftPages", import_module(settings.DRAFT_PAGES))
