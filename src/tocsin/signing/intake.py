"""All that taking a signature needs to know of one campaign, read once and kept in memory.

Taking asks the database nothing: it costs the same at ten million signatures as at none, and
its answer cannot depend on who has signed before.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.campaigns import queries as campaigns
from tocsin.campaigns.form_fields import FormFields
from tocsin.campaigns.key_alarm import key_alarm
from tocsin.campaigns.models import Campaign
from tocsin.seal.box import Box
from tocsin.vault import queries as vault
from tocsin.vault.sealer import KeyMissingError, Sealer


@dataclass(frozen=True, slots=True)
class ShownText:
    """The words a form shows in one language; `language` is the words' own, maybe the fallback's."""

    id: int
    language: str
    text_hash: bytes


@dataclass(frozen=True, slots=True)
class Intake:
    """One campaign as the form and the act of taking see it."""

    campaign: int
    slug: str
    texts: Mapping[str, ShownText]  # by the page's language
    privacy: int | None
    form: FormFields
    pepper: bytes
    display: Box
    sealer: Sealer

    def text_shown(self, language: str, text_hash: bytes) -> ShownText | None:
        """Return the current text of a page's language if its words are still those shown."""
        text = self.texts.get(language)
        return text if text is not None and text.text_hash == text_hash else None


def load_intake(campaign: Campaign) -> Intake | None:
    """Read what taking needs, or None when nothing is published yet.

    Raises PepperMissingError or DisplayKeyMissingError (vault.queries) when this machine does not
    hold the campaign's keys, and vault.sealer.KeyMissingError when there is no sealing key, or somebody exchanged it
    behind the log's back: nothing is sealed to a stranger.
    """
    version = campaigns.current_version(campaign)
    if version is None:
        return None
    if (alarm := key_alarm(campaign)) is not None:
        message = f"campaign {campaign.slug}: the sealing key is not the one that the log knows ({alarm})"
        raise KeyMissingError(message)
    privacy = campaigns.current_privacy(campaign)
    texts = {
        language: ShownText(text.pk, text.language, bytes(text.text_hash))
        for language in campaign.languages
        if (text := campaigns.text_in(version, language)) is not None
    }
    return Intake(
        campaign=campaign.pk,
        slug=campaign.slug,
        texts=texts,
        privacy=privacy.pk if privacy else None,
        form=FormFields.from_map(campaign.form),
        pepper=vault.pepper(campaign.pk),
        display=vault.display_box(campaign.pk),
        sealer=Sealer(campaign.pk, campaign.slug),
    )
