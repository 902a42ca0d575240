"""Write to signatories: words, a test to oneself, then everybody who asked to be kept informed."""

from collections import Counter
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tocsin.desk.forms.base import own_name
from tocsin.desk.forms.vault import CircularForm, words_of
from tocsin.desk.views.vault import VaultPage
from tocsin.kit.countries import name_of
from tocsin.outbox import batches
from tocsin.signing.opened import circulars
from tocsin.signing.opened.circulars import Refusal
from tocsin.signing.opened.emails import small_html
from tocsin.signing.opened.models import Circular, CircularState

REFUSALS = {
    Refusal.NOT_TESTED: _("Send these words to yourself first."),
    Refusal.LOCKED: _("Unlock the vault first: addresses are opened while they are written to."),
    Refusal.OTHER_KEY: _(
        "This letter was begun with another key of the campaign: unlock the vault with its passphrase."
    ),
    Refusal.NOT_A_DRAFT: _("Somebody else was faster: see where it stands."),
}
STATES = {
    CircularState.DRAFT: _("draft"),
    CircularState.SENDING: _("being sent"),
    CircularState.PAUSED: _("paused"),
    CircularState.SENT: _("sent"),
    CircularState.CANCELLED: _("cancelled"),
}
_NEWEST = 50


class CircularsView(VaultPage):
    """Lists the campaign's letters to signatories, and begins a new one."""

    place = "circulars"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show them, newest first."""
        if not self.is_allowed():
            return self.shut()
        rows = Circular.objects.filter(campaign=self.campaign).order_by("-pk")[:_NEWEST]
        lines = [(row, _first(row.subject), STATES[CircularState(row.state)]) for row in rows]
        return self.page("circulars.html", {"lines": lines})


class CircularPage(VaultPage):
    """A page about one letter, or about one that is just begun."""

    place = "circulars"

    @cached_property
    def circular(self) -> Circular | None:
        """Return the letter that the address names; None for a new one. Another campaign's is not found."""
        number = self.kwargs.get("number")
        if number is None:
            return None
        found = Circular.objects.select_related("campaign").filter(campaign=self.campaign, pk=number).first()
        if found is None:
            raise Http404
        return found


class CircularEditView(CircularPage):
    """The form of a draft."""

    def get(self, request: HttpRequest, number: int | None = None) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the form."""
        if not self.is_allowed():
            return self.shut()
        return self._page(self._form())

    def post(self, request: HttpRequest, number: int | None = None) -> HttpResponse:  # noqa: ARG002  as above
        """Save the draft."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        draft = self.circular.pk if self.circular else None
        saved = circulars.write(campaign=self.campaign, user=self.user, words=form.words(), draft=draft)
        if saved is None:
            self.warn(str(REFUSALS[Refusal.NOT_A_DRAFT]))
            return self.to("circular", number=draft)
        return self.to("circular", number=saved.pk)

    def _form(self, *typed: Any) -> CircularForm:
        return CircularForm(*typed, campaign=self.campaign, initial=words_of(self.circular) if self.circular else {})

    def _page(self, form: CircularForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
        return self.page("circular_edit.html", {"form": form, "circular": self.circular}, status=status)


class CircularView(CircularPage):
    """Where one letter stands: what it says, whom it reaches, how far it is; and the buttons for it."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show it."""
        if not self.is_allowed():
            return self.shut()
        return self.page("circular.html", self._facts(self._found()))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Do what the button says."""
        circular, now = self._found(), timezone.now()
        match request.POST.get("act", ""):
            case "test":
                self._test(circular, now)
            case "send" | "resume" as act:
                self._go(circular, now, is_new=act == "send")
            case "pause":
                circulars.pause(circular=circular, now=now)
            case "cancel":
                circulars.cancel(circular=circular, now=now)
        return self.to("circular", number=number)

    def _found(self) -> Circular:
        if self.circular is None:
            raise Http404
        return self.circular

    def _test(self, circular: Circular, now: datetime) -> None:
        if circulars.send_test(circular=circular, to=self.user.email, now=now):
            self.say(_now("The test is on its way to %(email)s.") % {"email": self.user.email})

    def _go(self, circular: Circular, now: datetime, *, is_new: bool) -> None:
        given: dict[str, Any] = {
            "circular": circular,
            "door": self.door.name,
            "keys": self.keys(),
            "ends_at": now + timedelta(seconds=self.door.left()),
            "now": now,
        }
        refusal = circulars.start(user=self.user, **given) if is_new else circulars.resume(**given)
        if refusal is not None:
            self.warn(str(REFUSALS[refusal]))

    def _facts(self, circular: Circular) -> dict[str, Any]:
        texts = [(code, subject, circular.body[code]) for code, subject in circular.subject.items()]
        state, providers = CircularState(circular.state), _by_provider(circular)
        return {
            "circular": circular,
            "subject": _first(circular.subject),
            "texts": [(code, subject, small_html(body)) for code, subject, body in texts],
            "state": STATES[state],
            "is_under_way": state in {CircularState.SENDING, CircularState.PAUSED},
            "is_tested": circulars.is_tested(circular),
            "only": [
                *(name_of(code, get_language() or "en") for code in circular.countries),
                *(own_name(code) for code in circular.languages),
            ],
            "reach": circulars.reach(circular) if state != CircularState.CANCELLED else None,
            "is_open": self.is_open(),
            "providers": providers,
            "letters": {name: sum(line[name] for line in providers) for name in ("posted", "sent")},
        }


def _first(texts: dict[str, str]) -> str:
    return next(iter(texts.values()), "")


def _by_provider(circular: Circular) -> list[dict[str, Any]]:
    """Return the numbers of each provider, and what refused letters were answered."""
    kind = circulars.kind_of(circular)
    waiting, refused = batches.waiting(kind), Counter[str]()
    answers: dict[str, list[str]] = {}
    for fate in batches.refused(kind):
        refused[fate.provider] += fate.letters
        answers.setdefault(fate.provider, []).append(f"{fate.answer}: {fate.letters}")
    return [
        {
            "provider": line.provider,
            "posted": line.posted,
            "waiting": waiting.get(line.provider, 0),
            "refused": refused[line.provider],
            "answers": answers.get(line.provider, []),
            "sent": line.posted - line.taken_back - waiting.get(line.provider, 0) - refused[line.provider],
            "taken_back": line.taken_back,
        }
        for line in circular.counts.order_by("-posted", "provider")
    ]
