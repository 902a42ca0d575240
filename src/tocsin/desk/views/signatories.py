"""Signatories, readable while the vault is open: a list with filters, one person, a search, a file to take away.

Whom one looks for is in no address and no log: it comes by POST, and goes to the keeper.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _now

from tocsin.campaigns.refusals import RefusedError
from tocsin.campaigns.states import State as CampaignState
from tocsin.desk.forms.acts import StrikeReasonForm
from tocsin.desk.forms.base import own_name
from tocsin.desk.forms.vault import STATES, FilterForm, SearchForm
from tocsin.desk.views.vault import VaultPage
from tocsin.kit.addresses import parse
from tocsin.kit.countries import name_of
from tocsin.signing import domain
from tocsin.signing.intake import load_intake
from tocsin.signing.opened import jobs
from tocsin.signing.opened.models import Act, JobKind, JobState, VaultJob
from tocsin.signing.opened.rows import Row, Seat, one, page, signatory
from tocsin.vault.queries import DisplayKeyMissingError, PepperMissingError
from tocsin.vault.reader import Reader
from tocsin.vault.sealer import KeyMissingError

PAGE = 50
FILES = {"csv": JobKind.CSV, "json": JobKind.JSON}
# The end of the file's name, and its kind.
_FORMS = {JobKind.CSV: ("csv", "text/csv"), JobKind.JSON: ("jsonl", "application/x-ndjson")}


class SignatoriesPage(VaultPage):
    """A page that shows people; without the key there is nothing to show."""

    place = "signatories"

    def reader(self) -> Reader:
        """Return what opens the campaign's rows."""
        return Reader(self.keys(), self.campaign.slug)

    def person(self, row: Row) -> dict[str, Any]:
        """Return one person as the pages show them."""
        language = get_language() or "en"
        return {
            "seat": str(row.seat),
            "is_open": row.opened is not None,
            "shown": signatory(row),
            "row": row,
            "country": name_of(row.country, language) if row.country else "",
            "language": own_name(row.language),
            "state": dict(STATES)[row.state],
        }


class SignatoriesView(SignatoriesPage):
    """Lists signatories, a page at a time."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of the list; the order is that of the tags, which says nothing of people."""
        if not self.keys():
            return self.shut()
        form = FilterForm(request.GET or None, campaign=self.campaign)
        after = Seat.read(request.GET.get("after", ""))
        rows = page(self.campaign.pk, self.reader(), chosen=form.chosen(), after=after, limit=PAGE + 1)
        chosen = request.GET.copy()
        chosen.pop("after", None)
        if after is None:
            self.note(Act.LISTED)
        facts = {
            "form": form,
            "search": SearchForm(),
            "people": [self.person(row) for row in rows[:PAGE]],
            "next": rows[PAGE - 1].seat if len(rows) > PAGE else "",
            "after": after,
            "chosen": chosen.urlencode(),
        }
        return self.page("signatories.html", facts)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Search: what for stands in the form, never in an address."""
        if not self.keys():
            return self.shut()
        form = SearchForm(request.POST)
        if not form.is_valid():
            facts = {"form": FilterForm(campaign=self.campaign), "search": form}
            return self.page("signatories.html", facts, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        _begin(self, JobKind.SEARCH, form.cleaned_data["query"])
        self.note(Act.SEARCHED)
        return self.to("found")


class FoundView(SignatoriesPage):
    """Shows what a search has found so far."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show progress and people."""
        job = jobs.running(self.door.name, is_search=True)
        if job is None or not self.keys():
            return self.to("signatories")
        facts = {
            "job": job,
            "query": jobs.query_of(job),
            "people": jobs.found(job),
            "is_done": job.state == JobState.DONE,
            "is_full": job.found >= jobs.MOST_FOUND,
            "states": {state.name.lower(): words for state, words in STATES},
        }
        return self.page("found.html", facts)

    def post(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Stop searching and forget what was found."""
        jobs.cancel_all(door=self.door.name, is_search=True)
        return self.to("signatories")


class SignatoryView(SignatoriesPage):
    """Shows what is kept of one person; strikes their signature, or mails them a fresh link."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Lead to the list: who is looked at stands in no address."""
        return self.to("signatories")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show the person that a form names, or do what it asks."""
        seat = Seat.read(request.POST.get("seat", ""))
        row = one(self.campaign.pk, self.reader(), seat) if seat and self.keys() else None
        if row is None:
            return self.to("signatories")
        match request.POST.get("act", ""):
            case "strike":
                return self._strike(row)
            case "resend":
                return self._resend(row)
        self.note(Act.LOOKED_UP)
        return self._page(row, StrikeReasonForm(language=self.campaign.languages[0]))

    def _strike(self, row: Row) -> HttpResponse:
        form = StrikeReasonForm(self.request.POST, language=self.campaign.languages[0])
        if form.is_valid():
            try:
                struck = domain.strike(
                    campaign=self.campaign,
                    keys=[(row.seat.tag, row.seat.seat)],
                    reason=form.cleaned_data["reason"],
                    asked_by=self.user,
                    now=timezone.now(),
                ).struck
            except RefusedError as error:
                form.refuse(error.refused)
            else:
                if struck:
                    self.note(Act.STRUCK)
                    self.say(_now("The signature is struck, and what was typed is erased."))
                return self.to("signatories")
        return self._page(row, form)

    def _resend(self, row: Row) -> HttpResponse:
        """Mail a fresh link that can withdraw and stop mails, as the page for lost mails does."""
        address = parse(signatory(row).email)
        try:
            intake = load_intake(self.campaign)
        except (PepperMissingError, DisplayKeyMissingError, KeyMissingError):
            intake = None
        if address is None or intake is None:
            self.warn(_now("No mail can be sent to this person now."))
        else:
            domain.resend(intake=intake, address=address, language=row.language, now=timezone.now())
            self.say(_now("A mail with a fresh link is on its way."))
        return self.to("signatories")

    def _page(self, row: Row, form: StrikeReasonForm) -> HttpResponse:
        facts = {
            "person": self.person(row),
            "form": form,
            "can_resend": self.campaign.state == CampaignState.OPEN and row.opened is not None,
        }
        return self.page(
            "signatory.html", facts, status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        )


class PeopleFileView(SignatoriesPage):
    """Makes a file of all signatories, sealed until it is fetched and erased then."""

    place = "people-file"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show how far it is, and the parts that are ready."""
        if not self.keys():
            return self.shut()
        job = jobs.running(self.door.name, is_search=False)
        parts = list(job.parts.order_by("number").values_list("number", "rows")) if job else []
        return self.page("people_file.html", {"job": job, "parts": parts, "is_done": _is_done(job)})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin, cancel, or hand a part out: once."""
        if not self.keys():
            return self.shut()
        asked = request.POST.get("act", "")
        if asked in FILES:
            _begin(self, FILES[asked], "")
            self.note(Act.EXPORTED)
        elif asked == "cancel":
            jobs.cancel_all(door=self.door.name, is_search=False)
        elif asked.isdecimal() and (file := self._part(int(asked))) is not None:
            return file
        return self.to("people-file")

    def _part(self, number: int) -> HttpResponse | None:
        job = jobs.running(self.door.name, is_search=False)
        content = jobs.take_part(job=job, number=number) if job else None
        if job is None or content is None:
            return None
        ending, media = _FORMS[JobKind(job.kind)]
        response = HttpResponse(content, content_type=f"{media}; charset=utf-8")
        name = f"{self.campaign.slug}-{number + 1}.{ending}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _is_done(job: VaultJob | None) -> bool:
    return job is not None and job.state == JobState.DONE


def _begin(view: SignatoriesPage, kind: JobKind, query: str) -> None:
    now = timezone.now()
    jobs.begin(
        campaign=view.campaign,
        user=view.user,
        door=view.door.name,
        kind=kind,
        query=query,
        ends_at=now + timedelta(seconds=view.door.left()),
        now=now,
    )
