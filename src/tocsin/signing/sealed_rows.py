"""The sealed rows of one campaign, for whoever can open them: in no order that says who signed when."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from tocsin.signing.models import Signature
from tocsin.signing.states import State

_BATCH = 2_000


class SealedRow(NamedTuple):
    """A confirmed signature as it is stored: sealed, and what may have changed since it was."""

    sealed: bytes
    state: State
    signed_on: date
    shows_name: bool
    keep_informed: bool


def sealed_rows(campaign: int) -> Iterator[SealedRow]:
    """Yield every held, confirmed or counted signature of a campaign, in the order of the tags."""
    rows = Signature.objects.filter(campaign_id=campaign).exclude(sealed=b"").order_by("campaign_id", "tag", "seat")
    columns = rows.values_list("sealed", "state", "signed_on", "shows_name", "keep_informed")
    for sealed, state, signed_on, shows_name, keep_informed in columns.iterator(chunk_size=_BATCH):
        yield SealedRow(bytes(sealed), State(state), signed_on, shows_name, keep_informed)
