"""What is behind a host's link. Opening it changes nothing: each verb is a button.

The lane has looked at where a form comes from, and lets no cookie in or out (docs/decisions/0033); what is sent
beside these pages is settled there too. Each answer to a form is a 303 back to a page, or the page with what to mend.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt

from tocsin.campaigns.languages import spoken
from tocsin.kit.keyfiles import KeysSealedError
from tocsin.rallies.details import details_of
from tocsin.rallies.domain.cancel import cancel_all, cancel_date
from tocsin.rallies.domain.change import change as change_rally
from tocsin.rallies.domain.confirm_host import Confirmed, confirm_host
from tocsin.rallies.domain.headcounts import Reported, report_headcount, takes_headcounts
from tocsin.rallies.domain.invite_cohost import Invited, hand_over, invite_cohost
from tocsin.rallies.domain.move_date import move_date
from tocsin.rallies.domain.postpone import postpone
from tocsin.rallies.domain.reopen import reopen
from tocsin.rallies.domain.revoke_host import revoke_host
from tocsin.rallies.domain.write_to_coming import NotWritten, write_to_coming
from tocsin.rallies.forms import Problems, read_change, read_host_report, read_move, read_person
from tocsin.rallies.models import Occurrence
from tocsin.rallies.photos import FIELD, SENT, lost
from tocsin.rallies.queries.hosting import date_of, days_to_come, host_behind
from tocsin.rallies.refusals import MENDS, Refusal, Refused, RefusedError
from tocsin.rallies.states import ReportState
from tocsin.rallies.unanswered import has_expired
from tocsin.seal.tokens import from_text
from tocsin.website import own_rally_pages as pages
from tocsin.website.clock import clock
from tocsin.website.own_rally_pages import Desk, Page, Said
from tocsin.website.pages import error_page
from tocsin.website.ticks import unticked

View = Callable[..., HttpResponse]
DateVerb = Callable[[Desk, Occurrence, dict[str, str]], str | Said]


def _behind_a_link(view: View) -> View:
    """Find whose link it is; anybody else gets the same page, whatever they guessed."""

    @csrf_exempt  # the lane refuses what another site posts, and the token is in the address
    @wraps(view)
    def answer(request: HttpRequest, token: str, **more: object) -> HttpResponse:
        read, wished = from_text(token), _wished(request)
        if read is None:
            raise Http404
        try:
            host = host_behind(read)
            if host is None or (host.confirmed_at is None and has_expired(host, clock())):
                return _sent(pages.void_page(wished, late=host))
            return view(request, pages.desk_of(host, f"/h/{token}", wished, request.META.get(SENT)), read, **more)
        except KeysSealedError:
            status = HTTPStatus.SERVICE_UNAVAILABLE
            response = HttpResponse(error_page(status, wished), status=status)
            response["Retry-After"] = "600"
            return response

    return answer


def _confirmed(view: View) -> View:
    """Let in only who has pressed the button; who has not is led to it."""

    @wraps(view)
    def answer(request: HttpRequest, desk: Desk, token: bytes, **more: object) -> HttpResponse:
        if desk.host.confirmed_at is None:
            return _back(desk)
        return view(request, desk, token, **more)

    return _behind_a_link(answer)


@_behind_a_link
def own(request: HttpRequest, desk: Desk, token: bytes) -> HttpResponse:
    """Show the host's page, or the box and the button that come before it; ticked and pressed, confirm."""
    if request.method == "POST":
        if desk.host.confirmed_at is None and request.POST.get("consent") != "yes":
            # A mail scanner that presses every button ticks no box.
            with override(spoken(desk.language)):
                said = Said(form="confirm", errors={"consent": unticked()})
            return _sent(pages.confirm_page(desk, said))
        outcome = confirm_host(token=token, now=desk.now)
        if outcome is Confirmed.OVER:
            with override(spoken(desk.language)):
                said = Said(form="confirm", errors={"consent": str(MENDS[Refusal.CAMPAIGN_OVER])})
            return _sent(pages.confirm_page(desk, said))
        if outcome in {Confirmed.UNKNOWN, Confirmed.EXPIRED}:
            return _sent(pages.void_page(desk.language, late=desk.host if outcome is Confirmed.EXPIRED else None))
        return _back(desk, "joined" if outcome is Confirmed.JOINED else "confirmed")
    if desk.host.confirmed_at is None:
        return _sent(pages.confirm_page(desk))
    return _sent(pages.own_page(desk, done=request.GET.get("done", "")))


@_confirmed
def change(request: HttpRequest, desk: Desk, _token: bytes) -> HttpResponse:
    """Show the form that changes the rally, and take it."""
    if request.method != "POST":
        return _sent(pages.change_page(desk))
    values, rally = _values(request), desk.rally
    with override(spoken(desk.language)):
        read = read_change(
            values,
            campaign=rally.campaign,
            language=desk.language,
            days=days_to_come(rally.campaign, desk.now),
            before=details_of(rally),
            now=desk.now,
        )
        if isinstance(read, Problems):
            return _sent(pages.change_page(desk, Said(form="change", values=values, errors=read.by_field)))
        try:
            details, private = read.details, read.private
            change_rally(rally=rally.pk, details=details, private=private, now=desk.now, seen=rally.sequence)
        except RefusedError as error:
            return _sent(pages.change_page(desk, Said(form="change", values=values, errors=_by_field(error.refused))))
    return _back(desk, "changed")


@_confirmed
def cancel_all_dates(request: HttpRequest, desk: Desk, _token: bytes) -> HttpResponse:
    """Cancel every date to come."""
    if request.method != "POST":
        return _back(desk)
    values = _values(request)
    with override(spoken(desk.language)):
        if not values.get("sure"):
            errors = {"sure": _("Please tick this first, so that nobody cancels by accident.")}
            return _sent(pages.own_page(desk, said=Said(form="cancel", values=values, errors=errors)))
        try:
            cancel_all(rally=desk.rally.pk, note=values.get("note", ""), now=desk.now)
        except RefusedError as error:
            said = Said(form="cancel", values=values, errors=_by_field(error.refused))
            return _sent(pages.own_page(desk, said=said))
    return _back(desk, "cancelled")


@_confirmed
def date(request: HttpRequest, desk: Desk, _token: bytes, *, number: int, verb: str = "") -> HttpResponse:
    """Show one date, and do to it what its buttons say."""
    found = date_of(desk.rally, number)
    if found is None or (verb and verb not in _DATE_VERBS):
        raise Http404
    if request.method != "POST" or not verb:
        return _sent(pages.date_page(desk, found))
    values = _values(request)
    with override(spoken(desk.language)):
        try:
            outcome = _DATE_VERBS[verb](desk, found, values)
        except RefusedError as error:
            outcome = Said(errors=_by_field(error.refused))
        if isinstance(outcome, str):
            return _back(desk, outcome)
        errors = {**({FIELD: lost().mend} if desk.photo is not None else {}), **outcome.errors}
        said = Said(form=verb, values=values, errors=errors, notice=outcome.notice)
        return _sent(pages.date_page(desk, found, said))


@_confirmed
def team(request: HttpRequest, desk: Desk, _token: bytes) -> HttpResponse:
    """Show who holds the rally; ask somebody to help or to take over; end a link."""
    if request.method != "POST":
        return _sent(pages.team_page(desk))
    values = _values(request)
    verb = values.get("verb", "")
    with override(spoken(desk.language)):
        if verb == "revoke":
            return _revoke(desk, values)
        if verb not in {"invite", "hand_over"}:
            raise Http404
        person = read_person(values, campaign=desk.rally.campaign, language=desk.language, now=desk.now)
        if isinstance(person, Problems):
            said = Said(form=verb, values=values, errors=person.by_field, suggested_email=person.suggested_email)
            return _sent(pages.team_page(desk, said))
        ask = hand_over if verb == "hand_over" else invite_cohost
        outcome = ask(host=desk.host.pk, person=person, now=desk.now)
        if outcome is Invited.ASKED:
            return _back(desk, "asked")
        return _sent(pages.team_page(desk, Said(form=verb, values=values, errors={"email": _not_invited(outcome)})))


def _revoke(desk: Desk, values: dict[str, str]) -> HttpResponse:
    number = values.get("host", "")
    is_own = number == str(desk.host.pk)
    if number.isascii() and number.isdigit() and len(number) < 19:  # noqa: PLR2004  what a row's number can have
        revoke_host(host=desk.host.pk, other=int(number))
    return _back(desk) if is_own else _back(desk, "revoked")


def _cancel(desk: Desk, found: Occurrence, values: dict[str, str]) -> str:
    cancel_date(rally=desk.rally.pk, date=found.pk, note=values.get("note", ""), now=desk.now)
    return "cancelled"


def _postpone(desk: Desk, found: Occurrence, values: dict[str, str]) -> str:
    postpone(rally=desk.rally.pk, date=found.pk, note=values.get("note", ""), now=desk.now, by_host=True)
    return "postponed"


def _reopen(desk: Desk, found: Occurrence, values: dict[str, str]) -> str:
    reopen(rally=desk.rally.pk, date=found.pk, note=values.get("note", ""), now=desk.now, by_host=True)
    return "reopened"


def _move(desk: Desk, found: Occurrence, values: dict[str, str]) -> str | Said:
    read = read_move(values, campaign=desk.rally.campaign, language=desk.language, now=desk.now)
    if isinstance(read, Problems):
        return Said(errors=read.by_field)
    move_date(rally=desk.rally, date=found.pk, move=read, now=desk.now, by_host=True)
    return "moved"


def _write(desk: Desk, found: Occurrence, values: dict[str, str]) -> str | Said:
    outcome = write_to_coming(rally=desk.rally.pk, date=found.pk, words=values.get("words", ""), now=desk.now)
    if outcome is NotWritten.TODAY_ALREADY:
        return Said(errors={"words": _("You wrote today already: once a day is all. Your words are still here.")})
    if outcome is NotWritten.NOBODY:
        return Said(errors={"words": _("Nobody has said that they come to this date.")})
    return "written"


def _count(desk: Desk, found: Occurrence, values: dict[str, str]) -> str | Said:
    read = read_host_report(values)
    if not isinstance(read, Reported):
        return Said(errors=_by_field(read))
    found.rally = desk.rally
    # A photo costs seconds: where there is no headcount to take, it is not looked at.
    is_taken = takes_headcounts(desk.rally, found, desk.now)
    photo = desk.photo.made_afresh() if desk.photo is not None and is_taken else b""
    stored = report_headcount(occurrence=found, reported=read, now=desk.now, photo=photo, host=desk.host)
    return "photo" if photo and stored.photo_state == ReportState.WAITING else "counted"


_DATE_VERBS: dict[str, DateVerb] = {
    "cancel": _cancel,
    "postpone": _postpone,
    "reopen": _reopen,
    "move": _move,
    "write": _write,
    "count": _count,
}


def _not_invited(outcome: Invited) -> str:
    return {
        Invited.ALREADY: _("This address is on the team already, or was asked."),
        Invited.TOO_MANY: _("There are ten on the team: end somebody's link first."),
        Invited.TODAY: _("You asked ten people today. Please ask the next one tomorrow."),
        Invited.NOT_HOST: _("Only the host asks others."),
        Invited.OVER: _("This rally takes no changes any more."),
    }[outcome]


def _by_field(refused: Iterable[Refused]) -> dict[str, str]:
    return {one.field: one.mend for one in reversed(list(refused))}


def _values(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.POST.items()}


def _wished(request: HttpRequest) -> str:
    wished = [code for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    return spoken(wished[0]) if wished else "en"


def _back(desk: Desk, done: str = "") -> HttpResponse:
    response = HttpResponseRedirect(f"{desk.path}?done={done}" if done else desk.path)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _sent(page: Page) -> HttpResponse:
    response = HttpResponse(page.body, status=page.status)
    response["Content-Language"] = page.language
    return response
