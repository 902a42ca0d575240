"""One step back after a change of settings or organisations."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tocsin.campaigns import domain, rules
from tocsin.campaigns.refusals import RefusedError
from tocsin.desk.guard import CampaignView
from tocsin.desk.undo import forget, undoable


class UndoView(CampaignView):
    """Puts a campaign's details back to what they were before one's own last change."""

    may = rules.can_edit

    def post(self, request: HttpRequest) -> HttpResponse:
        """Put them back, unless somebody else has changed them since."""
        before = undoable(request, self.campaign)
        forget(request)
        if before is None:
            self.warn(_("Nothing to undo: the campaign was changed again since."))
            return self.to("campaign")
        try:
            domain.edit(campaign=self.campaign, details=before)
        except RefusedError as error:
            self.warn(" ".join(one.mend for one in error.refused))
        else:
            self.say(_("Your last change is undone."))
        place = request.POST.get("place", "")
        return self.to(place if place in {"settings", "organisations", "picture"} else "campaign")
