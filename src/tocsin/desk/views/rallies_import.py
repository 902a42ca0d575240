"""Bring rallies in from a calendar or a table: choose a file, look at what it would do, press."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tocsin.desk.forms.rallies_import import ImportForm
from tocsin.desk.guard import CampaignView
from tocsin.kit.countries import name_of
from tocsin.rallies import rules
from tocsin.rallies.domain.import_file import Fate, Imported, Planned, import_file, plan
from tocsin.rallies.reading.found import Found
from tocsin.rallies.refusals import RefusedError
from tocsin.rallies.wording import title_in

_MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One rally of a file, as the preview shows it."""

    number: int
    source: str
    title: str
    first_on: date
    wall_time: time
    zone: str
    where: str
    repeats: bool
    is_cancelled: bool
    alike: tuple[tuple[int, str], ...]  # the numbers and titles of those it may be


class RalliesImportView(CampaignView):
    """Reads a file, shows what it would do, and does it."""

    place = "rallies-import"
    may = rules.can_enter

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the form."""
        return self.page("rallies_import.html", {"form": self._form()})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show what the file would do, or do it."""
        form = self._form(request.POST, request.FILES)
        if not form.is_valid() or form.found is None:
            return self.page("rallies_import.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        if "store" in request.POST:
            return self._store(form, form.found, request.POST.getlist("wanted"))
        return self.page("rallies_import_preview.html", self._preview(form.found, form.cleaned_data["packed"]))

    def _store(self, form: ImportForm, found: Found, wanted: Sequence[str]) -> HttpResponse:
        try:
            done = import_file(campaign=self.campaign, rallies=found.rallies, wanted=wanted, now=timezone.now())
        except RefusedError as error:
            form.refuse(error.refused)
            return self.page("rallies_import.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        self._say(done)
        return self.to("rallies")

    def _form(self, *sent: object) -> ImportForm:
        return ImportForm(*sent, language=self.campaign.languages[0])

    def _preview(self, found: Found, packed: str) -> dict[str, object]:
        planned = plan(campaign=self.campaign, rallies=found.rallies, now=timezone.now())
        by_fate = {fate: [one for one in planned if one.fate is fate] for fate in Fate}
        will_do = len(by_fate[Fate.NEW]) + len(by_fate[Fate.CHANGED]) + len(by_fate[Fate.ALIKE])
        return {
            "packed": packed,
            "flaws": found.flaws,
            "alike": self._lines(by_fate[Fate.ALIKE]),
            "groups": [
                (_("New"), len(by_fate[Fate.NEW]), self._lines(by_fate[Fate.NEW][:_MOST_SHOWN])),
                (_("Changed"), len(by_fate[Fate.CHANGED]), self._lines(by_fate[Fate.CHANGED][:_MOST_SHOWN])),
            ],
            "most_shown": _MOST_SHOWN,
            "same": len(by_fate[Fate.SAME]),
            "left": len(by_fate[Fate.LEFT]),
            "will_do": will_do,
        }

    def _lines(self, planned: Iterable[Planned]) -> list[Line]:
        language = get_language() or "en"
        return [self._line(one, language) for one in planned]

    def _line(self, one: Planned, language: str) -> Line:
        details = one.found.details
        where = details.where
        country = name_of(where.country, language) if where.country else _("Online")
        return Line(
            number=one.found.line,
            source=one.found.source,
            title=next(iter(details.title.values()), ""),
            first_on=details.first_on,
            wall_time=details.wall_time,
            zone=details.zone.replace("_", " "),
            where=", ".join(part for part in (where.place, where.city, country) if part),
            repeats=bool(details.repeat),
            is_cancelled=one.found.is_cancelled,
            alike=tuple((like.rally.pk, title_in(like.rally, language, self.campaign)) for like in one.likes),
        )

    def _say(self, done: Imported) -> None:
        told = (
            (ngettext("%(n)s rally came in.", "%(n)s rallies came in.", done.new), done.new),
            (ngettext("%(n)s rally was changed.", "%(n)s rallies were changed.", done.changed), done.changed),
            (ngettext("%(n)s rally is as it was.", "%(n)s rallies are as they were.", done.same), done.same),
            (ngettext("%(n)s rally was left out.", "%(n)s rallies were left out.", done.left), done.left),
        )
        for words, number in told:
            if number:
                self.say(words % {"n": number})
