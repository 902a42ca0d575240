"""One rally at the desk: what is known of it, its form, and a second page of the same rally."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tocsin.desk.forms.rallies import RallyForm
from tocsin.desk.forms.rally_acts import read_numbers
from tocsin.desk.rally_rows import DATE_STATES, alike_of, rows_of
from tocsin.desk.views.rallies import RallyPage
from tocsin.rallies import rules
from tocsin.rallies.details import details_of
from tocsin.rallies.domain.entering import change_entered, enter_rally
from tocsin.rallies.domain.merge import merge
from tocsin.rallies.hosts import PrivatePlace, place_in
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.queries.desk import found_rallies, rally_numbered
from tocsin.rallies.queries.shown import occurrences_of
from tocsin.rallies.refusals import RefusedError
from tocsin.rallies.states import LIVE, DateState, State
from tocsin.rallies.wording import about_in, clock_of, day_in, hours_in

_MOST_DATES = 60
_MOST_FOUND = 20


class RallyView(RallyPage):
    """Everything about one rally, and the buttons for it."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show it."""
        rally = self.rally()
        language, now = get_language() or "en", timezone.now()
        dates = occurrences_of(rally)
        coming = [one for one in dates if one.ends_at > now]
        about, about_language = about_in(rally, language)
        facts = {
            "row": rows_of(self.campaign, [rally])[0],
            "rally": rally,
            "alike": alike_of(self.campaign, [rally]).get(rally.pk, ()),
            "dates": [_line(one, language) for one in coming[:_MOST_DATES]],
            "past": [_line(one, language) for one in reversed(dates) if one.ends_at <= now][:_MOST_DATES],
            "about": about,
            "about_language": about_language,
            "page_address": f"{self.frame()['public_address']}rallies/{rally.slug}/" if rally.state in LIVE else "",
            "is_live": rally.state in LIVE,
        }
        return self.page("rally.html", facts)

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Take a decision about it."""
        self.rally()
        return self.decide(request, self.address("rally", number=number))


class RallyEditView(RallyPage):
    """The form of a rally, new or not."""

    may = rules.can_enter

    def get(self, request: HttpRequest, number: int | None = None) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the form."""
        return self._page(self._form())

    def post(self, request: HttpRequest, number: int | None = None) -> HttpResponse:  # noqa: ARG002  as above
        """Store the rally."""
        form = self._form(request.POST)
        if form.is_valid():
            try:
                stored = self._store(form)
            except RefusedError as error:
                form.refuse(error.refused)
            else:
                if stored is None:
                    self.warn(_("This rally is not there any more: somebody else has decided."))
                    return self.to("rallies")
                self.say(_("Saved."))
                return self.to("rally", number=stored.pk)
        return self._page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    @cached_property
    def _stored(self) -> Rally | None:
        return self.rally() if "number" in self.kwargs else None

    def _form(self, *typed: object) -> RallyForm:
        stored = self._stored
        return RallyForm(
            *typed,
            campaign=self.campaign,
            details=details_of(stored) if stored else None,
            is_main=bool(stored and stored.is_main),
            private=self._private,
        )

    @cached_property
    def _private(self) -> PrivatePlace | None:
        """Return the sealed place of a rally of the team's own; None of one that somebody else holds."""
        stored = self._stored
        if stored is None:
            return PrivatePlace()
        return None if stored.hosts.exists() else place_in(stored.pk, stored.sealed_place) or PrivatePlace()

    def _store(self, form: RallyForm) -> Rally | None:
        given: dict[str, Any] = {"campaign": self.campaign, "details": form.details(), "now": timezone.now()}
        given["private"] = form.private()
        is_main: bool = form.cleaned_data["is_main"]
        if self._stored is None:
            return enter_rally(**given, is_main=is_main)
        changed = change_entered(**given, rally=self._stored.pk, is_main=is_main, seen=self._stored.sequence)
        return changed.rally if changed else None

    def _page(self, form: RallyForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
        facts = {"form": form, "rally": self._stored, "is_a_hosts": self._private is None}
        return self.page("rally_edit.html", facts, status=status)


class RallyMergeView(RallyPage):
    """Makes one page of two: choose the other, look at both, press."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Offer those that may be the same, and others by name."""
        rally = self.rally()
        words = request.GET.get("words", "")[:100].strip()
        into = next(iter(read_numbers(request.GET.get("into", ""))), None)
        other = rally_numbered(self.campaign, into, now=timezone.now()) if into is not None else None
        found = found_rallies(self.campaign.pk, now=timezone.now(), words=words, limit=_MOST_FOUND) if words else []
        others = [one for one in found if one.pk != rally.pk and one.state in LIVE and one.state != State.ENDED]
        facts = {
            "row": rows_of(self.campaign, [rally])[0],
            "rally": rally,
            "alike": alike_of(self.campaign, [rally]).get(rally.pk, ()),
            "found": rows_of(self.campaign, others),
            "words": words,
            "other": rows_of(self.campaign, [other])[0] if other is not None and other.pk != rally.pk else None,
        }
        return self.page("rally_merge.html", facts)

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Merge the two."""
        self.rally()
        into = next(iter(read_numbers(request.POST.get("into", ""))), 0)
        merged = merge(campaign=self.campaign, rally=number, into=into, now=timezone.now())
        if merged is None:
            self.warn(_("Nothing was merged: one of the two is not there any more, or somebody else has decided."))
            return self.to("rally", number=number)
        self.say(_("The two are one now. Their hosts are told."))
        if merged.carried:
            said = ngettext("%(n)s RSVP was carried over.", "%(n)s RSVPs were carried over.", merged.carried)
            self.say(said % {"n": merged.carried})
        if merged.left:
            said = ngettext(
                "%(n)s RSVP stayed behind: it is for a date that the other rally does not have.",
                "%(n)s RSVPs stayed behind: they are for dates that the other rally does not have.",
                merged.left,
            )
            self.warn(said % {"n": merged.left})
        return self.to("rally", number=merged.into.pk)


def _line(occurrence: Occurrence, language: str) -> dict[str, object]:
    zone = occurrence.rally.zone
    return {
        "date": occurrence,
        "day": day_in(occurrence, language),
        "hours": hours_in(occurrence, zone, language),
        "clock": clock_of(occurrence, zone),
        "state": DATE_STATES[DateState(occurrence.state)],
    }
