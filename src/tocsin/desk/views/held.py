"""Held signatures: let them count, or strike them. No personal data is shown or needed."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns import rules
from tocsin.desk.forms.acts import HeldForm
from tocsin.desk.guard import CampaignView
from tocsin.kit.countries import names
from tocsin.signing import domain
from tocsin.signing.queries import held, held_count, read_held_key
from tocsin.signing.states import Hold

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
            return self._page(hold, request.POST.get("after", ""), wrong=form.errors.get("keys"))
        keys, act = form.cleaned_data["keys"], form.cleaned_data["act"]
        if act == "strike":
            return self.page("strike.html", {"keys": request.POST.getlist("keys"), "hold": hold})
        now = timezone.now()
        if act == "release":
            self._say_released(domain.release(campaign=self.campaign, keys=keys, now=now), len(keys))
        else:
            self._say_struck(domain.strike(campaign=self.campaign.pk, keys=keys, now=now))
        return self.to("held")

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

    def _say_released(self, done: int, asked: int) -> None:
        self.say(
            ngettext(
                "%(n)s signature was released and will be counted.",
                "%(n)s signatures were released and will be counted.",
                done,
            )
            % {"n": done}
        )
        if done < asked:
            self._say_gone(asked - done)

    def _say_struck(self, result: domain.StrikeResult) -> None:
        self.say(
            ngettext("%(n)s signature was struck.", "%(n)s signatures were struck.", result.struck)
            % {"n": result.struck}
        )
        if result.gone_before:
            self._say_gone(result.gone_before)

    def _say_gone(self, number: int) -> None:
        self.warn(
            ngettext(
                "%(n)s was no longer held: it was withdrawn, or somebody else decided.",
                "%(n)s were no longer held: they were withdrawn, or somebody else decided.",
                number,
            )
            % {"n": number}
        )


def _hold_named(name: str) -> Hold | None:
    return next((one for one in Hold if one.name.lower() == name), None)


def _checked(after: str) -> str:
    """Return the key a page begins after, or the list's beginning for anything that is no key."""
    try:
        read_held_key(after)
    except ValueError:
        return ""
    return after
