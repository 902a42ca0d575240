"""The first page after signing in: my campaigns."""

from django.http import HttpRequest, HttpResponse

from tocsin.campaigns.models import Member
from tocsin.desk.guard import DeskView, in_first_language


class HomeView(DeskView):
    """Lists the campaigns whose team one is on."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the page."""
        memberships = Member.objects.filter(user=self.user).select_related("campaign").order_by("-campaign_id")
        campaigns = [(one.campaign, in_first_language(one.campaign)) for one in memberships]
        return self.page("home.html", {"campaigns": campaigns})
