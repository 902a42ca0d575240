"""The hosts whom the team trusts: since when, by whom, and a button that takes it back."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tocsin.desk.forms.rally_acts import read_numbers
from tocsin.desk.guard import CampaignView
from tocsin.rallies import rules
from tocsin.rallies.domain.trust import take_trust_back
from tocsin.rallies.queries.trusted import trusted_hosts
from tocsin.rallies.wording import place_in, title_in


class TrustedHostsView(CampaignView):
    """Lists them by their rallies: who they are lies sealed, for the desk as well."""

    place = "trusted-hosts"
    may = rules.can_look_after

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show them, the newest first."""
        language = get_language() or "en"
        rows = [
            (
                one,
                [
                    (rally.pk, title_in(rally, language, self.campaign), place_in(rally, None, language))
                    for rally in one.rallies
                ],
            )
            for one in trusted_hosts(self.campaign)
        ]
        return self.page("trusted_hosts.html", {"rows": rows})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take trust back."""
        number = next(iter(read_numbers(request.POST.get("trusted", ""))), 0)
        if take_trust_back(campaign=self.campaign, trusted=number):
            self.say(_("What this host announces waits for you again. What is public stays so."))
        else:
            self.warn(_("Nothing was changed: this host is not trusted any more."))
        return self.to("trusted-hosts")
