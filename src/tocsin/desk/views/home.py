"""The first page after signing in, and a new campaign."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from tocsin.campaigns import domain
from tocsin.campaigns.queries import campaigns_of
from tocsin.campaigns.refusals import RefusedError
from tocsin.desk.forms.details import CreateForm
from tocsin.desk.guard import DeskView, in_first_language, to_campaign
from tocsin.tally.queries import counts


class HomeView(DeskView):
    """Lists the campaigns whose desk one may see."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the page."""
        numbers = counts()
        lines = [
            (campaign, in_first_language(campaign), numbers[campaign.pk].number if campaign.pk in numbers else 0)
            for campaign in campaigns_of(self.user)
        ]
        return self.page("home.html", {"lines": lines})


class CreateView(DeskView):
    """Begins a campaign."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the empty form."""
        return self.page("create.html", {"form": CreateForm(initial={"language": get_language()})})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin the campaign, owned by whoever asked."""
        form = CreateForm(request.POST)
        if form.is_valid():
            try:
                campaign = domain.create(details=form.details(), owner=self.user)
            except RefusedError as error:
                form.refuse(error.refused)
            else:
                return to_campaign(campaign)
        return self.page("create.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
