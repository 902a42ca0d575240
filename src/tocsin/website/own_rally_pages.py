"""The pages behind a host's link: the button that confirms, and all that they can do with their rally."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from tocsin.campaigns.languages import spoken
from tocsin.rallies.details import details_of
from tocsin.rallies.domain.headcounts import takes_headcounts
from tocsin.rallies.domain.own_dates import CHANGEABLE
from tocsin.rallies.forms import values_of
from tocsin.rallies.hosts import Known, person_in, place_in
from tocsin.rallies.models import Host, Occurrence, Rally
from tocsin.rallies.photos import SentPhoto
from tocsin.rallies.queries import hosting
from tocsin.rallies.queries.hosting import Helpers, helpers_of, needs_of
from tocsin.rallies.states import DateState, HostPart, Method, State
from tocsin.website.clock import clock
from tocsin.website.host_form import Choice, host_form
from tocsin.website.host_pages import title_of_day
from tocsin.website.poster import Poster, poster_of, share_links
from tocsin.website.rally_dates import RallyDate
from tocsin.website.rally_filters import duty_words
from tocsin.website.slots import render


class Page(NamedTuple):
    """A page, its status and its language."""

    body: str
    status: HTTPStatus
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a page shows again: what was typed into which form, what to mend, and a sentence above."""

    form: str = ""  # which of the page's forms
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    suggested_email: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether there is something to mend."""
        return bool(self.errors)


NOTHING_SAID = Said()


@dataclass(frozen=True, slots=True)
class Desk:
    """A host at their own page: whose link, of which rally, at which address, in which language."""

    host: Host
    path: str
    language: str
    person: Known | None
    now: datetime
    photo: SentPhoto | None = None  # what came with the form

    @property
    def rally(self) -> Rally:
        """The rally."""
        return self.host.rally

    @property
    def is_host(self) -> bool:
        """Whether they hold it, and do not only help."""
        return self.host.part == HostPart.HOST


@dataclass(frozen=True, slots=True)
class Teammate:
    """Somebody on a rally's team, as its host sees them."""

    number: int
    name: str
    is_confirmed: bool
    is_host: bool
    takes_over: bool
    is_self: bool


def desk_of(host: Host, path: str, wished: str, photo: SentPhoto | None = None) -> Desk:
    """Return a host at their page: in their own language, or in one the campaign speaks."""
    person, languages = person_in(host.rally_id, host.sealed), host.rally.campaign.languages
    told = person.language if person else wished
    return Desk(host, path, told if told in languages else languages[0], person, clock(), photo)


def void_page(language: str, *, late: Host | None = None) -> Page:
    """Return what a link leads to that opens nothing: revoked, replaced, invented or, of `late`, expired."""
    is_invited = late is not None and late.part == HostPart.COHOST
    context = {"language": language, "is_late": late is not None, "is_invited": is_invited}
    return Page(render("website/own_rally/void.html", context, language=language), HTTPStatus.NOT_FOUND, language)


def confirm_page(desk: Desk, said: Said = NOTHING_SAID) -> Page:
    """Return the page with the box to tick and the one button; opening it changes nothing."""
    first = desk.rally.occurrences.order_by("starts_at").first()
    poster = _poster(desk)
    return _page(
        "confirm",
        desk,
        poster,
        date=_date(desk, poster, first) if first else None,
        asker=_asker(desk),
        said=said,
    )


def own_page(desk: Desk, *, done: str = "", said: Said = NOTHING_SAID) -> Page:
    """Return the host's own page: how it stands, its dates, and what can be done."""
    poster, rally = _poster(desk), desk.rally
    coming = hosting.dates_to_come(rally, desk.now)
    over = [one for one in hosting.dates_over(rally, desk.now) if one.state == DateState.STANDS]
    with override(spoken(desk.language)):
        title = _title(desk, poster)
        url = f"{settings.BASE_URL}{poster.path}rallies/{rally.slug}/"
        more = {
            "done": _done(done),
            "state_line": _state_line(rally),
            "title": title,
            "page_url": url,
            "shares": share_links(title, url),
            "dates": [_date(desk, poster, one) for one in coming],
            "kit": next((_date(desk, poster, one).kit_path for one in coming if one.ends_at > desk.now), ""),
            "over": [_date(desk, poster, one) for one in over],
            "has_any_standing": any(one.state != DateState.CANCELLED for one in coming),
        }
    return _page("own", desk, poster, said=said, **more)


def change_page(desk: Desk, said: Said = NOTHING_SAID) -> Page:
    """Return the form that changes the rally, with everything that it says now."""
    poster, rally = _poster(desk), desk.rally
    days = hosting.days_to_come(rally.campaign, desk.now)
    details = details_of(rally)
    values = values_of(details, place_in(rally.pk, rally.sealed_place), desk.language)
    is_custom = values["repeat"] == "keep"
    with override(spoken(desk.language)):
        form = host_form(
            poster,
            values=said.values or values,
            errors=said.errors,
            notice=said.notice,
            day=days[0] if days else None,
            is_custom=is_custom,
        )
    day = days[0] if days else None
    return _page("change", desk, poster, form=form, day=day, day_title=title_of_day(day, poster), said=said)


def date_page(desk: Desk, date: Occurrence, said: Said = NOTHING_SAID) -> Page:
    """Return one date: who comes, and how to cancel, postpone, move or reopen it, write, or say how many came."""
    poster = _poster(desk)
    date.rally = desk.rally
    shown = _date(desk, poster, date)
    with override(spoken(desk.language)):
        more = {
            "date": shown,
            "row": date,
            "helpers": [_helper(one) for one in helpers_of(desk.rally, date)],
            "needs": needs_of(date),
            "is_to_come": hosting.is_to_come(date, desk.now),
            "can_reopen": date.state != DateState.STANDS and not shown.is_over,
            "can_count": takes_headcounts(desk.rally, date, desk.now),
            "methods": _methods(said.values.get("method", "")),
            "move": said.values if said.form == "move" else _move_values(date),
        }
    return _page("date", desk, poster, said=said, **more)


def team_page(desk: Desk, said: Said = NOTHING_SAID) -> Page:
    """Return who holds the rally, and the forms that ask others."""
    poster = _poster(desk)
    return _page("team", desk, poster, team=_teammates(desk), said=said)


def _poster(desk: Desk) -> Poster:
    return poster_of(desk.rally.campaign, desk.language, now=desk.now)


def _page(template: str, desk: Desk, poster: Poster, *, said: Said, **more: object) -> Page:
    context = {
        "poster": poster,
        "language": desk.language,
        "desk": desk,
        "rally": desk.rally,
        "path": desk.path,
        "said": said,
        "is_changeable": desk.rally.state in CHANGEABLE,
        **more,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if said.is_wrong else HTTPStatus.OK
    return Page(render(f"website/own_rally/{template}.html", context, language=desk.language), status, desk.language)


def _date(desk: Desk, poster: Poster, one: Occurrence) -> RallyDate:
    one.rally = desk.rally
    return RallyDate(desk.rally, one, desk.language, poster.path, desk.now)


def _title(desk: Desk, poster: Poster) -> str:
    any_date = Occurrence(rally=desk.rally)
    return RallyDate(desk.rally, any_date, desk.language, poster.path, desk.now).title


def _asker(desk: Desk) -> str:
    """Return who asks somebody to help or to take over."""
    first = hosting.team_of(desk.rally).host
    known = person_in(desk.rally.pk, first.sealed) if first is not None and first.pk != desk.host.pk else None
    return known.name if known else ""


def _teammates(desk: Desk) -> list[Teammate]:
    team = hosting.team_of(desk.rally)
    rows = [*([team.host] if team.host else []), *team.cohosts]
    known = [(row, person_in(desk.rally.pk, row.sealed)) for row in rows]
    return [
        Teammate(
            row.pk,
            person.name if person else "",
            row.confirmed_at is not None,
            row.part == HostPart.HOST,
            bool(person and person.takes_over and row.confirmed_at is None),
            row.pk == desk.host.pk,
        )
        for row, person in known
    ]


def _helper(one: Helpers) -> tuple[str, int, int]:
    return duty_words(one.duty, max(one.offered, one.wanted)), one.offered, one.wanted


def _methods(chosen: str) -> list[Choice]:
    words = {
        Method.COUNTED: _("Counted, one by one"),
        Method.DENSITY: _("Worked out from the area and how close people stood"),
        Method.ESTIMATE: _("Estimated by eye"),
    }
    return [Choice(value.value, text, value.value == chosen) for value, text in words.items()]


def _move_values(date: Occurrence) -> dict[str, str]:
    return {
        "date": date.held_on.isoformat(),
        "time": f"{date.wall_time:%H:%M}",
        "minutes": str(date.minutes),
        "place": date.place,
        "address": date.address,
        "note": "",
    }


def _state_line(rally: Rally) -> str:
    """Return how a rally stands, in the language that is active."""
    return {
        State.ANNOUNCED: _("Live by its link. It waits for a look from the campaign's team, who put it on the map."),
        State.APPROVED: _("On the map, in the list and in calendars."),
        State.RETURNED: _("The team asks you to change something. Until then it is live by its link alone."),
        State.MERGED: _("It was announced twice: the team has made one of both, and leads this one's address there."),
        State.REFUSED: _("The team has taken this rally down."),
        State.ENDED: _("This series has ended."),
    }.get(State(rally.state), "")


def _done(name: str) -> str:
    """Return what was just done, in the language that is active."""
    return {
        "confirmed": _("Done: your rally has a page. Keep the link to this one: it is your key."),
        "joined": _("Done: you are on this rally's team. Keep the link to this page: it is your key."),
        "changed": _("Saved. Those who come were told if time or place changed."),
        "cancelled": _("Cancelled. Everybody who comes gets a mail."),
        "postponed": _("Postponed. Everybody who comes gets a mail."),
        "moved": _("Moved. Everybody who comes gets a mail."),
        "reopened": _("It is held after all. Everybody who comes gets a mail."),
        "written": _("Sent. Your words are on their way to everybody who comes to that date."),
        "counted": _("Thank you. How many came stands on the rally's page, as what its host says."),
        "photo": _(
            "Thank you. How many came stands on the rally's page, as what its host says. "
            "Your photo follows when somebody of the campaign has looked at it."
        ),
        "asked": _("A mail with a link of their own is on its way."),
        "revoked": _("That link opens nothing any more."),
    }.get(name, "")
