"""New links for a host who lost theirs: made when the mail is built, so that only its mailbox learns of them."""

from datetime import datetime
from typing import NamedTuple

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.kit.addresses import parse
from tocsin.rallies import keys
from tocsin.rallies.domain.confirm_host import has_expired
from tocsin.rallies.models import Host, Rally
from tocsin.rallies.states import State
from tocsin.seal.tokens import new_token, token_hash

MOST_LINKS = 5
_GONE = (State.MERGED, State.REFUSED)


class FreshLink(NamedTuple):
    """A rally of somebody's, and the token that opens it from now on."""

    rally: Rally
    token: bytes


def fresh_links(*, campaign: Campaign, email: str, now: datetime) -> list[FreshLink]:
    """Give whoever has this address a new link to each of their rallies, newest first; the ones before end.

    At most MOST_LINKS. A mail that is built twice has other links the second time, and those are the ones
    that work: the mail that arrives is the one that was built last.
    """
    address = parse(email)
    if address is None:
        return []
    tag = keys.host_tag(campaign.slug, address)
    with db.transaction():
        rows = Host.objects.filter(rally__campaign=campaign, tag=tag).exclude(rally__state__in=_GONE)
        hosts = rows.select_related("rally").order_by("-pk")[:MOST_LINKS]
        fresh = [(host, FreshLink(host.rally, new_token())) for host in hosts if not has_expired(host.rally, now)]
        for host, link in fresh:
            Host.objects.filter(pk=host.pk).update(token_hash=token_hash(link.token))
    return [link for _, link in fresh]
