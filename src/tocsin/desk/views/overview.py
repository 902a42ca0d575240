"""One campaign at a glance: its number, what is missing, what waits."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tocsin.campaigns.goals import current_goal
from tocsin.campaigns.queries import is_over
from tocsin.desk.checklist import next_step, steps
from tocsin.desk.guard import CampaignView
from tocsin.tally.queries import count_of, log_refusal


class OverviewView(CampaignView):
    """Shows where a campaign stands."""

    place = "campaign"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the page."""
        count, todo = count_of(self.campaign.pk), steps(self.campaign)
        facts = {
            "count": count,
            "log_refusal": log_refusal(),
            "goal": None if is_over(self.campaign, timezone.now()) else current_goal(self.campaign.goals, count.number),
            "steps": todo,
            "first_step": next_step(self.campaign, todo),
        }
        return self.page("campaign.html", facts)
