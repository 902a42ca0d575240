"""Coming to a rally: the page that says "look in your mail", and all that is behind the link in it.

The lane has looked at where a form comes from, and lets no cookie in or out (docs/decisions/0033); what is
sent beside these pages is settled there too. Opening a link changes nothing: each verb is a button.
"""

from collections.abc import Callable
from datetime import date
from functools import wraps
from http import HTTPStatus

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt

from tocsin.campaigns.languages import spoken
from tocsin.kit.keyfiles import KeysSealedError
from tocsin.rallies.calendars import Head, calendar_of, one_ics
from tocsin.rallies.domain.change_rsvp import Changed, change_rsvp
from tocsin.rallies.domain.confirm_rsvp import confirm_rsvp
from tocsin.rallies.domain.give_up import give_up as give_up_places
from tocsin.rallies.queries.coming import OwnRsvp, dates_of_who_comes, exact_for, own_rsvp_of
from tocsin.rallies.queries.shown import occurrence_on, rally_at
from tocsin.rallies.rsvp_fields import WORDS, Problems, read_extras
from tocsin.rallies.states import RsvpState
from tocsin.rallies.wording import title_in
from tocsin.seal.tokens import from_text
from tocsin.website.answers import public
from tocsin.website.clock import clock
from tocsin.website.found import campaign_in
from tocsin.website.own_rsvp_pages import Said, language_of, no_room, own_rsvp_page
from tocsin.website.pages import error_page
from tocsin.website.rsvp_form import fields_of
from tocsin.website.rsvp_pages import coming_thanks_page
from tocsin.website.ticks import unticked

View = Callable[[HttpRequest, bytes], HttpResponse]


def thanks(_request: HttpRequest, lang: str, slug: str, rally: str, on: date) -> HttpResponse:
    """Say "look in your mail", the same to everybody."""
    campaign = campaign_in(lang, slug)
    found = rally_at(campaign, rally)
    occurrence = occurrence_on(found, on) if found is not None else None
    if occurrence is None:
        raise Http404
    return public(coming_thanks_page(occurrence, lang), campaign=campaign)


def _behind_a_link(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Read the token; say kindly that keys are sealed."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        read = from_text(token)
        if read is None:
            raise Http404
        try:
            return view(request, read)
        except KeysSealedError:
            status = HTTPStatus.SERVICE_UNAVAILABLE
            wished = _wished(request)
            response = HttpResponse(error_page(status, spoken(wished[0]) if wished else "en"), status=status)
            response["Retry-After"] = "600"
            return response

    return answer


@_behind_a_link
def own(request: HttpRequest, token: bytes) -> HttpResponse:
    """Show somebody their RSVP; the box and the button on this page confirm it."""
    if request.method != "POST":
        return _page(request, token)
    if request.POST.get("consent") != "yes":
        # A mail scanner that presses every button ticks no box.
        return _not_ticked(request, token)
    confirm_rsvp(token=token, now=clock())
    return _page(request, token)


@_behind_a_link
def change(request: HttpRequest, token: bytes) -> HttpResponse:
    """Change how many somebody brings, what they offer and what they need; opened, show the page."""
    if request.method != "POST":
        return _page(request, token)
    found = own_rsvp_of(token, now=clock())
    read = read_extras(request.POST.dict())
    with override(spoken(language_of(found, _wished(request)) if found else "en")):
        if isinstance(read, Problems):
            errors = {name: str(WORDS[problem]) for name, problem in read.by_field.items()}
            said = Said(values=_typed(request), errors=errors)
            return _page(request, token, said=said, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        changed = change_rsvp(token=token, now=clock(), **read._asdict())
        if changed is Changed.NO_ROOM:
            said = Said(values=_typed(request), errors={"guests": no_room()})
            return _page(request, token, said=said, status=HTTPStatus.CONFLICT)
        return _page(request, token, said=Said(_("Saved.")) if changed is Changed.CHANGED else None)


@_behind_a_link
def give_up(request: HttpRequest, token: bytes) -> HttpResponse:
    """Give a place up, with one press, from a mail program's button too (RFC 8058); opened, show the page."""
    if request.method == "POST":
        give_up_places(token=token, now=clock())
    return _page(request, token)


@_behind_a_link
def mine(request: HttpRequest, token: bytes) -> HttpResponse:
    """Give somebody all that is kept of them, as a JSON file; opened, show the page."""
    found = own_rsvp_of(token, now=clock())
    if request.method != "POST" or found is None or found.reader is None:
        return _page(request, token)
    row = found.row
    content = {
        "email": found.reader.email,
        "name": found.reader.name,
        "language": found.reader.language,
        "needs": found.reader.needs,
        "guests": row.guests,
        "duty": row.duty,
        "state": RsvpState(row.state).name.lower(),
        "asked_on": row.asked_on.isoformat(),
        "rally": found.occurrence.rally.slug,
        "date": found.occurrence.held_on.isoformat(),
    }
    return _file(orjson.dumps(content, option=orjson.OPT_INDENT_2), "application/json", "my-rsvp.json")


@_behind_a_link
def date_file(request: HttpRequest, token: bytes) -> HttpResponse:
    """Give the date as a file for a calendar, with the exact address if this reader may know it."""
    found = _standing(token)
    if found is None:
        return _page(request, token, status=HTTPStatus.NOT_FOUND)
    language = language_of(found, _wished(request))
    occurrence, rally = found.occurrence, found.occurrence.rally
    ics = one_ics(occurrence, rally, rally.campaign, language, exact_place=found.exact, method="")
    return _file(ics, "text/calendar; charset=utf-8", f"{rally.slug}.ics")


@_behind_a_link
def feed(request: HttpRequest, token: bytes) -> HttpResponse:
    """Give the calendar of the dates to which somebody comes, for a program that looks again by itself."""
    found, now = _standing(token), clock()
    if found is None:
        return _page(request, token, status=HTTPStatus.NOT_FOUND)
    language = language_of(found, _wished(request))
    dates = dates_of_who_comes(found.row)
    places = {one.pk: place for one, row in dates if (place := exact_for(one, row, now=now)) is not None}
    rally = found.occurrence.rally
    head = Head(name=title_in(rally, language, rally.campaign), zone=rally.zone)
    body = calendar_of([one for one, _row in dates], language=language, head=head, exact_places=places)
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")


def _not_ticked(request: HttpRequest, token: bytes) -> HttpResponse:
    found = own_rsvp_of(token, now=clock())
    if found is None or found.state is not RsvpState.ASKED:
        return _page(request, token)  # nothing to confirm, or not any more
    with override(spoken(language_of(found, _wished(request)))):
        said = Said(errors={"consent": unticked()})
    return _page(request, token, said=said, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _standing(token: bytes) -> OwnRsvp | None:
    found = own_rsvp_of(token, now=clock())
    return found if found is not None and found.state in {RsvpState.COMING, RsvpState.WAITING} else None


def _page(
    request: HttpRequest, token: bytes, *, said: Said | None = None, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    path = "/".join(request.path.split("/")[:3])
    page = own_rsvp_page(own_rsvp_of(token, now=clock()), path=path, wished=_wished(request), said=said)
    return HttpResponse(page.body, status=page.status if page.status != HTTPStatus.OK else status)


def _typed(request: HttpRequest) -> dict[str, str]:
    known = fields_of({}, {})
    return {name: value for name, value in request.POST.dict().items() if name in known}


def _wished(request: HttpRequest) -> list[str]:
    line = request.headers.get("Accept-Language", "")[:200]
    return [code for code, weight in parse_accept_lang_header(line.lower()) if weight > 0]


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
