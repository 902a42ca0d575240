"""Open a campaign to the public, and close it."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from tocsin.campaigns import domain, rules
from tocsin.campaigns.refusals import RefusedError
from tocsin.desk.checklist import is_ready, steps
from tocsin.desk.forms.acts import CloseForm
from tocsin.desk.guard import CampaignView
from tocsin.signing.domain import forget_tags


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

    def _page(self, form: CloseForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
        facts = {"form": form, "steps": steps(self.campaign), "is_ready": is_ready(self.campaign)}
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
