"""Strikes: what was removed and why, and what waits for a second person to agree."""

from datetime import timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.campaigns import rules
from tocsin.campaigns.refusals import Refusal, Refused, RefusedError
from tocsin.desk.guard import CampaignView
from tocsin.signing import domain
from tocsin.signing.models import Strike
from tocsin.signing.queries import open_proposals, still_there
from tocsin.signing.states import PROPOSAL_DAYS

_SHOWN = 100


class StrikesView(CampaignView):
    """Lists proposed strikes and those that were carried out."""

    place = "strikes"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show both lists; who asked and agreed is for the team only."""
        done = Strike.objects.filter(campaign=self.campaign).select_related("asked_by", "agreed_by")
        proposals = open_proposals(self.campaign.pk, timezone.now()).select_related("asked_by")
        return self.page("strikes.html", {"proposals": proposals, "strikes": done.order_by("-pk")[:_SHOWN]})


class ProposalView(CampaignView):
    """One proposed strike: a second person agrees, or it is dropped."""

    place = "strikes"
    may = rules.can_moderate

    def get(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show what would be struck, and what has changed since it was proposed."""
        return self._show(number)

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Agree, or drop it."""
        if request.POST.get("act") == "drop":
            if domain.drop_proposal(campaign=self.campaign, proposal=number):
                self.say(_("The proposal is dropped. Nothing was struck."))
            return self.to("strikes")
        if request.POST.get("act") != "agree":
            return self._show(number, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            done = domain.agree_to_strike(
                campaign=self.campaign, proposal=number, agreed_by=self.user, now=timezone.now()
            )
        except RefusedError as error:
            self.warn(" ".join(one.mend for one in error.refused))
            return self.to("strikes")
        if done.struck:
            said = ngettext("%(n)s signature was struck.", "%(n)s signatures were struck.", done.struck)
            self.say(said % {"n": done.struck})
        else:
            self.warn(_("Nothing was left to strike: the proposal is closed."))
        if done.gone_before:
            self.warn(_changed(done.gone_before))
        return self.to("strikes")

    def _show(self, number: int, *, status: int = HTTPStatus.OK) -> HttpResponse:
        """Return the proposal's page; of one that is gone, lead to the list, where what came of it stands."""
        rows = open_proposals(self.campaign.pk, timezone.now()).select_related("asked_by")
        proposal = rows.filter(pk=number).first()
        if proposal is None:
            self.warn(Refused("proposal", Refusal.PROPOSAL_GONE).mend)
            return self.to("strikes")
        here = still_there(proposal)
        facts = {
            "proposal": proposal,
            "here": here,
            "changed": _changed(proposal.number - here) if proposal.number > here else "",
            "is_own": proposal.asked_by_id == self.user.pk,
            "until": proposal.proposed_at + timedelta(days=PROPOSAL_DAYS),
        }
        return self.page("proposal.html", facts, status=status)


def _changed(number: int) -> str:
    said = ngettext(
        "%(n)s has changed since: it was withdrawn, released or struck, and is left alone.",
        "%(n)s have changed since: they were withdrawn, released or struck, and are left alone.",
        number,
    )
    return said % {"n": number}
