"""The page on which a receipt withdraws a signature that the database has lost."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tocsin.signing.domain import ByReceipt
from tocsin.website.slots import render

# Which field a problem is about, and what to say there.
PROBLEMS = {
    ByReceipt.RECEIPT_UNREADABLE: (
        "receipt",
        _("This is not a whole receipt: open the file as text, and copy all of it, from its first line to its last."),
    ),
    ByReceipt.OTHER_LOG: ("receipt", _("This receipt is from another server's log: go to that server.")),
    ByReceipt.LINK_UNREADABLE: (
        "link",
        _("Give the link from the mail that asked you to confirm. It has /c/ in it, and is long."),
    ),
    ByReceipt.ADDRESS_UNREADABLE: (
        "email",
        _("This does not look like an e-mail address. It needs the form name@example.org."),
    ),
    ByReceipt.DO_NOT_MATCH: (
        "receipt",
        _(
            "Receipt, link and address do not belong to one signature in this log. Is the address spelled as you"
            " typed it when you signed? Are receipt and link of the same signature?"
        ),
    ),
}


def withdraw_page(language: str, *, outcome: ByReceipt | None = None, values: Mapping[str, str] | None = None) -> str:
    """Return the form, filled in again with what is wrong about it, or the page that says it is done."""
    field, words = PROBLEMS.get(outcome, ("", "")) if outcome else ("", "")
    context = {
        "language": language,
        "languages": [code for code, _ in settings.LANGUAGES],
        "values": values or {},
        "wrong_field": field,
        "wrong": words,
        "is_done": outcome is ByReceipt.WITHDRAWN,
        "is_already": outcome is ByReceipt.ALREADY,
    }
    return render("website/withdraw.html", context, language=language)
