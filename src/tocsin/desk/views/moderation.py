"""Reasons to read before they are shown, and lines of the public list that readers reported."""

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tocsin.campaigns import rules
from tocsin.desk.guard import CampaignView
from tocsin.desk.queries import hidden_lines
from tocsin.signing import domain
from tocsin.signing.domain.moderate import read_reason
from tocsin.signing.models import Listing
from tocsin.signing.queries import Cursor, cursor_of, reported_lines, waiting_reasons
from tocsin.vault.queries import DisplayKeyMissingError

_PREFIX = "line."


class DecisionsView(CampaignView):
    """A list where each line gets a decision, all sent together."""

    may = rules.can_moderate
    verbs: ClassVar[Mapping[str, Callable[..., bool]]]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do what was decided; a line that is gone by now is passed over."""
        done = sum(
            self.verbs[choice](campaign=self.campaign, line=line)
            for line, choice in decisions(request)
            if choice in self.verbs
        )
        if done:
            self.say(ngettext("%(n)s decision is done.", "%(n)s decisions are done.", done) % {"n": done})
        return self.to(self.place)


class ReasonsView(DecisionsView):
    """Shows reasons that wait; each is shown to the public or not, as it was written."""

    place = "reasons"
    verbs: ClassVar = {"show": domain.show_reason, "refuse": domain.refuse_reason}
    choices = (("show", _("Show it")), ("refuse", _("Do not show it; erase it")))

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show what waits."""
        try:
            rows = [(str(cursor_of(line)), line, read_reason(line)) for line in waiting_reasons(self.campaign.pk)]
        except DisplayKeyMissingError:
            return self.page("reasons.html", {"rows": [], "is_locked": True})
        return self.page("reasons.html", {"rows": rows, "choices": self.choices})


class ReportedView(DecisionsView):
    """Shows lines that readers reported, and those that were taken off."""

    place = "reported"
    verbs: ClassVar = {"hide": domain.hide_line, "keep": domain.show_line, "show": domain.show_line}
    choices = (("keep", _("Keep it")), ("hide", _("Hide it")))

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show them."""
        rows = [(key, line, line.reason) for key, line in _named(reported_lines(self.campaign.pk))]
        hidden = _named(hidden_lines(self.campaign.pk))
        return self.page("reported.html", {"rows": rows, "hidden": hidden, "choices": self.choices})


def decisions(request: HttpRequest) -> list[tuple[Cursor, str]]:
    """Return each line that was decided about, and how."""
    return [
        (line, choice)
        for name, choice in request.POST.items()
        if name.startswith(_PREFIX) and (line := Cursor.read(name.removeprefix(_PREFIX))) and isinstance(choice, str)
    ]


def _named(lines: Iterable[Listing]) -> list[tuple[str, Listing]]:
    return [(str(cursor_of(line)), line) for line in lines]
