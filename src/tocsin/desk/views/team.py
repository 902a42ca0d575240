"""Who is on the campaign's team, and who is invited."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from tocsin.campaigns import domain, rules
from tocsin.campaigns.models import Invitation, Member, User
from tocsin.campaigns.queries import open_invitations
from tocsin.campaigns.refusals import RefusedError
from tocsin.campaigns.states import Role
from tocsin.desk.forms.acts import InviteForm
from tocsin.desk.guard import CampaignView
from tocsin.desk.invitations import send_invitation

_LEFT = "desk-left"  # who was taken off last, for one step back


class TeamView(CampaignView):
    """Lists the team, and invites to it."""

    place = "team"
    may = rules.can_change_team

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the team and who is invited; somebody just taken off can be put back with one press."""
        return self._page(InviteForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Invite an address; the answer is the same whether or not somebody has an account under it."""
        form = InviteForm(request.POST)
        if form.is_valid():
            email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
            try:
                send_invitation(
                    campaign=self.campaign, email=email, role=role, invited_by=self.user, now=timezone.now()
                )
            except RefusedError as error:
                form.refuse(error.refused)
            else:
                self.say(_("An invitation to %(email)s is on its way.") % {"email": email})
                return self.to("team")
        return self._page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _page(self, form: InviteForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
        members = Member.objects.filter(campaign=self.campaign).select_related("user").order_by("-role", "user__email")
        left = self.request.session.get(_LEFT)
        facts = {
            "form": form,
            "members": members,
            "invited": open_invitations(self.campaign, timezone.now()),
            "left": left["email"] if left and left["campaign"] == self.campaign.pk else "",
        }
        return self.page("team.html", facts, status=status)


class MemberView(CampaignView):
    """What owners do to one member of the team."""

    place = "team"
    may = rules.can_change_team

    def member(self, number: int) -> Member:
        """Return somebody of this team; of another one there is nobody."""
        found = Member.objects.filter(campaign=self.campaign, pk=number).select_related("user").first()
        if found is None:
            raise Http404
        return found


class PartView(MemberView):
    """Gives somebody of the team the other part."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Do it; the last owner stays one."""
        member, role = self.member(number), request.POST.get("role", "")
        if role in Role.values:
            try:
                domain.add_member(campaign=self.campaign, user=member.user, role=Role(role))
            except RefusedError as error:
                self.warn(" ".join(one.mend for one in error.refused))
            else:
                words = _("%(email)s is an owner now.") if role == Role.OWNER else _("%(email)s is an editor now.")
                self.say(words % {"email": member.user.email})
        return self.to("team")


class LeaveView(MemberView):
    """Takes somebody off the team; they can be put back at once."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Take them off."""
        member = self.member(number)
        try:
            domain.remove_member(campaign=self.campaign, user=member.user)
        except RefusedError as error:
            self.warn(" ".join(one.mend for one in error.refused))
        else:
            left = {"campaign": self.campaign.pk, "user": member.user.pk, "email": member.user.email}
            request.session[_LEFT] = {**left, "role": member.role}
            self.say(_("%(email)s is off the team.") % {"email": member.user.email})
        return self.to("team")


class BackView(CampaignView):
    """One step back: puts whoever this owner took off last on the team again."""

    place = "team"
    may = rules.can_change_team

    def post(self, request: HttpRequest) -> HttpResponse:
        """Put them back, with the part they had."""
        left = request.session.get(_LEFT)
        if left and left["campaign"] == self.campaign.pk:
            del request.session[_LEFT]
            user = User.objects.filter(pk=left["user"]).exclude(memberships__campaign=self.campaign).first()
            if user is not None:
                domain.add_member(campaign=self.campaign, user=user, role=Role(left["role"]))
                self.say(_("%(email)s is on the team again.") % {"email": user.email})
        return self.to("team")


class InvitedView(CampaignView):
    """One invitation that waits: sent again, or taken back."""

    place = "team"
    may = rules.can_change_team

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Do what was asked."""
        found = Invitation.objects.filter(campaign=self.campaign, pk=number).first()
        if found is None:
            raise Http404
        if request.POST.get("act") == "again":
            self._again(found)
        elif request.POST.get("act") == "revoke":
            domain.revoke_invitation(campaign=self.campaign, number=number)
            self.say(_("The invitation to %(email)s is taken back: its link works no more.") % {"email": found.email})
        return self.to("team")

    def _again(self, found: Invitation) -> None:
        role, now = Role(found.role), timezone.now()
        try:
            send_invitation(campaign=self.campaign, email=found.email, role=role, invited_by=self.user, now=now)
        except RefusedError as error:
            self.warn(" ".join(one.mend for one in error.refused))
        else:
            self.say(_("An invitation to %(email)s is on its way.") % {"email": found.email})
