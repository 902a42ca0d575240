"""What we say about each problem of a form: what is wrong, and how to mend it."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tocsin.signing.forms import REASON_LIMIT, Problem

WORDS = {
    Problem.NAME_MISSING: _("Please enter your name."),
    Problem.NAME_NOT_A_NAME: _("Please enter a name without links or special signs, at most 100 characters."),
    Problem.EMAIL_MISSING: _("Please enter your e-mail address: we send you one mail to confirm."),
    Problem.EMAIL_UNREADABLE: _("This does not look like an e-mail address. It needs the form name@example.org."),
    Problem.EMAIL_LIKELY_SLIP: _("Is this address spelled right? Correct it, or say that it is right as it stands."),
    Problem.COUNTRY_MISSING: _("Please choose your country."),
    Problem.COUNTRY_UNKNOWN: _("Please choose a country from the list."),
    Problem.PLACE_MISSING: _("Please enter the place where you live."),
    Problem.PLACE_NOT_A_PLACE: _("Please enter a place without links or special signs, at most 80 characters."),
    Problem.REASON_TOO_LONG: format_lazy(_("Please shorten your reason to {limit} characters."), limit=REASON_LIMIT),
    Problem.REASON_NOT_PLAIN: _("Please leave links and special signs out of your reason."),
}
