"""The privacy text: its draft and its publishing."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tocsin.campaigns import domain, queries, rules
from tocsin.campaigns.models import PrivacyVersion
from tocsin.desk.forms.texts import PrivacyForm, TextsForm, fingerprint, privacy_initial
from tocsin.desk.previews import Changes, Preview, privacy_changes, privacy_previews
from tocsin.desk.views.texts import PublishView, WriteView


class PrivacyView(WriteView):
    """Writes the privacy text's draft; the usual text is the first one."""

    place = "privacy"
    may = rules.can_edit
    template = "privacy.html"

    def form(self, **given: Any) -> PrivacyForm:
        """Return the form, filled in."""
        initial = privacy_initial(self._source(), self.campaign.languages)
        return PrivacyForm(campaign=self.campaign, initial=initial, **given)

    def stored(self) -> tuple[str, list[Preview]]:
        """Return the fingerprint of what is stored now, and how it reads."""
        return fingerprint(self._source()), privacy_previews(self.campaign, self._source())

    def store(self, form: TextsForm) -> None:
        """Make the draft say what was typed."""
        if isinstance(form, PrivacyForm):
            domain.draft_privacy(campaign=self.campaign, source=form.source())

    def facts(self) -> dict[str, Any]:
        """Return the draft and the published versions."""
        return {
            "draft": queries.draft_privacy_version(self.campaign),
            "versions": queries.privacy_versions(self.campaign),
        }

    def _source(self) -> dict[str, str]:
        version = queries.draft_privacy_version(self.campaign) or queries.current_privacy(self.campaign)
        return dict(version.source) if version else {}


class PrivacyPublishView(PublishView):
    """Shows the draft as it will be, and publishes it."""

    place = "privacy"

    def draft(self) -> PrivacyVersion | None:
        """Return the draft."""
        return queries.draft_privacy_version(self.campaign)

    def fingerprint(self, draft: PrivacyVersion) -> str:
        """Return a short name for what the draft says."""
        return fingerprint(draft.source)

    def previews(self, draft: PrivacyVersion) -> list[Preview]:
        """Return how the draft reads."""
        return privacy_previews(self.campaign, draft.source)

    def changes(self, draft: PrivacyVersion) -> list[Changes]:
        """Return what the draft changes."""
        return privacy_changes(self.campaign, draft)

    def publish(self) -> str:
        """Publish the draft."""
        domain.publish_privacy(campaign=self.campaign, now=timezone.now())
        return _("The privacy text is published. From now on each consent is given to this version.")
