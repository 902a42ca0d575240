"""The page behind the link of an invitation: for who has an account and for who has none.

Opening it changes nothing. It is the one page of the desk, beside the sign-in, that is open to
the signed-out: whoever is here has had a mail, and learns of no address but their own.
"""

from http import HTTPMethod, HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from tocsin.campaigns import domain
from tocsin.campaigns.models import Invitation, User
from tocsin.campaigns.queries import has_account, open_invitation
from tocsin.campaigns.refusals import RefusedError
from tocsin.desk.forms.acts import NewAccountForm
from tocsin.desk.guard import in_first_language, to_campaign
from tocsin.seal.tokens import from_text


class InvitationView(View):
    """Shows what one is invited to, and accepts."""

    def dispatch(self, request: HttpRequest, *args: Any, token: str, **kwargs: Any) -> HttpResponse:
        """Find the invitation; used, taken back, too old and invented links all look alike."""
        key = from_text(token)
        invitation = open_invitation(key, timezone.now()) if key is not None else None
        if key is None or invitation is None:
            return self._page(status=HTTPStatus.NOT_FOUND)
        if request.method == HTTPMethod.POST:
            return self._accept(invitation, key)
        if request.method in {HTTPMethod.GET, HTTPMethod.HEAD}:
            return self._page(invitation)
        return self.http_method_not_allowed(request, *args, **kwargs)

    def _accept(self, invitation: Invitation, token: bytes) -> HttpResponse:
        user = self.request.user
        if isinstance(user, User):
            return self._join(invitation, token, user)
        if has_account(invitation.email):
            return self._page(invitation)
        form = NewAccountForm(self.request.POST, email=invitation.email)
        if not form.is_valid():
            return self._page(invitation, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            user = domain.register_invited(token=token, password=form.cleaned_data["password"], now=timezone.now())
        except RefusedError as error:
            return self._refused(error)
        login(self.request, user)  # nobody can have set up a second factor for it yet
        return self._welcome(invitation)

    def _join(self, invitation: Invitation, token: bytes, user: User) -> HttpResponse:
        try:
            domain.accept_invitation(token=token, user=user, now=timezone.now())
        except RefusedError as error:
            return self._refused(error)
        return self._welcome(invitation)

    def _welcome(self, invitation: Invitation) -> HttpResponse:
        title = in_first_language(invitation.campaign)
        messages.success(self.request, _("You are on the team of “%(title)s” now.") % {"title": title})
        return to_campaign(invitation.campaign)

    def _refused(self, error: RefusedError) -> HttpResponse:
        return self._page(refused=[one.mend for one in error.refused], status=HTTPStatus.CONFLICT)

    def _page(
        self, invitation: Invitation | None = None, form: NewAccountForm | None = None, **more: Any
    ) -> HttpResponse:
        status = more.pop("status", HTTPStatus.OK)
        facts = {"invitation": invitation, **more}
        if invitation is not None:
            user = self.request.user
            facts |= {
                "form": form or NewAccountForm(email=invitation.email),
                "title": in_first_language(invitation.campaign),
                "has_account": has_account(invitation.email),
                "is_theirs": isinstance(user, User) and user.email.casefold() == invitation.email.casefold(),
            }
        answer = render(self.request, "desk/invitation.html", facts, status=status)
        answer.headers["Cache-Control"] = "no-store"
        return answer
