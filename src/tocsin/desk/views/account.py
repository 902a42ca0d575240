"""One's own account: password, second factor, language."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tocsin.desk.guard import DeskView, see_other
from tocsin.desk.language import SESSION_KEY


class AccountView(DeskView):
    """Leads to what can be changed about one's account."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the page."""
        return self.page("account.html", {})


class EmailView(DeskView):
    """Says which address the account has, and who can change it."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the address."""
        return self.page("account_email.html", {})


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the desk's language; open to the signed-out too, who read the sign-in page."""
    code = request.POST.get("language", "")
    if translation.check_for_language(code):
        request.session[SESSION_KEY] = code
    back = request.POST.get("next", "")
    # Only back to a page of ours: an open redirect is how people are led astray (attacks.md, row 69).
    is_ours = back.startswith("/desk/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return see_other(back if is_ours else "/desk/")
