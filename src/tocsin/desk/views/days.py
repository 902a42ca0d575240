"""Days of action: which there are, and one of them."""

from http import HTTPStatus

from django.db.models import Count, Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tocsin.campaigns.queries import in_language
from tocsin.desk.forms.days import DayForm
from tocsin.desk.guard import CampaignView
from tocsin.desk.views.rallies import RalliesPage
from tocsin.rallies import rules
from tocsin.rallies.domain.days import Put, put_day, remove_day
from tocsin.rallies.models import DayMove, DayOfAction
from tocsin.rallies.refusals import RefusedError


class DaysView(CampaignView):
    """Lists the campaign's days of action."""

    place = "days"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show them, the latest first."""
        under_way = DayMove.objects.filter(day=OuterRef("pk"), done_at__isnull=True)
        days = self.campaign.days_of_action.annotate(number=Count("rallies"), is_moving=Exists(under_way))
        days = days.order_by("-held_on", "-pk")
        rows = [(day, in_language(day.title, get_language() or "en", self.campaign)) for day in days]
        return self.page("days.html", {"rows": rows})


class DayView(RalliesPage):
    """The form of one day of action, new or not."""

    place = "days"
    may = rules.can_enter

    def get(self, request: HttpRequest, number: int | None = None) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the form."""
        return self._page(DayForm(campaign=self.campaign, day=self._stored))

    def post(self, request: HttpRequest, number: int | None = None) -> HttpResponse:
        """Store it, or take it away."""
        if number is not None and request.POST.get("act") == "remove":
            return self._remove(number)
        form = DayForm(request.POST, campaign=self.campaign, day=self._stored)
        if form.is_valid():
            try:
                put = self._put(form, number)
            except RefusedError as error:
                form.refuse(error.refused)
            else:
                self._say(put)
                return self.to("day", number=number) if put and put.goes_on else self.to("days")
        return self._page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _remove(self, number: int) -> HttpResponse:
        if remove_day(campaign=self.campaign, day=number):
            self.say(_("The day is gone. Its rallies stay."))
        elif DayOfAction.objects.filter(campaign=self.campaign, pk=number).exists():
            self.warn(_("The day stays for now: its rallies are on their way to its new date. Try again in a while."))
        return self.to("days")

    @cached_property
    def _stored(self) -> DayOfAction | None:
        number = self.kwargs.get("number")
        if number is None:
            return None
        found = DayOfAction.objects.filter(campaign=self.campaign, pk=number).first()
        if found is None:
            raise Http404
        return found

    def _put(self, form: DayForm, number: int | None) -> Put | None:
        typed = form.cleaned_data
        return put_day(
            campaign=self.campaign,
            title=form.title(),
            held_on=typed["held_on"],
            wall_time=typed["wall_time"],
            now=timezone.now(),
            day=number,
        )

    def _say(self, put: Put | None) -> None:
        if put is None:
            self.warn(_("This day is not there any more: somebody else took it away."))
            return
        self.say(_("Saved."))
        if put.goes_on:
            self.say(_("The rallies move with it one after the other, and everybody is told. This page says how far."))
        elif put.moved:
            said = ngettext(
                "%(n)s rally moved with it. Its host and those who come are told.",
                "%(n)s rallies moved with it. Their hosts and those who come are told.",
                put.moved,
            )
            self.say(said % {"n": put.moved})

    def _page(self, form: DayForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
        facts = {
            "form": form,
            "day": self._stored,
            "number": self._stored.rallies.count() if self._stored else 0,
            "move": self._stored.moves.order_by("pk").last() if self._stored else None,
            "is_moving": bool(self._stored and self._stored.moves.filter(done_at__isnull=True).exists()),
        }
        return self.page("day.html", facts, status=status)
