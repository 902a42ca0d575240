"""One date of a rally: cancel, postpone, move it, or let it stand again."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tocsin.desk.forms.rally_date import DateNoteForm, MoveForm
from tocsin.desk.rally_rows import DATE_STATES, rows_of
from tocsin.desk.views.rallies import RallyPage
from tocsin.rallies.domain.approve import mark_seen
from tocsin.rallies.domain.cancel import cancel_all, cancel_date
from tocsin.rallies.domain.move_date import move_date
from tocsin.rallies.domain.postpone import postpone
from tocsin.rallies.domain.reopen import reopen
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.queries.hosting import is_to_come
from tocsin.rallies.refusals import RefusedError
from tocsin.rallies.states import DateState
from tocsin.rallies.wording import clock_of, day_in, hours_in

_VERBS: dict[str, Callable[..., bool]] = {"cancel": cancel_date, "postpone": postpone, "reopen": reopen}


class RallyDateView(RallyPage):
    """Changes one date that is to come; whoever comes is told."""

    def get(self, request: HttpRequest, number: int, date: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the date with its buttons."""
        return self._page(DateNoteForm(), self._move_form())

    def post(self, request: HttpRequest, number: int, date: int) -> HttpResponse:  # noqa: ARG002  as above
        """Do what the button says."""
        act = request.POST.get("act", "")
        if act == "move":
            return self._move(self._move_form(request.POST))
        form = DateNoteForm(request.POST)
        if not form.is_valid():
            return self._page(form, self._move_form(), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        given: dict[str, Any] = {"rally": self._rally.pk, "note": form.cleaned_data["note"], "now": timezone.now()}
        if act == "cancel-all":
            gone = cancel_all(**given)
            said = ngettext("%(n)s date is cancelled.", "%(n)s dates are cancelled.", gone)
            self.say(said % {"n": gone})
        elif act in _VERBS:
            self._say(is_done=_VERBS[act](**given, date=self._date.pk))
        return self.to("rally", number=number)

    def _move(self, form: MoveForm) -> HttpResponse:
        if form.is_valid():
            was_seen = not self._rally.has_big_change and not self._rally.reports
            try:
                is_done = move_date(rally=self._rally, date=self._date.pk, move=form.move(), now=timezone.now())
            except RefusedError as error:
                form.refuse(error.refused)
            else:
                if is_done and was_seen:  # what the team moves does not wait for the team
                    mark_seen(campaign=self.campaign, rallies=[self._rally.pk])
                self._say(is_done=is_done)
                return self.to("rally", number=self._rally.pk)
        return self._page(DateNoteForm(), form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _say(self, *, is_done: bool) -> None:
        if is_done:
            self.say(_("Done. Those who come are told."))
        else:
            self.warn(_("Nothing was changed: the date is over, or somebody else has changed it."))

    @cached_property
    def _rally(self) -> Rally:
        return self.rally()

    @cached_property
    def _date(self) -> Occurrence:
        found = self._rally.occurrences.filter(pk=self.kwargs["date"]).first()
        if found is None:
            raise Http404
        return found

    def _move_form(self, *typed: Any) -> MoveForm:
        return MoveForm(*typed, occurrence=self._date, is_address_private=self._rally.is_address_private)

    def _page(self, form: DateNoteForm, move: MoveForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
        rally, date, language = self._rally, self._date, get_language() or "en"
        now = timezone.now()
        facts = {
            "row": rows_of(self.campaign, [rally])[0],
            "rally": rally,
            "date": date,
            "when": f"{day_in(date, language)}, {hours_in(date, rally.zone, language)}",
            "clock": clock_of(date, rally.zone),
            "state": DATE_STATES[DateState(date.state)],
            "stands": date.state == DateState.STANDS,
            "can_reopen": date.state != DateState.STANDS and date.ends_at > now,
            "is_cancelled": date.state == DateState.CANCELLED,
            "is_over": not is_to_come(date, now),
            "form": form,
            "move": move,
        }
        return self.page("rally_date.html", facts, status=status)
