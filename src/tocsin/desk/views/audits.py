"""Sample audits: begin one, give it its seed, open what the seed names, publish how it fared."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now

from tocsin.desk.forms.vault import AuditForm, SeedForm
from tocsin.desk.views.vault import VaultPage
from tocsin.signing.opened import audit, published_audits
from tocsin.signing.opened.audit import NEXT_CHECKPOINT
from tocsin.signing.opened.models import Act, SampleAudit

_NEWEST = 50


class AuditsView(VaultPage):
    """Lists the campaign's sample audits, and begins one."""

    place = "audits"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show them, and the form."""
        return self._page(AuditForm()) if self.is_allowed() else self.shut()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Write the log's size and root down, before the seed is known."""
        form = AuditForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        typed = form.cleaned_data
        begun = audit.begin(
            campaign=self.campaign,
            user=self.user,
            source=typed["source"],
            samples=typed["samples"],
            now=timezone.now(),
        )
        if begun is None:
            self.warn(_now("Nothing is published in the log yet."))
            return self.to("audits")
        return self.to("audit", number=begun.pk)

    def _page(self, form: AuditForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
        rows = SampleAudit.objects.filter(campaign=self.campaign).order_by("-pk")[:_NEWEST]
        return self.page("audits.html", {"form": form, "audits": rows}, status=status)


class AuditPage(VaultPage):
    """A page about one sample audit."""

    place = "audits"

    @cached_property
    def audit(self) -> SampleAudit:
        """Return the audit that the address names; another campaign's is not found."""
        found = SampleAudit.objects.select_related("campaign").filter(campaign=self.campaign, pk=self.kwargs["number"])
        row = found.first()
        if row is None:
            raise Http404
        return row


class AuditView(AuditPage):
    """Shows one audit; runs it once its seed is known and the vault is open."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show it."""
        return self._page(SeedForm()) if self.is_allowed() else self.shut()

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Open what the seed names."""
        row, keys = self.audit, self.keys()
        if not keys:
            self.warn(_now("Unlock the vault first."))
            return self.to("audit", number=number)
        seed, form = audit.seed_of(row), SeedForm(request.POST)
        if row.source != NEXT_CHECKPOINT:
            if not form.is_valid():
                return self._page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            seed = form.cleaned_data["seed"]
        if not audit.run(audit=row, seed=seed, keys=keys, now=timezone.now()):
            self.warn(_now("There is no later checkpoint yet: it comes with the next signature that is counted."))
        return self.to("audit", number=number)

    def _page(self, form: SeedForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
        row = self.audit
        facts: dict[str, Any] = {
            "audit": row,
            "root": bytes(row.root).hex(),
            "form": form,
            "is_next": row.source == NEXT_CHECKPOINT,
            "failed": audit.failed_in(row.report),
            "percent": audit.percent_shown(row),
            "is_open": self.is_open(),
        }
        return self.page("audit.html", facts, status=status)


class AuditPublishView(AuditPage):
    """Shows a finished audit on the public page of numbers, and takes it back from there."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Do it; the same page has the button for the way back."""
        if "back" in request.POST:
            if published_audits.take_back(audit=self.audit):
                self.say(_now("The audit is no longer on the page of numbers."))
        elif published_audits.publish(audit=self.audit, now=timezone.now()):
            self.say(_now("Everybody can read the audit on the page of numbers now."))
        return self.to("audit", number=number)


class AuditReportView(AuditPage):
    """Hands out the report that can be published: no name, no address."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Return the report as JSON."""
        if not self.is_allowed():
            return self.shut()
        if self.audit.done_at is None:
            return self.to("audit", number=number)
        return _attached(audit.public_report(self.audit), "application/json", f"{self._name()}.json")

    def post(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Return the sampled people as CSV, for those who call or write to them."""
        row, keys = self.audit, self.keys()
        if not keys or row.done_at is None:
            return self.shut()
        people = audit.people(audit=row, keys=keys)
        if people is None:
            self.warn(
                _now("Whom this sample named cannot be told: it is of another log, which today's does not follow.")
            )
            return self.to("audit", number=number)
        self.note(Act.EXPORTED)
        return _attached(people.encode(), "text/csv", f"{self._name()}.csv")

    def _name(self) -> str:
        return f"{self.campaign.slug}-audit-{self.audit.pk}"


def _attached(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
