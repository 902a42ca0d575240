"""Open a campaign to the public, and close it."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from tocsin import db
from tocsin.campaigns import queries
from tocsin.campaigns.domain.revision import touch
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.refusals import Refusal, Refused, RefusedError
from tocsin.campaigns.retention import default_keep_until, is_fit
from tocsin.campaigns.states import State
from tocsin.tally.domain import Queued, queue
from tocsin.tlog.entry import Kind, sealing_key
from tocsin.vault import domain as vault_verbs
from tocsin.vault import queries as vault


def open_campaign(*, campaign: Campaign, now: datetime) -> None:
    """Open a draft to the public; the log gets the fingerprint of its sealing key.

    The form itself opens at `opens_at` when there is one. Raises RefusedError naming all that
    is missing: a published appeal and privacy text, a contact, a key each keyholder has opened.
    """
    with db.transaction():
        put_open(campaign=campaign, now=now)
    campaign.refresh_from_db()


def put_open(*, campaign: Campaign, now: datetime) -> None:
    """Do what `open_campaign` does, as a step of the caller's transaction."""
    db.required()
    stored = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if refused := tuple(what_is_missing(stored)):
        raise RefusedError(refused)
    if stored.closes_at is not None and stored.closes_at <= now:
        raise RefusedError.of(Refusal.CLOSES_IN_THE_PAST, "closes_at")
    if not Campaign.objects.filter(pk=stored.pk, state=State.DRAFT).update(state=State.OPEN):
        raise RefusedError.of(Refusal.NOT_A_DRAFT, "state")  # somebody opened it a moment ago
    key = vault.key_in_use(stored.pk)
    if key is None:  # retired between the look and here
        raise RefusedError.of(Refusal.NO_KEY_DRILL, "key")
    queue([Queued(stored.pk, Kind.SEALING_KEY, sealing_key(stored.slug, bytes(key.fingerprint)))])
    touch(campaign=stored)


def what_is_missing(campaign: Campaign) -> Iterator[Refused]:
    """Yield what still keeps a campaign from being opened; nothing means it can be."""
    if campaign.state != State.DRAFT:
        yield Refused("state", Refusal.NOT_A_DRAFT)
    if queries.current_version(campaign) is None:
        yield Refused("appeal", Refusal.NO_APPEAL)
    if queries.current_privacy(campaign) is None:
        yield Refused("privacy", Refusal.NO_PRIVACY)
    if not campaign.contact:
        yield Refused("contact", Refusal.NO_CONTACT)
    if not vault.is_ready(campaign.pk):
        yield Refused("key", Refusal.NO_KEY_DRILL)


def close_campaign(*, campaign: Campaign, now: datetime, forget_tags: Callable[[int], object]) -> bool:
    """Close an open campaign for good: nobody signs any more, and its pepper and tags are destroyed.

    `forget_tags` is the signing room's verb for the tags; it gets the campaign's number inside
    the transaction. False says that the campaign was not open; a pepper that outlived an
    earlier closing (a crash came between) goes all the same.
    """
    with db.transaction():
        closed = Campaign.objects.filter(pk=campaign.pk, state=State.OPEN).update(state=State.CLOSED, closes_at=now)
        if closed:
            unset = Campaign.objects.filter(pk=campaign.pk, keep_until__isnull=True)
            unset.update(keep_until=default_keep_until(now.date()))
            forget_tags(campaign.pk)
            touch(campaign=campaign)
    campaign.refresh_from_db()
    if campaign.state == State.CLOSED:
        # After the commit: a pepper gone from a campaign that is still open could not be brought back.
        vault_verbs.destroy_pepper(campaign=campaign.pk)
    return closed > 0


def keep_until(*, campaign: Campaign, day: date, today: date) -> bool:
    """Choose the day on which what people signed with is erased; False for a day in the past, or too far ahead."""
    if not is_fit(day, today=today):
        return False
    Campaign.objects.filter(pk=campaign.pk).update(keep_until=day)
    touch(campaign=campaign)
    return True
