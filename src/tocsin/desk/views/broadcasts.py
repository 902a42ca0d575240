"""Tell all rallies of a day, a country or a region something; and say that the goal is reached."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.languages import language_of_text_direction
from tocsin.campaigns.queries import in_language
from tocsin.desk.forms.broadcasts import BroadcastForm, ResolveForm, words_of
from tocsin.desk.guard import CampaignView
from tocsin.kit import regions
from tocsin.kit.countries import name_of
from tocsin.rallies import rules
from tocsin.rallies.domain.broadcast import draft_broadcast, drop_draft, send_broadcast, take_down
from tocsin.rallies.domain.resolve import resolve
from tocsin.rallies.models import Broadcast
from tocsin.rallies.queries.broadcasts import reach, resolved_at, text_in
from tocsin.rallies.refusals import RefusedError
from tocsin.rallies.states import BroadcastState

STATES: dict[BroadcastState, str | Promise] = {
    BroadcastState.DRAFT: _("draft"),
    BroadcastState.SENDING: _("being sent"),
    BroadcastState.SENT: _("sent"),
}
_NEWEST = 50
# How long the notice that the goal is reached stands on each page.
_RESOLVED_DAYS = 365


class Line(NamedTuple):
    """One message in the list."""

    broadcast: Broadcast
    text: str
    state: str | Promise
    only: list[str]
    is_shown: bool


class BroadcastsPage(CampaignView):
    """A page about messages to many rallies."""

    place = "broadcasts"

    def line(self, broadcast: Broadcast) -> Line:
        """Return a message as the list shows it."""
        language = get_language() or "en"
        day = broadcast.day_of_action
        only = [
            in_language(day.title, language, self.campaign) if day else "",
            regions.NAMES.get(broadcast.region) or (name_of(broadcast.country, language) if broadcast.country else ""),
        ]
        is_out = broadcast.state != BroadcastState.DRAFT
        return Line(
            broadcast,
            text_in(broadcast, language, self.campaign)[0],
            STATES[BroadcastState(broadcast.state)],
            [one for one in only if one],
            is_out and broadcast.shown_until > timezone.now(),
        )

    @cached_property
    def broadcast(self) -> Broadcast | None:
        """Return the message that the address names; None for a new one. Another campaign's is not found."""
        number = self.kwargs.get("number")
        if number is None:
            return None
        rows = Broadcast.objects.filter(campaign=self.campaign, pk=number)
        found = rows.select_related("campaign", "day_of_action").first()
        if found is None:
            raise Http404
        return found

    def found(self) -> Broadcast:
        """Return the message, which has to be there."""
        if self.broadcast is None:
            raise Http404
        return self.broadcast


class BroadcastsView(BroadcastsPage):
    """Lists the messages, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show them."""
        rows = Broadcast.objects.filter(campaign=self.campaign).select_related("day_of_action").order_by("-pk")
        return self.page("broadcasts.html", {"lines": [self.line(row) for row in rows[:_NEWEST]]})


class BroadcastEditView(BroadcastsPage):
    """The form of a draft."""

    may = rules.can_enter

    def get(self, request: HttpRequest, number: int | None = None) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the form."""
        return self._page(self._form())

    def post(self, request: HttpRequest, number: int | None = None) -> HttpResponse:
        """Save the draft."""
        form = self._form(request.POST)
        if form.is_valid():
            try:
                saved = draft_broadcast(
                    campaign=self.campaign, words=form.words(), now=timezone.now(), draft=self._number(number)
                )
            except RefusedError as error:
                form.refuse(error.refused)
            else:
                if saved is None:
                    self.warn(_now("Somebody else was faster: it is sent, or thrown away."))
                    return self.to("broadcasts")
                return self.to("broadcast", number=saved.pk)
        return self._page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _number(self, number: int | None) -> int | None:
        return None if number is None else self.found().pk

    def _form(self, *typed: Any) -> BroadcastForm:
        return BroadcastForm(*typed, campaign=self.campaign, initial=words_of(self.broadcast, self.campaign))

    def _page(self, form: BroadcastForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
        return self.page("broadcast_edit.html", {"form": form, "broadcast": self.broadcast}, status=status)


class BroadcastView(BroadcastsPage):
    """One message: what it says, whom it reaches, and how far it is."""

    may = rules.can_enter

    def get(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show it."""
        broadcast = self.found()
        texts = [(code, language_of_text_direction(code), text) for code, text in broadcast.text.items()]
        is_draft = broadcast.state == BroadcastState.DRAFT
        facts = {
            "broadcast": broadcast,
            "line": self.line(broadcast),
            "texts": texts,
            "is_draft": is_draft,
            "is_under_way": broadcast.state == BroadcastState.SENDING,
            "is_over": broadcast.shown_until <= timezone.now(),
            "reach": reach(broadcast, timezone.now()) if is_draft else None,
            "may_send": rules.can_broadcast(self.user, self.campaign),
        }
        return self.page("broadcast.html", facts)

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Throw a draft away."""
        self.found()
        if request.POST.get("act") == "drop" and drop_draft(campaign=self.campaign, broadcast=number):
            self.say(_now("The draft is gone."))
        return self.to("broadcasts")


class BroadcastSendView(BroadcastsPage):
    """The owners' buttons: send it, and take its notice down."""

    may = rules.can_broadcast

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Do what the button says."""
        self.found()
        given: dict[str, Any] = {"campaign": self.campaign, "broadcast": number, "now": timezone.now()}
        if request.POST.get("act") == "down":
            if take_down(**given):
                self.say(_now("The notice is gone from their pages."))
        elif send_broadcast(**given):
            self.say(_now("The notice stands on their pages now, and the mails are on their way."))
        else:
            self.warn(_now("Nothing was sent: it was sent before, or its time is over. See where it stands."))
        return self.to("broadcast", number=number)


class ResolveView(CampaignView):
    """Says that the goal is reached: every rally ends, and everybody is told."""

    place = "resolve"
    may = rules.can_resolve

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show what would happen."""
        return self._page(ResolveForm(campaign=self.campaign, user=self.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Say it."""
        form = ResolveForm(request.POST, campaign=self.campaign, user=self.user)
        if form.is_valid():
            now = timezone.now()
            try:
                said = resolve(
                    campaign=self.campaign, text=form.text(), shown_until=now + timedelta(days=_RESOLVED_DAYS), now=now
                )
            except RefusedError as error:
                form.refuse(error.refused)
            else:
                if said is None:
                    self.warn(_now("Somebody of the team has said so already."))
                    return self.to("resolve")
                self.say(_now("It is said. The rallies end one after the other, and everybody is told."))
                return self.to("broadcast", number=said.pk)
        return self._page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _page(self, form: ResolveForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
        facts = {
            "form": form,
            "reach": reach(Broadcast(campaign=self.campaign), timezone.now()),
            "resolved_at": resolved_at(self.campaign),
        }
        return self.page("resolve.html", facts, status=status)
