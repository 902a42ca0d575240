"""Take a signature: seal what was typed and make its rows. Pure, so no answer depends on what is stored."""

import base64
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from tocsin.kit import addresses, names
from tocsin.kit.addresses import Address
from tocsin.kit.chance import random_bytes
from tocsin.outbox.sealing import letter_row
from tocsin.seal.commitment import SALT_BYTES, bind, commitment, payload_bytes, payload_commitment
from tocsin.seal.epoch import Epoch
from tocsin.seal.tags import address_tag, name_tag
from tocsin.seal.tokens import letter_ref, manage_token, new_token, to_text, token_hash
from tocsin.signing.intake import Intake, ShownText
from tocsin.signing.own_copy import seal_own_copy
from tocsin.signing.states import Hold

# The kind of letter that asks to confirm; signing.emails builds it.
CONFIRM_LETTER = "confirm"


class Filled(NamedTuple):
    """What a person filled in, checked and cleaned; `text` is what they were shown."""

    name: str
    address: Address
    text: ShownText
    language: str
    country: str = ""
    place: str = ""
    reason: str = ""
    shows_name: bool = False
    keep_informed: bool = False


class Proof(NamedTuple):
    """A proof of work (or a second step) that this taking spends."""

    expires_at: int
    nonce: bytes


class Taken(NamedTuple):
    """The rows of one taken signature, ready for `store`; `token` is for the mail alone."""

    pending: tuple[Any, ...]
    letter: tuple[Any, ...]
    epoch: Epoch
    proof: Proof | None


def take(*, intake: Intake, filled: Filled, hold: Hold | None, proof: Proof | None, now: datetime) -> Taken:
    """Return the sealed rows of a signature, in the order of store.PENDING_COLUMNS.

    `hold` says why an organiser has to look at it once it is confirmed; the page and the mail
    are the same either way.
    """
    token = new_token()
    manage = manage_token(token)
    address = filled.address
    folded_name = names.fold(filled.name)
    payload = payload_bytes(_payload(filled, manage))
    salt = random_bytes(SALT_BYTES)
    pc = payload_commitment(salt, payload)
    bound = bind(token, address.typed)
    epoch = intake.sealer.current(now)
    tag = address_tag(intake.pepper, intake.slug, address.folded)
    tag_of_name = name_tag(intake.pepper, intake.slug, address.folded, folded_name)
    pending = (
        token_hash(token),
        token_hash(manage),
        intake.campaign,
        filled.text.id,
        intake.privacy,
        filled.language,
        filled.country,
        now.date(),
        tag,
        tag_of_name,
        pc,
        bound,
        commitment(intake.slug, filled.text.text_hash, pc, bound),
        epoch.seal(salt, payload),
        seal_own_copy(manage, salt, payload),
        _public_part(intake, filled),
        filled.shows_name,
        filled.keep_informed,
        hold,
    )
    letter = _letter(intake, filled, (token, manage), (tag, tag_of_name), now)
    return Taken(pending, letter, epoch, proof)


def _letter(
    intake: Intake, filled: Filled, tokens: tuple[bytes, bytes], tags: tuple[bytes, bytes], now: datetime
) -> tuple[Any, ...]:
    """Return the row of the mail: it carries the tags too, for the worker to see who has signed before."""
    tag, tag_of_name = tags
    token, manage = tokens
    content = {
        "to": filled.address.typed,
        "t": to_text(token),
        "name": filled.name,
        "language": filled.language,
        "campaign": intake.slug,
        "tag": base64.b64encode(tag).decode("ascii"),
        "name_tag": base64.b64encode(tag_of_name).decode("ascii"),
    }
    return letter_row(
        kind=CONFIRM_LETTER,
        campaign=intake.campaign,
        content=orjson.dumps(content),
        provider=addresses.provider_of(filled.address.domain),
        now=now,
        ref=letter_ref(manage),
    )


def _payload(filled: Filled, manage: bytes) -> dict[str, object]:
    payload: dict[str, object] = {
        "email": filled.address.typed,
        "informed": filled.keep_informed,
        "language": filled.language,
        "m": manage.hex(),
        "name": filled.name,
        "shows_name": filled.shows_name,
    }
    if filled.country:
        payload["country"] = filled.country
    if filled.place:
        payload["place"] = filled.place
    if filled.reason:
        payload["reason"] = filled.reason
    return payload


def _public_part(intake: Intake, filled: Filled) -> bytes | None:
    """Seal what may become public, so that release and moderation can read it without the vault."""
    if not (filled.shows_name or filled.reason):
        return None
    shown = {"reason": filled.reason}
    if filled.shows_name:
        shown |= {"name": filled.name, "place": filled.place}
    return intake.display.seal(b"public-part", orjson.dumps(shown))
