"""Tokens for somebody who had signed before: each can withdraw one signature, and stop mails."""

from datetime import datetime

from django.db import transaction

from tocsin.seal.box import own_copy_box
from tocsin.seal.tokens import new_token, token_hash
from tocsin.signing.models import WithdrawalToken

_PURPOSE = b"cap"


def make_withdrawal_tokens(wanted: list[tuple[bytes, bytes]], *, now: datetime) -> list[bytes]:
    """Store and return one fresh token for each pair: a signature's manage hash, and its address's cap key.

    Only hashes are kept, and the cap key in a box that the token opens. A mail that is built
    twice has two tokens; both go after a month.
    """
    tokens = [new_token() for _ in wanted]
    rows = [
        WithdrawalToken(
            token_hash=token_hash(token),
            manage_hash=manage_hash,
            cap=own_copy_box(token).seal(_PURPOSE, cap),
            made_on=now.date(),
        )
        for token, (manage_hash, cap) in zip(tokens, wanted, strict=True)
    ]
    with transaction.atomic():
        WithdrawalToken.objects.bulk_create(rows)
    return tokens


def open_cap(token: bytes, sealed: bytes) -> bytes:
    """Return the cap key that a token's row holds for whoever presents the token."""
    return own_copy_box(token).open(_PURPOSE, sealed)
