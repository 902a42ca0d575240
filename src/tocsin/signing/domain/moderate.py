"""Moderate the public list: reasons are shown after a yes, lines hidden on report; nothing is edited."""

import orjson
from django.db.models import F, QuerySet

from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.signing.models import Listing
from tocsin.signing.queries import Cursor
from tocsin.signing.states import ReasonState
from tocsin.vault import queries as vault


def read_reason(line: Listing) -> str:
    """Return the reason that waits on a line, opened with the campaign's display key."""
    if line.reason_sealed is None:
        return line.reason
    shown = orjson.loads(vault.display_box(line.campaign_id).open(b"public-part", bytes(line.reason_sealed)))
    return str(shown["reason"])


def show_reason(*, campaign: Campaign, line: Cursor) -> bool:
    """Show the reason of a line, as it was written; False when none waits there."""
    row = _lines(campaign, line).filter(reason_state=ReasonState.WAITING).first()
    if row is None:
        return False
    shown = _lines(campaign, line).filter(reason_state=ReasonState.WAITING)
    done = shown.update(reason=read_reason(row), reason_sealed=None, reason_state=ReasonState.SHOWN)
    touch(campaign=campaign)
    return bool(done)


def refuse_reason(*, campaign: Campaign, line: Cursor) -> bool:
    """Do not show a line's reason, now or any more; the name stays. False when there is none."""
    rows = _lines(campaign, line).filter(reason_state__in=(ReasonState.WAITING, ReasonState.SHOWN))
    done = rows.update(reason="", reason_sealed=None, reason_state=ReasonState.REFUSED)
    touch(campaign=campaign)
    return bool(done)


def hide_line(*, campaign: Campaign, line: Cursor) -> bool:
    """Take a line off the public list; the signature counts as before."""
    return _set_hidden(campaign, line, is_hidden=True)


def show_line(*, campaign: Campaign, line: Cursor) -> bool:
    """Put a line back on the public list and forget its reports."""
    return _set_hidden(campaign, line, is_hidden=False)


def report_line(*, campaign: Campaign, line: Cursor) -> bool:
    """Note that a reader reported a line; a moderator looks at it. False for an unknown line."""
    # 999 says "many" as well as any number, and the column stays small.
    return bool(_lines(campaign, line).filter(reports__lt=999).update(reports=F("reports") + 1))


def _set_hidden(campaign: Campaign, line: Cursor, *, is_hidden: bool) -> bool:
    done = _lines(campaign, line).update(is_hidden=is_hidden, reports=0)
    touch(campaign=campaign)
    return bool(done)


def _lines(campaign: Campaign, line: Cursor) -> QuerySet[Listing]:
    return Listing.objects.filter(campaign_id=campaign.pk, signed_on=line.signed_on, id=line.id)
