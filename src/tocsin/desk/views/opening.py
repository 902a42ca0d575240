"""Open a campaign to the public, and close it."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from tocsin.campaigns import domain, rules
from tocsin.campaigns.refusals import RefusedError
from tocsin.desk.checklist import is_ready, steps
from tocsin.desk.forms.acts import CloseForm
from tocsin.desk.forms.key import KeepForm
from tocsin.desk.guard import CampaignView
from tocsin.signing.domain import forget_tags
from tocsin.signing.queries import last_retention


class OpeningView(CampaignView):
    """Shows what is missing, and opens the campaign when nothing is."""

    place = "opening"
    may = rules.can_open

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the checklist."""
        return self._page(CloseForm(user=self.user, slug=self.campaign.slug))

    def post(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Open the campaign."""
        try:
            domain.open_campaign(campaign=self.campaign, now=timezone.now())
        except RefusedError as error:
            for one in error.refused:
                self.warn(one.mend)
        else:
            self.say(_("The campaign is open. Sign it once yourself to see that mail arrives."))
        return self.to("opening")

    def _page(self, form: CloseForm, *, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
        facts = {
            "form": form,
            "steps": steps(self.campaign),
            "is_ready": is_ready(self.campaign),
            "keep": KeepForm(initial={"keep_until": self.campaign.keep_until}),
            "tidied": last_retention(),
            **more,
        }
        return self.page("opening.html", facts, status=status)


class CloseView(OpeningView):
    """Closes the campaign for good, once its address was typed."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Lead to the page that has the form."""
        return self.to("opening")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Close the campaign."""
        form = CloseForm(request.POST, user=self.user, slug=self.campaign.slug)
        if not form.is_valid():
            return self._page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        if domain.close_campaign(campaign=self.campaign, now=timezone.now(), forget_tags=forget_tags):
            self.say(_("The campaign is closed. Its number and its pages stay; nobody can sign any more."))
        else:
            self.warn(_("The campaign was not open."))
        return self.to("opening")


class KeepView(OpeningView):
    """Chooses the day on which what people signed with is erased."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Lead to the page that has the form."""
        return self.to("opening")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Note the day; a day in the past, or many years ahead, is refused."""
        form, today = KeepForm(request.POST), timezone.now().date()
        if form.is_valid() and not domain.keep_until(
            campaign=self.campaign, day=form.cleaned_data["keep_until"], today=today
        ):
            form.add_error("keep_until", _("Choose a day from today on, within five years."))
        if form.errors:
            closing = CloseForm(user=self.user, slug=self.campaign.slug)
            return self._page(closing, status=HTTPStatus.UNPROCESSABLE_ENTITY, keep=form)
        self.say(_("What is sealed is erased after that day."))
        return self.to("opening")
