"""The campaign as a file, the same one that `tocsin campaign export` writes."""

from django.http import HttpRequest, HttpResponse

from tocsin.campaigns.domain import export_campaign
from tocsin.desk.guard import CampaignView
from tocsin.rallies.campaign_file import RALLIES


class ExportView(CampaignView):
    """Says what the file holds and what it does not."""

    place = "export"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the page."""
        return self.page("export.html", {})


class ExportFileView(CampaignView):
    """Hands the file out."""

    place = "export"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Return the campaign file."""
        written = export_campaign(campaign=self.campaign, parts=[RALLIES])
        response = HttpResponse(written, content_type="application/toml; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{self.campaign.slug}.toml"'
        return response
