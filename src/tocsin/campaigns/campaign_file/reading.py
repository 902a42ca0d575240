"""From a campaign file to values; nothing is stored here (docs/organise/campaign-file.md)."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from tocsin.campaigns.campaign_file.parts import Part
from tocsin.campaigns.campaign_file.tables import Table
from tocsin.campaigns.campaign_file.values import as_json
from tocsin.campaigns.checks import refusals_of, settled
from tocsin.campaigns.details import USUAL_ACCENT, Behind, Details
from tocsin.campaigns.form_fields import FormFields
from tocsin.campaigns.refusals import Refusal, Refused, RefusedError
from tocsin.campaigns.texts import appeal_refusals, privacy_refusals, settled_appeal, settled_privacy

MAX_BYTES = 10_000_000  # ten thousand rallies and their words
_WITHOUT_PREFIX = ("organisations", "form")  # tables of their own in a file


@dataclass(frozen=True, slots=True)
class CampaignFile:
    """What a campaign file says."""

    details: Details
    appeal: Mapping[str, tuple[str, str]]  # {language: (title, Markdown source)}
    privacy: Mapping[str, str]  # {language: Markdown}; empty: the usual text
    picture: str  # a file's name, relative to the campaign file
    keyholders: tuple[str, ...]  # who should hold the key, when the file says so
    carried: Mapping[str, Any]  # what later features will carry, as JSON
    parts: tuple[tuple[Part, Any], ...] = ()  # what rooms above this one read, each with its part

    @property
    def carried_keys(self) -> list[str]:
        """The keys that are kept for later features, as the file has them: "rallies (2)"."""
        return sorted(_keys(self.carried))


def read_campaign_file(content: bytes, parts: Sequence[Part] = ()) -> CampaignFile:
    """Return what the file says; raise RefusedError naming every key that cannot stand, and the mend.

    A table that is none of `parts` and nothing of a campaign's own is carried.
    """
    refused: list[Refused] = []
    root = Table("", _parsed(content), refused)
    if "campaign" not in root.content:
        refused.append(Refused("campaign", Refusal.EMPTY))
    campaign = root.table("campaign")
    organisations = root.tables("organisations")
    appeal, privacy = root.table("appeal"), root.table("privacy")
    languages = tuple(campaign.list_of("languages", str, _('a list of language codes, as in ["en"]')))
    words = {code: appeal.table(code) for code in appeal.content}
    privacies = {code: privacy.table(code) for code in privacy.content}
    read = CampaignFile(
        details=_details(campaign, languages, _form(root, refused), organisations),
        appeal={code: (table.text("title"), table.text("text")) for code, table in words.items()},
        privacy={code: table.text("text") for code, table in privacies.items()},
        picture=campaign.text("picture"),
        keyholders=tuple(campaign.list_of("keyholders", str, _("a list of names"))),
        carried={},
    )
    said = tuple((part, part.read(root, read.details)) for part in parts)
    carried = _carried(root, campaign, words, privacies, organisations)
    if not refused:
        refused += (as_in_the_file(one) for one in refusals_of(settled(read.details)))
        refused += appeal_refusals(settled_appeal(read.appeal), languages)
        refused += privacy_refusals(settled_privacy(read.privacy), languages)
    if refused:
        raise RefusedError(refused)
    return replace(read, carried=as_json(carried), parts=said)


def _parsed(content: bytes) -> dict[str, Any]:
    if len(content) > MAX_BYTES:
        raise RefusedError([Refused("file", Refusal.TOO_LONG, _("%s bytes") % MAX_BYTES)])
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedError([Refused("file", Refusal.NOT_TOML, str(error))]) from error


def _form(root: Table, refused: list[Refused]) -> FormFields:
    try:
        return FormFields.from_map(root.table("form").content)
    except RefusedError as error:
        refused += error.refused
        return FormFields()


def _details(campaign: Table, languages: tuple[str, ...], form: FormFields, organisations: list[Table]) -> Details:
    timezone = campaign.text("timezone") or "UTC"
    return Details(
        slug=campaign.text("slug"),
        languages=languages,
        title=campaign.texts("title", languages),
        motto=campaign.texts("motto", languages),
        timezone=timezone,
        accent=campaign.text("accent") or USUAL_ACCENT,
        picture_text=campaign.texts("picture_text", languages),
        goals=tuple(campaign.list_of("goals", int, _("a list of whole numbers, as in [1000, 5000]"))),
        opens_at=campaign.moment("opens_at", timezone),
        closes_at=campaign.moment("closes_at", timezone),
        contact=campaign.text("contact"),
        imprint=campaign.texts("imprint", languages),
        hashtags=tuple(campaign.list_of("hashtags", str, _("a list of words"))),
        shortcode_ids=campaign.texts("shortcode_ids"),
        form=form,
        organisations=tuple(
            Behind(one.text("name"), one.text("role") or "endorses", one.text("url")) for one in organisations
        ),
    )


def _carried(
    root: Table, campaign: Table, words: Mapping[str, Table], privacies: Mapping[str, Table], organisations: list[Table]
) -> dict[str, Any]:
    """Return everything that has no place yet, each table under the key it had."""
    rest = root.rest()
    parts = {
        "campaign": campaign.rest(),
        "appeal": {code: more for code, table in words.items() if (more := table.rest())},
        "privacy": {code: more for code, table in privacies.items() if (more := table.rest())},
        # By name: that is how an organisation is found again when the file is written.
        "organisations": {one.text("name"): more for one in organisations if (more := one.rest())},
    }
    return rest | {key: more for key, more in parts.items() if more}


def as_in_the_file(refused: Refused) -> Refused:
    """Return what is wrong with a detail under the key that it has in a campaign file."""
    if refused.field.startswith(_WITHOUT_PREFIX):
        return refused
    return Refused(f"campaign.{refused.field}", refused.refusal, refused.limit)


def _keys(carried: Mapping[str, Any]) -> Iterator[str]:
    for key, value in carried.items():
        if key in {"campaign", "appeal", "privacy", "organisations"}:
            yield from (f"{key}.{inner}" for inner in value)
        else:
            yield f"{key} ({len(value)})" if isinstance(value, list) else key
