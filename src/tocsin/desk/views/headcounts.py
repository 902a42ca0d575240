"""How many came: reports that wait for a look, those of one rally, and one that the team enters."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tocsin.campaigns.models import Campaign
from tocsin.desk.forms.headcounts import HeadcountForm
from tocsin.desk.forms.rally_acts import read_numbers
from tocsin.desk.guard import CampaignView
from tocsin.desk.views.rallies import RallyPage
from tocsin.rallies import rules
from tocsin.rallies.domain.decide_headcounts import Decision, decide_headcounts
from tocsin.rallies.domain.headcounts import report_headcount
from tocsin.rallies.headcount_words import HOW, WHO
from tocsin.rallies.models import Headcount, Occurrence, Rally
from tocsin.rallies.photos import fresh_photo
from tocsin.rallies.queries.desk import headcount_numbered, headcounts_of
from tocsin.rallies.queries.headcounts import Crowd, crowds_of, waiting_headcount_count, waiting_headcounts
from tocsin.rallies.queries.shown import occurrences_of
from tocsin.rallies.refusals import RefusedError
from tocsin.rallies.states import DateState, ReportState
from tocsin.rallies.wording import day_in, place_in, title_in

PAGE = 50
# What the buttons are called, and which one takes it back.
_VERBS: Final = {
    "show": Decision.SHOW,
    "words": Decision.SHOW_WITHOUT_PHOTO,
    "refuse": Decision.REFUSE,
    "wait": Decision.LET_WAIT,
    "show-photo": Decision.SHOW_PHOTO,
    "refuse-photo": Decision.REFUSE_PHOTO,
    "wait-photo": Decision.LET_PHOTO_WAIT,
}
_UNDO: Final = {
    "show-photo": "wait-photo",
    "refuse-photo": "wait-photo",
    "show": "wait",
    "words": "wait",
    "refuse": "wait",
}


class HeadcountsView(CampaignView):
    """What waits for a look, the oldest first."""

    place = "headcounts"
    may = rules.can_look_after

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it; above it what was decided last, with the button that takes that back."""
        waiting = waiting_headcounts(self.campaign, limit=PAGE)
        undo, _dot, number = request.GET.get("undo", "").partition(".")
        decided = headcount_numbered(self.campaign, number) if undo in _UNDO.values() else None
        if decided is not None and decided in waiting:
            decided = None  # taken back, or decided by somebody else since
        rows = _rows(self.campaign, [*([decided] if decided else []), *waiting])
        facts = {
            "decided": rows.pop(0) if decided else None,
            "undo": undo,
            "rows": rows,
            "total": waiting_headcount_count(self.campaign.pk),
        }
        return self.page("headcounts.html", facts)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Decide about one."""
        undo = _decide(self, request.POST.get("act", ""))
        answer = self.to("headcounts")
        if undo:
            answer["Location"] += f"?undo={undo}"
        return answer


class RallyHeadcountsView(RallyPage):
    """What was said about one rally, and the form to enter more."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show it."""
        return self._page(HeadcountForm(dates=self._choices))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Decide about one report, or store a new one."""
        form = HeadcountForm(request.POST, request.FILES, dates=self._choices)
        if "act" in request.POST:
            _decide(self, request.POST["act"])
        elif form.is_valid() and self._store(form):
            self.say(_("Saved. It stands on the rally's page."))
        else:
            return self._page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return self.to("rally-headcounts", number=number)

    @cached_property
    def _rally(self) -> Rally:
        return self.rally()

    @cached_property
    def _begun(self) -> dict[str, Occurrence]:
        """Return the dates that there is something to say about, by number, the newest first."""
        now = timezone.now()
        dates = reversed(occurrences_of(self._rally))
        return {str(one.pk): one for one in dates if one.starts_at <= now and one.state == DateState.STANDS}

    @property
    def _choices(self) -> list[tuple[str, str]]:
        language = get_language() or "en"
        return [(number, day_in(one, language)) for number, one in self._begun.items()]

    def _store(self, form: HeadcountForm) -> bool:
        """Store what was typed; put what is wrong with it beside its field."""
        upload = form.cleaned_data["photo"]
        try:
            report_headcount(
                occurrence=self._begun[form.cleaned_data["date"]],
                reported=form.reported(),
                now=timezone.now(),
                photo=fresh_photo(upload) if upload else b"",
                by_team=True,
            )
        except RefusedError as error:
            form.refuse(error.refused)
        return not form.errors

    def _page(self, form: HeadcountForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
        said = headcounts_of(self._rally)
        for one in said:
            one.occurrence.rally = self._rally
        facts = {
            "rally": self._rally,
            "title": title_in(self._rally, get_language() or "en", self.campaign),
            "rows": _rows(self.campaign, said),
            "form": form if self._begun else None,
        }
        return self.page("rally_headcounts.html", facts, status=status)


def _decide(view: CampaignView, pressed: str) -> str:
    """Do what the button that was pressed says ("show.12"); return what takes it back ("wait.12"), or nothing."""
    act, _dot, number = pressed.partition(".")
    decision, numbers = _VERBS.get(act), read_numbers(number)
    now = timezone.now()
    if decision is None or not decide_headcounts(
        campaign=view.campaign, headcounts=numbers, decision=decision, now=now
    ):
        view.warn(_("Nothing was left to do: somebody else has decided."))
        return ""
    view.say(_said(decision))
    return f"{_UNDO[act]}.{numbers[0]}" if act in _UNDO else ""


def _said(decision: Decision) -> str:
    return {
        Decision.SHOW: _("It stands on the rally's page now."),
        Decision.SHOW_WITHOUT_PHOTO: _(
            "It stands on the rally's page now, without the photo, which is erased in a day."
        ),
        Decision.REFUSE: _("It is not shown. Its photo, if there was one, is erased in a day."),
        Decision.LET_WAIT: _("Taken back: it waits for a look again."),
        Decision.SHOW_PHOTO: _("The photo stands on the rally's page now."),
        Decision.REFUSE_PHOTO: _("The photo is not shown, and is erased in a day."),
        Decision.LET_PHOTO_WAIT: _("Taken back: the photo waits for a look again."),
    }[decision]


def _rows(campaign: Campaign, headcounts: Iterable[Headcount]) -> list[dict[str, object]]:
    """Return reports as the page shows them, each with what its date says by now."""
    found = list(headcounts)
    crowds = crowds_of({one.occurrence_id for one in found})
    language = get_language() or "en"
    return [_row(campaign, one, crowds.get(one.occurrence_id), language) for one in found]


def _row(campaign: Campaign, headcount: Headcount, crowd: Crowd | None, language: str) -> dict[str, object]:
    date, rally = headcount.occurrence, headcount.occurrence.rally
    return {
        "said": headcount,
        "title": title_in(rally, language, campaign),
        "day": day_in(date, language),
        "where": place_in(rally, date, language),
        "who": WHO[headcount.source],
        "how": HOW[headcount.method],
        "crowd": crowd,
        "is_shown": headcount.state == ReportState.SHOWN,
        "is_refused": headcount.state == ReportState.REFUSED,
        "is_photo_shown": headcount.photo_state == ReportState.SHOWN,
        "is_photo_refused": headcount.photo_state == ReportState.REFUSED,
    }
