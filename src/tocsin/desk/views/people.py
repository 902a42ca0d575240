"""Who has an account on this server; for whoever runs it."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tocsin.campaigns.models import User
from tocsin.desk import people
from tocsin.desk.forms.people import AccountForm
from tocsin.desk.guard import DeskView, see_other


class ServerView(DeskView):
    """A page for whoever runs the server; for everybody else there is no such page."""

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let those in who may do anything."""
        if not self.user.is_superuser:
            raise Http404
        return super().answer(request, *args, **kwargs)


class PeopleView(ServerView):
    """Lists the accounts, and makes one."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the accounts."""
        return self._page(AccountForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make an account; the link to its password is mailed, and shown this once."""
        form = AccountForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        email = form.cleaned_data["email"]
        link = people.invite(email=email, language=get_language() or "en")
        return self._page(AccountForm(), link=link, invited=email)

    def _page(self, form: AccountForm, *, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
        accounts = User.objects.order_by("email").prefetch_related("memberships__campaign")
        return self.page("people.html", {"form": form, "accounts": accounts, **more}, status=status)


class SwitchView(ServerView):
    """Switches an account off, or on again."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Do it; nobody locks themselves out."""
        user = User.objects.filter(pk=number).first()
        if user is None:
            raise Http404
        if user.pk == self.user.pk:
            self.warn(_("That is your own account: somebody else has to switch it off."))
        elif "on" in request.POST:
            people.switch_on(user=user)
            self.say(_("%(email)s can sign in again.") % {"email": user.email})
        else:
            people.switch_off(user=user)
            self.say(_("%(email)s is switched off, at once and wherever it was signed in.") % {"email": user.email})
        return see_other(reverse("desk:people"))
