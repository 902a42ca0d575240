"""Resend: somebody lost the mail. Whatever stands behind the address, the page says the same."""

from datetime import datetime

import orjson

from tocsin import db
from tocsin.kit import addresses
from tocsin.kit.addresses import Address
from tocsin.outbox import domain as outbox
from tocsin.outbox.sealing import letter_row
from tocsin.seal.tags import address_tag
from tocsin.signing.intake import Intake

# The kind of letter that answers "I lost my mail"; signing.emails builds it.
LOST_LETTER = "lost"


def resend(*, intake: Intake, address: Address, language: str, now: datetime) -> None:
    """Post the mail that helps: a withdrawal link to who has signed, the way to the form to who hasn't.

    What waits to be confirmed cannot be mailed again: its token was in the lost mail alone, and
    the commitment hangs on it. Signing once more is the way, and one seat is all it takes.
    """
    row = letter_row(
        kind=LOST_LETTER,
        campaign=intake.campaign,
        content=orjson.dumps(
            {
                "to": address.typed,
                "language": language,
                "campaign": intake.slug,
                "tag": address_tag(intake.pepper, intake.slug, address.folded).hex(),
            }
        ),
        provider=addresses.provider_of(address.domain),
        now=now,
    )
    with db.transaction():
        outbox.post([row])
