"""The links of a host who lost theirs: looked up when the mail is built, so that only its mailbox learns of them."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import F

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.kit.addresses import parse
from tocsin.rallies import keys
from tocsin.rallies.hosts import Known, person_in, seal_known
from tocsin.rallies.models import Host, Rally
from tocsin.rallies.states import State
from tocsin.rallies.unanswered import expired
from tocsin.seal.tokens import from_text, new_token, to_text, token_hash

MOST_LINKS = 5
_GONE = (State.MERGED, State.REFUSED)


class LostLink(NamedTuple):
    """A rally of somebody's, the token that opens it, and the address to which it may be mailed."""

    rally: Rally
    token: bytes
    email: str


def lost_links(*, campaign: Campaign, email: str, now: datetime) -> list[LostLink]:
    """Return the link to each rally of whoever has this address; the links they had stay theirs.

    At most MOST_LINKS: those whose button was pressed first, the latest of them first. Anybody may have typed the
    address for the others. Only a row that holds no token, or whose key is gone, gets a fresh one, which ends
    the one before. Raises KeysSealedError.
    """
    address = parse(email)
    if address is None:
        return []
    tag = keys.host_tag(campaign.slug, address)
    with db.transaction():
        rows = Host.objects.filter(rally__campaign=campaign, tag=tag).exclude(rally__state__in=_GONE)
        hosts = rows.exclude(expired(now)).select_related("rally")
        first = hosts.order_by(F("confirmed_at").desc(nulls_last=True), "-pk")[:MOST_LINKS]
        return [_link_of(host, email) for host in first]


def _link_of(host: Host, typed: str) -> LostLink:
    """Return a host's link, for the address in their row; as it was typed only where the rally's key is gone."""
    known = person_in(host.rally_id, host.sealed)
    return LostLink(host.rally, _token_of(host, known), known.email if known is not None else typed)


def _token_of(host: Host, known: Known | None) -> bytes:
    token = from_text(known.token) if known is not None else None
    if token is not None:
        return token
    token = new_token()
    sealed = {"sealed": seal_known(host.rally_id, known._replace(token=to_text(token)))} if known is not None else {}
    Host.objects.filter(pk=host.pk).update(token_hash=token_hash(token), **sealed)
    return token
