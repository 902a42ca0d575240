"""The queue of rallies, all of them, and one: what waits for a look, one button each, or many at once."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.desk.forms.rally_acts import NoteForm, RalliesForm, read_numbers
from tocsin.desk.guard import CampaignView, see_other
from tocsin.desk.rally_rows import STATES, alike_of, rows_of
from tocsin.kit.keyfiles import KeysSealedError
from tocsin.rallies import rules
from tocsin.rallies.domain.approve import approve, mark_seen
from tocsin.rallies.domain.refuse import refuse, take_refusal_back
from tocsin.rallies.domain.return_ import return_rallies
from tocsin.rallies.domain.trust import distrust, trust
from tocsin.rallies.models import Rally
from tocsin.rallies.queries.desk import (
    Place,
    count_by_state,
    found_rallies,
    rally_numbered,
    waiting_count,
    waiting_rallies,
)
from tocsin.rallies.refusals import RefusedError
from tocsin.rallies.states import State

PAGE = 50


class RalliesPage(CampaignView):
    """A page that takes decisions about rallies."""

    may = rules.can_look_after

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do nothing where a mail would be needed and nobody has opened this server's keys since it started."""
        try:
            return super().answer(request, *args, **kwargs)
        except KeysSealedError:
            self.warn(_("Nothing was done: the keys of this server are sealed. Whoever runs it opens them."))
            return self.to("rallies")

    def decide(self, request: HttpRequest, onwards: str) -> HttpResponse:
        """Do what was chosen for what was ticked, or for the one whose button was pressed; then go to `onwards`."""
        form = RalliesForm(_pressed(request.POST))
        if not form.is_valid():
            for error in form.errors.get("rallies") or form.errors["act"]:
                self.warn(str(error))
            return see_other(onwards)
        numbers, act = form.cleaned_data["rallies"], form.cleaned_data["act"]
        if act in {"return", "return-sure"}:
            return self._return(numbers, NoteForm(request.POST if act == "return-sure" else None), onwards)
        verbs: dict[str, Callable[[Sequence[int]], None]] = {
            "approve": self._approve,
            "trust": self._trust,
            "distrust": self._distrust,
            "refuse": self._refuse,
            "back": self._take_back,
        }
        verbs[act](numbers)
        if act == "refuse":
            onwards += ("&" if "?" in onwards else "?") + "refused=" + ".".join(map(str, numbers))
        return see_other(onwards)

    def _approve(self, numbers: Sequence[int]) -> None:
        now = timezone.now()
        approved = approve(campaign=self.campaign, rallies=numbers, now=now)
        seen = mark_seen(campaign=self.campaign, rallies=set(numbers) - set(approved))
        if approved:
            said = ngettext(
                "%(n)s rally is public now. Its host is told.",
                "%(n)s rallies are public now. Their hosts are told.",
                len(approved),
            )
            self.say(said % {"n": len(approved)})
        if seen:
            said = ngettext("%(n)s rally stands as it is.", "%(n)s rallies stand as they are.", len(seen))
            self.say(said % {"n": len(seen)})
        self._say_gone(len(numbers) - len(approved) - len(seen))

    def _trust(self, numbers: Sequence[int]) -> None:
        # The mails first: where the keys are sealed, nothing is done.
        approve(campaign=self.campaign, rallies=numbers, now=timezone.now())
        for number in numbers:
            if trust(campaign=self.campaign, rally=number, now=timezone.now(), by=self.user):
                self.say(_("What this host announces is public by itself from now on."))

    def _distrust(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            if distrust(campaign=self.campaign, rally=number):
                self.say(_("What this host announces waits for you again. What is public stays so."))

    def _refuse(self, numbers: Sequence[int]) -> None:
        done = refuse(campaign=self.campaign, rallies=numbers, now=timezone.now())
        if done:
            said = ngettext(
                "%(n)s rally is refused: its page is gone.",
                "%(n)s rallies are refused: their pages are gone.",
                len(done),
            )
            self.say(said % {"n": len(done)})
        self._say_gone(len(numbers) - len(done))

    def _take_back(self, numbers: Sequence[int]) -> None:
        done = take_refusal_back(campaign=self.campaign, rallies=numbers, now=timezone.now())
        if done:
            said = ngettext("%(n)s rally is back in the queue.", "%(n)s rallies are back in the queue.", len(done))
            self.say(said % {"n": len(done)})
        self._say_gone(len(numbers) - len(done))

    def _return(self, numbers: Sequence[int], form: NoteForm, onwards: str) -> HttpResponse:
        """Ask for the note first; then return."""
        if form.is_valid():
            try:
                done = return_rallies(
                    campaign=self.campaign, rallies=numbers, note=form.cleaned_data["note"], now=timezone.now()
                )
            except RefusedError as error:
                form.refuse(error.refused)
            else:
                if done:
                    said = ngettext(
                        "%(n)s rally went back to its host, with your note.",
                        "%(n)s rallies went back to their hosts, with your note.",
                        len(done),
                    )
                    self.say(said % {"n": len(done)})
                self._say_gone(len(numbers) - len(done))
                return see_other(onwards)
        facts = {"form": form, "numbers": numbers, "onwards": onwards}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return self.page("rally_return.html", facts, status=status)

    def _say_gone(self, number: int) -> None:
        if number > 0:
            said = ngettext(
                "Nothing was left to do for %(n)s: somebody else has decided, or it changed meanwhile.",
                "Nothing was left to do for %(n)s: somebody else has decided, or they changed meanwhile.",
                number,
            )
            self.warn(said % {"n": number})


class QueueView(RalliesPage):
    """What waits for a look, in the order of announcing."""

    place = "rally-queue"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of it."""
        after = Place.read(request.GET.get("after", ""))
        rallies = waiting_rallies(self.campaign.pk, now=timezone.now(), after=after, limit=PAGE + 1)
        shown = rallies[:PAGE]
        facts = {
            "rows": rows_of(self.campaign, shown, alike=alike_of(self.campaign, shown)),
            "next": str(Place(shown[-1].announced_at, shown[-1].pk)) if len(rallies) > PAGE else "",
            "after": str(after or ""),
            "total": waiting_count(self.campaign.pk),
            "all_ticked": "all" in request.GET,
            "refused": read_numbers(request.GET.get("refused", "")),
        }
        return self.page("rally_queue.html", facts)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take decisions."""
        return self.decide(request, self.address("rally-queue"))


class RalliesView(RalliesPage):
    """All rallies of the campaign, to look one up."""

    place = "rallies"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of those that were asked for."""
        words, state = request.GET.get("words", "")[:100].strip(), _state_named(request.GET.get("state", ""))
        after = next(iter(read_numbers(request.GET.get("after", ""))), None)
        rallies = found_rallies(
            self.campaign.pk, now=timezone.now(), words=words, state=state, after=after, limit=PAGE + 1
        )
        shown = rallies[:PAGE]
        counts = count_by_state(self.campaign.pk)
        facts = {
            "rows": rows_of(self.campaign, shown),
            "next": shown[-1].pk if len(rallies) > PAGE else "",
            "after": after,
            "words": words,
            "state": state.name.lower() if state else "",
            "states": [(one.name.lower(), words, counts[one]) for one, words in STATES.items() if one in counts],
            "total": sum(counts.values()),
        }
        return self.page("rallies.html", facts)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take decisions."""
        return self.decide(request, self.address("rallies"))


class RallyPage(RalliesPage):
    """A page about one rally."""

    place = "rallies"

    def rally(self) -> Rally:
        """Return the rally that the address names; another campaign's is not found."""
        found = rally_numbered(self.campaign, self.kwargs["number"], now=timezone.now())
        if found is None:
            raise Http404
        return found


def _pressed(form: QueryDict) -> dict[str, Any]:
    """Return what was chosen, whether by ticks and a button for all of them, or by one rally's own button."""
    act, _dot, number = form.get("one", "").partition(".")
    if number:
        return {"act": act, "rallies": [number]}
    return {"act": form.get("act", ""), "rallies": form.getlist("rallies")}


def _state_named(name: str) -> State | None:
    return next((one for one in STATES if one.name.lower() == name), None)
