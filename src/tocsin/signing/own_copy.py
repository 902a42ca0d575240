"""Read a signatory's own copy: only who presents T or m can."""

import orjson

from tocsin.seal.box import own_copy_box
from tocsin.seal.commitment import SALT_BYTES
from tocsin.seal.tokens import manage_token, token_hash
from tocsin.signing.models import PendingSignature, Signature

PURPOSE = b"own-copy"


def own_payload(token: bytes) -> dict[str, object] | None:
    """Return what the signatory behind T or m typed, or None for an unknown token."""
    manage = manage_token(token)
    pending = PendingSignature.objects.filter(token_hash=token_hash(token)).values_list("own_copy", flat=True).first()
    if pending is not None:
        return open_own_copy(manage, bytes(pending))
    for m in (manage, token):
        row = Signature.objects.filter(manage_hash=token_hash(m)).values_list("own_copy", flat=True).first()
        if row is not None:
            return open_own_copy(m, bytes(row))
    return None


def open_own_copy(manage: bytes, sealed: bytes) -> dict[str, object]:
    """Return the payload in a copy that `manage` opens."""
    opened: dict[str, object] = orjson.loads(own_copy_box(manage).open(PURPOSE, sealed)[SALT_BYTES:])
    return opened


def seal_own_copy(manage: bytes, salt: bytes, payload: bytes) -> bytes:
    """Return the copy that goes beside the sealed row."""
    return own_copy_box(manage).seal(PURPOSE, salt + payload)
