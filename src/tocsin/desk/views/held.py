"""Held signatures: let them count, or strike them. No personal data is shown or needed."""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns import rules
from tocsin.campaigns.refusals import RefusedError
from tocsin.desk.forms.acts import HeldForm, StrikeReasonForm
from tocsin.desk.guard import CampaignView
from tocsin.desk.queries import still_held
from tocsin.kit.countries import names
from tocsin.signing import domain
from tocsin.signing.domain.strike import ALONE
from tocsin.signing.queries import held, held_count, read_held_key
from tocsin.signing.states import Hold
from tocsin.vault.queries import DisplayKeyMissingError

Keys = Sequence[tuple[bytes, int]]

PAGE = 100

REASONS = {
    Hold.NETWORK_RATE: (
        _("Many from one network"),
        _("More signatures came from one network than people usually send. A school or an office can be the cause."),
    ),
    Hold.DISPOSABLE_DOMAIN: (_("Throw-away address"), _("The mailbox is of a kind that is made for a few minutes.")),
    Hold.DOMAIN_RATE: (_("Many from one mail domain"), _("More signatures came from one mail domain than is usual.")),
    Hold.ADDRESS_RATE: (
        _("One address again and again"),
        _("The same address was typed in more often than a person would."),
    ),
    Hold.DISOWNED: (
        _("\u201cThis wasn't me\u201d"),
        _("Somebody who got the confirmation mail said that they had not signed."),
    ),
}


class HeldView(CampaignView):
    """Lists what is held, a page at a time, and takes decisions."""

    place = "held"
    may = rules.can_moderate

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of the list."""
        return self._page(request.GET.get("hold", ""), request.GET.get("after", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Release or strike what was ticked; a strike is asked about once more."""
        form = HeldForm(request.POST)
        hold = request.POST.get("hold", "")
        if not form.is_valid():
            wrong = form.errors.get("keys") or form.errors["act"]
            return self._page(hold, request.POST.get("after", ""), wrong=wrong)
        keys, act = form.cleaned_data["keys"], form.cleaned_data["act"]
        if act == "release":
            self._release(keys)
            return self.to("held")
        typed = request.POST if act == "strike-sure" else None
        return self._strike(keys, StrikeReasonForm(typed, language=self.campaign.languages[0]))

    def _release(self, keys: Keys) -> None:
        try:
            done = domain.release(campaign=self.campaign, keys=keys, now=timezone.now())
        except DisplayKeyMissingError:
            self.warn(_now("This machine does not hold the campaign's display key: release them where it lies."))
            return
        said = ngettext(
            "%(n)s signature was released and will be counted.",
            "%(n)s signatures were released and will be counted.",
            done,
        )
        self.say(said % {"n": done})
        self._say_gone(len(keys) - done)

    def _strike(self, keys: Keys, form: StrikeReasonForm) -> HttpResponse:
        """Ask for the reason first; then strike, or propose it to a second person."""
        if form.is_valid():
            try:
                return self._carry_out(keys, form.cleaned_data["reason"])
            except RefusedError as error:
                form.refuse(error.refused)
        facts = {
            "form": form,
            "keys": self.request.POST.getlist("keys"),
            "hold": self.request.POST.get("hold", ""),
            "needs_two": len(keys) > ALONE,
            "alone": ALONE,
        }
        return self.page("strike.html", facts, status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)

    def _carry_out(self, keys: Keys, reason: str) -> HttpResponse:
        held_keys = still_held(self.campaign.pk, keys)
        carry_out = partial(
            domain.propose_strike if len(held_keys) > ALONE else domain.strike,
            campaign=self.campaign,
            keys=held_keys,
            reason=reason,
            asked_by=self.user,
            only_held=True,
            now=timezone.now(),
        )
        done = carry_out()
        if isinstance(done, int):
            self.say(_now("This waits for a second person of the team now. Nothing is struck yet."))
            return self.to("proposal", number=done)
        struck = done.struck
        self.say(ngettext("%(n)s signature was struck.", "%(n)s signatures were struck.", struck) % {"n": struck})
        self._say_gone(len(keys) - struck)
        return self.to("held")

    def _say_gone(self, number: int) -> None:
        if number:
            said = ngettext(
                "%(n)s was no longer held: it was withdrawn, or somebody else decided.",
                "%(n)s were no longer held: they were withdrawn, or somebody else decided.",
                number,
            )
            self.warn(said % {"n": number})

    def _page(self, hold: str, after: str, wrong: object = None) -> HttpResponse:
        chosen = _hold_named(hold)
        lines = held(self.campaign.pk, after=_checked(after), limit=PAGE + 1, hold=chosen)
        shown = lines[:PAGE]
        countries = dict(names(get_language() or "en"))
        facts = {
            "rows": [(line, countries.get(line.country, line.country), REASONS[line.hold][0]) for line in shown],
            "next": shown[-1].key if len(lines) > PAGE else "",
            "after": after,
            "hold": chosen.name.lower() if chosen else "",
            "kinds": [(one.name.lower(), *REASONS[one]) for one in Hold],
            "total": held_count(self.campaign.pk),
            "all_ticked": "all" in self.request.GET,
            "ticked": set(self.request.POST.getlist("keys")),
            "wrong": wrong,
        }
        return self.page("held.html", facts, status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK)


def _hold_named(name: str) -> Hold | None:
    return next((one for one in Hold if one.name.lower() == name), None)


def _checked(after: str) -> str:
    """Return the key a page begins after, or the list's beginning for anything that is no key."""
    try:
        read_held_key(after)
    except ValueError:
        return ""
    return after
