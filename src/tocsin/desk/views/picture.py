"""The campaign's picture."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tocsin.campaigns import domain, rules
from tocsin.campaigns.details import details_of
from tocsin.campaigns.refusals import RefusedError
from tocsin.desk.forms.picture import PictureForm
from tocsin.desk.guard import CampaignView


class PictureView(CampaignView):
    """Changes the picture and what is said about it, or takes it away."""

    place = "picture"
    may = rules.can_edit

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the picture."""
        return self.page("picture.html", {"form": PictureForm(details=details_of(self.campaign))})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store picture and descriptions."""
        if "remove" in request.POST:
            domain.remove_picture(campaign=self.campaign)
            self.say(_("The picture is taken away."))
            return self.to("picture")
        form = PictureForm(request.POST, request.FILES, details=details_of(self.campaign))
        if form.is_valid():
            try:
                # The descriptions first: they are typed, and a picture that is refused must not lose them.
                domain.edit(campaign=self.campaign, details=form.details())
                if form.cleaned_data["picture"]:
                    domain.set_picture(campaign=self.campaign, upload=form.cleaned_data["picture"])
            except RefusedError as error:
                form.refuse(error.refused)
            else:
                self.say(_("Saved."))
                return self.to("picture")
        return self.page("picture.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
