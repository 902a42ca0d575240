"""Who is on the campaign's team."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tocsin.campaigns import domain, rules
from tocsin.campaigns.models import Member
from tocsin.campaigns.refusals import RefusedError
from tocsin.campaigns.states import Role
from tocsin.desk.forms.acts import MemberForm
from tocsin.desk.guard import CampaignView

_LEFT = "desk-left"  # who was taken off last, for one step back


class TeamView(CampaignView):
    """Lists the team, and adds to it."""

    place = "team"
    may = rules.can_change_team

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the team; somebody just taken off stands in the form, to be put back with one press."""
        left = request.session.pop(_LEFT, None)
        is_here = left is not None and left["campaign"] == self.campaign.pk
        return self._page(MemberForm(initial={"email": left["email"], "role": left["role"]} if is_here else {}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Add somebody, or give them another part."""
        form = MemberForm(request.POST)
        if form.is_valid():
            user, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
            try:
                domain.add_member(campaign=self.campaign, user=user, role=role)
            except RefusedError as error:
                form.add_error("role", " ".join(one.mend for one in error.refused))
            else:
                self.say(_("%(email)s is on the team.") % {"email": user.email})
                return self.to("team")
        return self._page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _page(self, form: MemberForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
        members = Member.objects.filter(campaign=self.campaign).select_related("user").order_by("-role", "user__email")
        return self.page("team.html", {"form": form, "members": members}, status=status)


class LeaveView(CampaignView):
    """Takes somebody off the team; they can be put back at once."""

    place = "team"
    may = rules.can_change_team

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Take them off."""
        member = Member.objects.filter(campaign=self.campaign, pk=number).select_related("user").first()
        if member is None:
            raise Http404
        try:
            domain.remove_member(campaign=self.campaign, user=member.user)
        except RefusedError as error:
            self.warn(" ".join(one.mend for one in error.refused))
        else:
            left = {"campaign": self.campaign.pk, "email": member.user.email, "role": member.role}
            request.session[_LEFT] = left
            self.say(_("%(email)s is off the team.") % {"email": member.user.email})
        return self.to("team")
