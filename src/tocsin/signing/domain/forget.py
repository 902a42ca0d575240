"""Forget the tags of a closed campaign: then nothing is left that an address could be tested against."""

import os

from django.db import connection

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.signing.models import PendingSignature, Signature
from tocsin.signing.seat_ref import make_ref
from tocsin.signing.states import State
from tocsin.tally import domain as tally
from tocsin.tlog.entry import sign

_SIGNATURE = Signature._meta.db_table  # noqa: SLF001  the table's name is Django's to give
_TAG_BYTES = 16


def forget_tags(campaign: int) -> int:
    """Put random bytes where the tags were, in the caller's transaction; return how many rows had one.

    What was not confirmed by then never will be, and goes. A signature that waits for its index
    is known to the log by its tag, so its reference changes along.
    """
    db.required()
    PendingSignature.objects.filter(campaign_id=campaign).delete()
    slug = Campaign.objects.values_list("slug", flat=True).get(pk=campaign)
    waiting = Signature.objects.filter(campaign_id=campaign, state=State.CONFIRMED)
    for tag, seat, commitment in waiting.values_list("tag", "seat", "commitment"):
        fresh = os.urandom(_TAG_BYTES)
        if tally.refer_to(sign(slug, bytes(commitment)), make_ref(fresh, seat)):
            same = Signature.objects.filter(campaign_id=campaign, tag=tag, seat=seat)
            same.update(tag=fresh, name_tag=os.urandom(_TAG_BYTES))
    random_bytes = "uuid_send(gen_random_uuid())" if connection.vendor == "postgresql" else f"randomblob({_TAG_BYTES})"
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{_SIGNATURE}" SET tag = {random_bytes}, name_tag = {random_bytes}'  # noqa: S608  our own words
            " WHERE campaign_id = %s AND state <> %s",
            [campaign, State.CONFIRMED],
        )
        return int(cursor.rowcount)
