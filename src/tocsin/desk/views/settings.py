"""A campaign's settings, and the organisations behind it."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tocsin.campaigns import domain, rules
from tocsin.campaigns.details import details_of
from tocsin.campaigns.refusals import RefusedError
from tocsin.desk.forms.details import SettingsForm
from tocsin.desk.forms.organisations import OrganisationsForm
from tocsin.desk.guard import CampaignView
from tocsin.desk.undo import remember


class SettingsView(CampaignView):
    """Changes everything but texts, picture and organisations."""

    place = "settings"
    may = rules.can_edit

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the settings."""
        return self.page("settings.html", {"form": self._form()})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store them."""
        form = self._form(data=request.POST)
        if form.is_valid() and _edited(self, form):
            self.say(_("Saved."))
            return self.to("settings")
        return self.page("settings.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _form(self, **given: object) -> SettingsForm:
        frozen = domain.is_slug_frozen(self.campaign)
        return SettingsForm(details=details_of(self.campaign), is_slug_frozen=frozen, **given)


class OrganisationsView(CampaignView):
    """Changes who is behind the campaign."""

    place = "organisations"
    may = rules.can_edit

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the rows."""
        return self.page("organisations.html", {"form": OrganisationsForm(details=details_of(self.campaign))})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store them."""
        form = OrganisationsForm(details=details_of(self.campaign), data=request.POST)
        if form.is_valid() and _edited(self, form):
            self.say(_("Saved."))
            return self.to("organisations")
        return self.page("organisations.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _edited(view: CampaignView, form: SettingsForm | OrganisationsForm) -> bool:
    """Store what the form says; False leaves the refusals beside their fields."""
    before = details_of(view.campaign)
    try:
        domain.edit(campaign=view.campaign, details=form.details())
    except RefusedError as error:
        form.refuse(error.refused)
        return False
    remember(view.request, view.campaign, before)
    return True
