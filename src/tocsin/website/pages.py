"""The pages that the lane answers with: each returns a whole page as text, slots still in it.

They read the database, so the lane calls them in a thread and keeps what can be kept.
"""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import override

from tocsin.campaigns.languages import spoken
from tocsin.campaigns.models import AppealText, Campaign
from tocsin.rallies.queries.broadcasts import banners_of, shown_broadcasts
from tocsin.tally.queries import count_of
from tocsin.vault import queries as vault
from tocsin.website.appeal import appeal_html
from tocsin.website.clock import clock
from tocsin.website.form import SignForm, sign_form
from tocsin.website.host_pages import takes_rallies
from tocsin.website.lines import lines_of
from tocsin.website.milestones import stops
from tocsin.website.poster import Poster, poster_of
from tocsin.website.rally_pages import next_rallies
from tocsin.website.slots import render, slot_mark


class TokenPage(StrEnum):
    """What a link from a mail can lead to."""

    CONFIRM = "confirm"
    UNTICKED = "unticked"  # confirm, pressed without the box ticked
    CONFIRMED = "confirmed"
    HELD = "held"
    ALREADY = "already"
    WITHDRAWN = "withdrawn"
    STRUCK = "struck"  # organisers removed it, for a reason that is public
    DISOWNED = "disowned"
    CLOSED = "closed"  # the campaign closed before this signature was confirmed
    MANAGE = "manage"
    WEAK = "weak"  # manage, where stopping mails and withdrawing is all there is to do
    UNSURE = "unsure"  # manage, withdraw pressed without the box ticked
    WEAK_UNSURE = "weak-unsure"  # the same, where stopping mails and withdrawing is all there is to do
    STOP = "stop"  # nothing signed, nothing to manage: only mails can be stopped
    STOPPED = "stopped"
    ERASED = "erased"  # a whole link that nothing is kept behind: most likely never confirmed in time
    UNKNOWN = "unknown"
    # Parts of the pages above, not pages: where the receipt is, or that it is coming.
    RECEIPT = "receipt"
    RECEIPT_BARE = "receipt-bare"  # without the code that checks it: who asks presents m only
    RECEIPT_COMING = "receipt-coming"


ERRORS = frozenset({400, 403, 404, 405, 410, 413, 429, 500, 503})


def sign_page(
    campaign: Campaign,
    language: str,
    *,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    notice: str = "",
) -> str:
    """Return the campaign page with its form filled in again.

    `values` are the posted fields, and `suggestion` when a likely slip in the address is asked about;
    `errors` a sentence a field; `notice` what else to say above the form, as "the text has
    changed". Slots: count, count_raw, goal, goal_raw, percent.
    """
    return campaign_page(poster_of(campaign, language, now=clock()), values=values, errors=errors, notice=notice)


def campaign_page(
    poster: Poster, *, values: Mapping[str, str], errors: Mapping[str, str], notice: str = "", **more: object
) -> str:
    """Return the campaign page of a poster, as sign_page does; `more` is for the template."""
    campaign, language = poster.campaign, poster.language
    count = count_of(campaign.pk).number
    with override(spoken(language)):
        form = sign_form(poster, values=values, errors=errors, notice=str(notice)) if _takes(poster) else None
        context = {
            "form": form,
            "appeal_html": appeal_html(poster, poster.text.source, is_live=True) if poster.text else "",
            "lines": lines_of(campaign.pk, language),
            "milestones": stops(poster, count),
            "rallies": next_rallies(poster),
            "takes_rallies": takes_rallies(poster),
            "banners": banners_of(shown_broadcasts(campaign, poster.now), None, language, campaign),
            **_tally(count),
            **_why_closed(poster, form),
            **more,
        }
    return _page("campaign", poster, **context)


def wait_page(
    campaign: Campaign,
    language: str,
    *,
    held: str,
    seconds: int,
    action: str = "",
    button: str = "",
    asks_for_photo: bool = False,
) -> str:
    """Return the second step without JavaScript: what was typed, sealed in `held`, and a wait of `seconds`.

    `action` is the path of the form, `button` what its button says; without them it is the sign form. A photo that
    came with the form is asked for again: it is not kept.
    """
    poster = poster_of(campaign, language, now=clock())
    more = {"action": action, "button": button, "asks_for_photo": asks_for_photo}
    return _page("wait", poster, held=held, seconds=seconds, **more)


def thanks_page(campaign: Campaign, language: str) -> str:
    """Return "check your mail": the same for new, repeated, held and capped."""
    return _page("thanks", poster_of(campaign, language, now=clock()))


def resent_page(campaign: Campaign, language: str) -> str:
    """Return the answer to "I lost my mail": the same whoever asks."""
    return _page("resent", poster_of(campaign, language, now=clock()))


def lost_page(campaign: Campaign, language: str, *, email: str = "", is_wrong: bool = False) -> str:
    """Return the form that asks for the mail again, filled in with what was typed."""
    return _page("lost", poster_of(campaign, language, now=clock()), email=email, is_wrong=is_wrong)


def busy_page(campaign: Campaign, language: str) -> str:
    """Return the 503 that keeps what was typed, in the slot `fields` (hidden inputs)."""
    return _page("busy", poster_of(campaign, language, now=clock()))


def later_page(language: str, *, is_sealed: bool, is_often: bool = False, asks_for_photo: bool = False) -> str:
    """Return the 503 of any other form, in the slots `action` and `fields` (hidden inputs); it asks no database.

    With `is_often` it is the 429 of a network of whose forms too many came back.
    """
    context = {"language": language, "is_sealed": is_sealed, "is_often": is_often, "asks_for_photo": asks_for_photo}
    return render("website/later.html", context, language=language)


def token_page(kind: str, campaign: Campaign | None, language: str, text: AppealText | None) -> str:
    """Return the page behind a link from a mail, with slots for what only the request knows.

    `kind` is a TokenPage; `text` the version that was signed. Slots: `path` (of the link, as in
    /c/TOKEN), `state_line`, `name_line`, `campaign_url`, `receipt` (one of the parts, filled), `where_gone`,
    and of a struck one `strike_day`, `strike_reason`, `strike_language`.
    """
    page = TokenPage(kind)
    if campaign is None or page is TokenPage.STOP:
        name = _WITHOUT_CAMPAIGN.get(page, "unknown")
        context = {"language": language, "is_done": page is TokenPage.STOPPED}
        return render(f"website/token/{name}.html", context, language=language)
    poster = poster_of(campaign, language, now=clock())
    with override(spoken(language)):
        signed_html = appeal_html(poster, text.source, is_live=False) if text else ""
    shown = {"signed": text, "signed_html": signed_html, "page": str(page), **_tally(count_of(campaign.pk).number)}
    return _page(f"token/{_TEMPLATES.get(page, page)}", poster, **shown)


def error_page(status: int, language: str) -> str:
    """Return the page for an error, 404, 410, 429, 500 and 503 among them; it asks no database."""
    known = int(status) if status in ERRORS else int(HTTPStatus.INTERNAL_SERVER_ERROR)
    return render("website/error.html", {"status": known, "language": language}, language=language)


_MILLION = 1_000_000
_WITHOUT_CAMPAIGN = {TokenPage.STOP: "stop", TokenPage.STOPPED: "stop", TokenPage.ERASED: "erased"}
_TEMPLATES = {
    TokenPage.UNTICKED: TokenPage.CONFIRM,
    TokenPage.RECEIPT_BARE: TokenPage.RECEIPT,
    TokenPage.UNSURE: TokenPage.MANAGE,
    TokenPage.WEAK: TokenPage.MANAGE,
    TokenPage.WEAK_UNSURE: TokenPage.MANAGE,
}


def _tally(count: int) -> dict[str, object]:
    """Return what the tally's template needs beside its slots; `count` only sets how large its number may be."""
    return {
        "goal": format_html("<span data-count-goal>{}</span>", slot_mark("goal")),
        "is_in_millions": count >= _MILLION,
    }


def _takes(poster: Poster) -> bool:
    """Say whether this machine can take signatures: open, and with the campaign's pepper."""
    if poster.preview_path or not poster.can_be_signed:
        return poster.can_be_signed
    try:
        vault.pepper(poster.campaign.pk)
    except vault.PepperMissingError:
        return False
    return True


def _why_closed(poster: Poster, form: SignForm | None) -> dict[str, str]:
    if form is not None:
        return {}
    if poster.is_closed:
        return {
            "closed_title": _("Signing is over"),
            "closed_words": _("Thank you to everybody who signed. The number stands, and so does the text."),
        }
    if not poster.can_be_signed:
        return {"closed_title": _("Not open yet"), "closed_words": _("Come back then: the form will be here.")}
    return {
        "closed_title": _("Signing pauses"),
        "closed_words": _(
            "This server was restarted and keeps its keys sealed until the people who run it open them, "
            "which they do by hand. Come back in a few hours: the form will be here. Links in mails that you "
            "have from us work meanwhile."
        ),
    }


def _page(template: str, poster: Poster, **more: object) -> str:
    context = {"poster": poster, "language": poster.language, **more}
    return render(f"website/{template}.html", context, language=poster.language)
