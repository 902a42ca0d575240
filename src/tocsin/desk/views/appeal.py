"""The appeal: its draft, its publishing, its versions."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from tocsin.campaigns import domain, queries, rules
from tocsin.campaigns.models import AppealVersion
from tocsin.desk.forms.texts import AppealForm, AppealWords, TextsForm, appeal_initial, appeal_words, fingerprint
from tocsin.desk.guard import CampaignView
from tocsin.desk.previews import Changes, Preview, appeal_changes, appeal_previews
from tocsin.desk.views.texts import PublishView, WriteView


class AppealView(WriteView):
    """Writes the appeal's draft."""

    place = "appeal"
    may = rules.can_edit
    template = "appeal.html"

    def form(self, **given: Any) -> AppealForm:
        """Return the form, filled in."""
        return AppealForm(campaign=self.campaign, initial=appeal_initial(self._words()), **given)

    def stored(self) -> tuple[str, list[Preview]]:
        """Return the fingerprint of what is stored now, and how it reads."""
        return fingerprint(self._words()), appeal_previews(self.campaign, self._words())

    def store(self, form: TextsForm) -> None:
        """Make the draft say what was typed."""
        if isinstance(form, AppealForm):
            domain.draft_appeal(campaign=self.campaign, texts=form.words())

    def facts(self) -> dict[str, Any]:
        """Return the draft and the published versions."""
        return {"draft": queries.draft_version(self.campaign), "versions": queries.versions(self.campaign)}

    def _words(self) -> AppealWords:
        return appeal_words(queries.draft_version(self.campaign) or queries.current_version(self.campaign))


class AppealPublishView(PublishView):
    """Shows the draft as it will be, and publishes it."""

    place = "appeal"

    def draft(self) -> AppealVersion | None:
        """Return the draft."""
        return queries.draft_version(self.campaign)

    def fingerprint(self, draft: AppealVersion) -> str:
        """Return a short name for what the draft says."""
        return fingerprint(appeal_words(draft))

    def previews(self, draft: AppealVersion) -> list[Preview]:
        """Return how the draft reads."""
        return appeal_previews(self.campaign, appeal_words(draft))

    def changes(self, draft: AppealVersion) -> list[Changes]:
        """Return what the draft changes."""
        return appeal_changes(self.campaign, draft)

    def publish(self) -> str:
        """Publish the draft."""
        domain.publish_appeal(campaign=self.campaign, now=timezone.now())
        return _("The appeal is published. Its words stand for good; a change makes the next version.")


class AppealVersionView(CampaignView):
    """Shows one published version and what it changed."""

    place = "appeal"

    def get(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the version."""
        version = queries.version_numbered(self.campaign, number)
        if version is None:
            raise Http404
        facts = {
            "version": version,
            "previews": appeal_previews(self.campaign, appeal_words(version)),
            "changes": appeal_changes(self.campaign, version),
        }
        return self.page("version.html", facts)
